//! Sends 6 MB that are never held, and takes 1 MB that is never held, in a few
//! kilobytes of RAM.
//!
//! The event is a day of readings of a sensor, written as it is sent. It is
//! written twice: once to be measured and signed, once to be sent. The result
//! goes through a sink, which checks its hash.
#![no_std]
#![no_main]

use board::console::{self, Arguments};
use board::net::{Net, NetError, Storage};
use board::stack::Gauge;
use board::{clock, println};
use cortex_m_rt::entry;
use embedded_io::{ErrorType, Read, Write};
use images::HOST;
use images::readings::{self, Checked};
use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::client::Client;
use scf_invoke_core::error::Error;
use scf_invoke_core::reply::Reply;
use scf_invoke_core::request::Settings;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::transport::{Stream, StreamError, Transport};
use static_cell::ConstStaticCell;

/// The buffer of the call: more makes it a little faster.
const BUFFER: usize = 1024;
/// All that the core, the call and its buffers may take.
const LIMIT: usize = 8 * 1024;

/// More stack than the call takes.
const DEPTH: usize = 8 * 1024;

/// The parts that are no measurements are certain before the image runs.
const _: () = assert!(size_of::<Client<'_, ()>>() + size_of::<Call<'_>>() + BUFFER < LIMIT / 2);

static NETWORK: ConstStaticCell<Storage<2048, 2048>> = ConstStaticCell::new(Storage::new());
static MEMORY: ConstStaticCell<[u8; BUFFER]> = ConstStaticCell::new([0; BUFFER]);

#[entry]
fn main() -> ! {
    let arguments = images::begin();
    images::end(run(&arguments).unwrap_or_else(|code| code))
}

fn run(arguments: &Arguments<'static>) -> Result<u32, u32> {
    let net = images::network(arguments, NETWORK.take())?;
    let settings = Settings::new(Region::AP_GUANGZHOU, HOST);
    let transport = Metered { net, gauge: Gauge::start(DEPTH), own: 0, whole: 0 };
    let mut client = Client::new(transport, settings, images::signer(arguments)?);
    let buffer = MEMORY.take();

    let mut source = readings::source();
    let mut sink = Checked::new();
    let event = Event::source(&mut source);
    client.transport_mut().gauge = Gauge::start(DEPTH);
    let start = clock::now();
    let result = call(&mut client, images::now(arguments), event, buffer, &mut sink);
    println!("took: {} ms", clock::since(start));
    client.transport_mut().note();
    let code = readings::judge(&result, &sink, images::is_timeout);

    let Metered { own, whole, .. } = *client.transport_mut();
    let kept = size_of::<Client<'_, ()>>();
    let ends = size_of_val(&source) + size_of_val(&sink);
    let ram = own + kept + ends + BUFFER;
    println!(
        "ram: {} = {} stack ({} of it the call) + {} client + {} source and sink + {} buffer",
        ram,
        own,
        size_of::<Call<'_>>(),
        kept,
        ends,
        BUFFER,
    );
    println!(
        "network: {} for the interface; core and network take {} of stack",
        size_of::<Net>(),
        whole
    );
    if ram > LIMIT {
        println!("more than {} bytes of RAM", LIMIT);
        return Err(console::PANICKED);
    }
    Ok(code)
}

/// Makes the call. Not inlined, so that the stack it takes is seen.
#[inline(never)]
#[allow(clippy::result_large_err, reason = "there is no heap to put it on")]
fn call(
    client: &mut Client<'_, Metered>,
    now: u64,
    event: Event<'_>,
    buffer: &mut [u8],
    sink: &mut Checked,
) -> Result<Reply<'static>, Error<StreamError<NetError>>> {
    client.invoke_to_sink(now, &Invocation::new("readings"), event, buffer, sink)
}

/// The network, with a look at the stack each time the core calls it: what was
/// used until then is the core's, what is used within is the network's.
struct Metered {
    net: Net,
    gauge: Gauge,
    own: usize,
    whole: usize,
}

impl Metered {
    /// Counts the stack used since the last look as the core's.
    fn note(&mut self) {
        self.own = self.own.max(self.gauge.peak());
        self.whole = self.whole.max(self.own);
    }

    fn within<T>(&mut self, work: impl FnOnce(&mut Net) -> T) -> T {
        self.note();
        let result = work(&mut self.net);
        self.whole = self.whole.max(self.gauge.peak());
        self.gauge.forget();
        result
    }
}

impl Transport for Metered {
    type Error = StreamError<NetError>;

    fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Self::Error>> {
        self.within(|net| {
            net.start_call();
            net.connect()
        })
        .map_err(|error| ExchangeError::Transport(StreamError::Io(error)))?;
        Stream::new(self).exchange(call)
    }
}

impl ErrorType for Metered {
    type Error = NetError;
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, NetError> {
        self.within(|net| net.read(buffer))
    }
}

impl Write for Metered {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, NetError> {
        self.within(|net| net.write(bytes))
    }

    fn flush(&mut self) -> Result<(), NetError> {
        self.within(Net::flush)
    }
}
