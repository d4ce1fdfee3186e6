//! The streaming image over TLS 1.3, with the server's certificate checked.
//!
//! Arguments beside those of the other images: `ca` (the authority's
//! certificate in hexadecimal DER; a device has it in flash, by
//! `include_bytes!`) and `name` (the server's).
#![no_std]
#![no_main]

use board::console::Arguments;
use board::net::{Net, Storage};
use board::stack::Gauge;
use board::{clock, outcome, println};
use cortex_m_rt::entry;
use embedded_io::ErrorKind;
use images::HOST;
use images::readings::{self, Checked};
use images::tls::{RECORD_IN, RECORD_OUT, Secure, SecureError, Trust};
use scf_invoke_core::client::Client;
use scf_invoke_core::request::Settings;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::transport::{Stream, StreamError};
use static_cell::ConstStaticCell;

const BUFFER: usize = 1024;

static NETWORK: ConstStaticCell<Storage<2048, 2048>> = ConstStaticCell::new(Storage::new());
static MEMORY: ConstStaticCell<[u8; BUFFER]> = ConstStaticCell::new([0; BUFFER]);
static RECEIVED: ConstStaticCell<[u8; RECORD_IN]> = ConstStaticCell::new([0; RECORD_IN]);
static SENT: ConstStaticCell<[u8; RECORD_OUT]> = ConstStaticCell::new([0; RECORD_OUT]);
static AUTHORITY: ConstStaticCell<[u8; 1024]> = ConstStaticCell::new([0; 1024]);

#[entry]
fn main() -> ! {
    let arguments = images::begin();
    images::end(run(&arguments).unwrap_or_else(|code| code))
}

fn run(arguments: &Arguments<'static>) -> Result<u32, u32> {
    let authority = arguments.bytes_into("ca", AUTHORITY.take());
    let trust = Trust { authority, name: arguments.get("name"), now: images::now(arguments) };
    let mut net = images::network(arguments, NETWORK.take())?;
    net.connect().map_err(|error| {
        println!("network: {}", error);
        outcome::NETWORK
    })?;

    let gauge = Gauge::start(40 * 1024);
    let start = clock::now();
    let secure = handshake(&mut net, trust, arguments.bytes("seed")).map_err(|error| {
        println!("error: {}", error);
        match error {
            SecureError::Network(ErrorKind::TimedOut) => outcome::TIMEOUT,
            _ => outcome::NETWORK,
        }
    })?;
    println!("handshake: {} ms, {} of stack", clock::since(start), gauge.peak());
    println!("tls: {} of buffers, {} of state", RECORD_IN + RECORD_OUT, size_of_val(&secure));

    let settings = Settings::new(Region::AP_GUANGZHOU, HOST);
    let mut client = Client::new(Stream::new(secure), settings, images::signer(arguments)?);
    let mut source = readings::source();
    let mut sink = Checked::new();
    let start = clock::now();
    let result = client.invoke_to_sink(
        images::now(arguments),
        &Invocation::new("readings"),
        Event::source(&mut source),
        MEMORY.take(),
        &mut sink,
    );
    println!("took: {} ms", clock::since(start));
    Ok(readings::judge(&result, &sink, is_timeout))
}

/// Makes the handshake. Not inlined, so that the stack it takes is seen.
#[inline(never)]
fn handshake<'n>(
    net: &'n mut Net,
    trust: Trust<'_>,
    seed: [u8; 32],
) -> Result<Secure<'n, &'n mut Net>, SecureError> {
    net.start_call();
    Secure::open(net, trust, seed, RECEIVED.take(), SENT.take())
}

fn is_timeout(error: &StreamError<SecureError>) -> bool {
    matches!(error, StreamError::Io(SecureError::Network(ErrorKind::TimedOut)))
}
