//! Sends 6 MB that are never held, and takes 1 MB that is never held, in a few
//! kilobytes of RAM.
//!
//! The event is a day of readings of a sensor, written as it is sent. It is
//! written twice: once to be measured and signed, once to be sent. The result
//! goes through a sink, which checks its hash.
#![no_std]
#![no_main]

use board::console::{self, Arguments};
use board::net::{NetError, Storage};
use board::transport::Plain;
use board::{clock, println, stack};
use cortex_m::singleton;
use cortex_m_rt::entry;
use images::HOST;
use images::readings::{self, Checked};
use scf_core::call::Call;
use scf_core::client::Client;
use scf_core::error::Error;
use scf_core::invocation::Invocation;
use scf_core::payload::Payload;
use scf_core::region::Region;
use scf_core::reply::Reply;
use scf_core::request::Settings;
use scf_core::transport::StreamError;

/// The buffer of the call: more makes it a little faster.
const BUFFER: usize = 1024;
/// What TCP may have on its way, in each direction.
const WINDOW: usize = 2048;
/// All that the core, the call and its buffers may take.
const LIMIT: usize = 8 * 1024;

type Network = Storage<WINDOW, WINDOW>;

#[entry]
fn main() -> ! {
    let arguments = images::begin();
    images::end(run(&arguments).unwrap_or_else(|code| code))
}

fn run(arguments: &Arguments<'static>) -> Result<u32, u32> {
    let net = images::network(arguments, singleton!(: Network = Storage::new()))?;
    let settings = Settings::new(Region::AP_GUANGZHOU, HOST);
    let mut client = Client::new(Plain::new(net), settings, images::signer(arguments)?);
    let buffer = singleton!(: [u8; BUFFER] = [0; BUFFER]).ok_or(console::PANICKED)?;

    let mut source = readings::source();
    let mut sink = Checked::new();
    let event = Payload::source(&mut source);
    let below = stack::used();
    stack::paint();
    let start = clock::now();
    let result = call(&mut client, images::now(arguments), event, buffer, &mut sink);
    println!("took: {} ms", clock::since(start));
    let stack = stack::peak().ok_or(console::PANICKED)?.saturating_sub(below);
    let code = readings::judge(&result, &sink, images::is_timeout);

    // The call itself lies on the stack and is counted there, with all that it
    // calls: signing, HTTP and JSON, and the TCP stack down to the controller.
    let kept = size_of::<Client<'_, ()>>() + size_of_val(&source) + size_of_val(&sink);
    println!(
        "ram: {} for the call = {} stack + {} client, source and sink + {} buffer + {} TCP windows",
        stack + kept + BUFFER + 2 * WINDOW,
        stack,
        kept,
        BUFFER,
        2 * WINDOW,
    );
    println!("state: {} of the stack are the call", size_of::<Call<'_>>());
    if stack + kept + BUFFER + 2 * WINDOW > LIMIT {
        println!("more than {} bytes of RAM", LIMIT);
        return Err(console::PANICKED);
    }
    Ok(code)
}

/// Not inlined, so that the stack it takes is seen.
#[inline(never)]
fn call(
    client: &mut Client<'_, Plain>,
    now: u64,
    event: Payload<'_>,
    buffer: &mut [u8],
    sink: &mut Checked,
) -> Result<Reply<'static>, Error<StreamError<NetError>>> {
    client.invoke_to_sink(now, &Invocation::new("readings"), event, buffer, sink)
}
