//! The start and the end of all images: arguments, clock, network, credential;
//! the exit code, and the memory used.
#![no_std]
#![deny(missing_docs)]

pub mod async_clock;
pub mod readings;
pub mod tls;

use board::console::{self, Arguments};
use board::net::{Net, NetError, Storage, Timeouts};
use board::{clock, outcome, println, stack};
use scf_invoke_core::error::Error;
use scf_invoke_core::sign::tc3::Signer;
use scf_invoke_core::transport::StreamError;
use static_cell::ConstStaticCell;

/// The host that requests are signed for. Where they go is another matter: in
/// these examples to the emulator.
pub const HOST: &str = "scf.tencentcloudapi.com";

/// Room for the arguments, a certificate among them.
static LINE: ConstStaticCell<[u8; 2048]> = ConstStaticCell::new([0; 2048]);

/// Starts the clock and reads the arguments; to be called once, first.
pub fn begin() -> Arguments<'static> {
    stack::paint();
    let Some(peripherals) = cortex_m::Peripherals::take() else { console::exit(console::PANICKED) };
    clock::start(peripherals.SYST);
    Arguments::read(LINE.take())
}

/// Brings up the network, to connect to the argument `server`.
///
/// # Errors
///
/// The exit code of what went wrong, after saying it.
pub fn network<const RX: usize, const TX: usize>(
    arguments: &Arguments<'_>,
    storage: &'static mut Storage<RX, TX>,
) -> Result<Net, u32> {
    let Ok(server) = arguments.get("server").parse() else {
        println!("server is not an address and port");
        return Err(outcome::USAGE);
    };
    let mut timeouts = Timeouts::default();
    if arguments.find("timeout").is_some() {
        timeouts.idle = arguments.number("timeout");
        timeouts.call = timeouts.idle.saturating_mul(2);
    }
    Net::start(storage, server, timeouts, short_seed(arguments)).map_err(|error| {
        println!("network: {}", error);
        outcome::NETWORK
    })
}

/// Returns eight of the random bytes that the board was given.
pub fn short_seed(arguments: &Arguments<'_>) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = arguments.bytes::<32>("seed");
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// Returns the signer of the credential in the arguments `id` and `key`.
///
/// # Errors
///
/// The exit code of what went wrong, after saying it.
pub fn signer<'a>(arguments: &Arguments<'a>) -> Result<Signer<'a>, u32> {
    Signer::new(arguments.get("id"), arguments.get("key")).map_err(|error| {
        println!("credential: {}", error);
        outcome::CREDENTIAL
    })
}

/// Returns the time by the board's clock: what the argument `now` said at the
/// start, 0 for a board without a battery, and what has passed since.
pub fn now(arguments: &Arguments<'_>) -> u64 {
    arguments.number("now").saturating_add(clock::now() / 1000)
}

/// Says what went wrong and how far the request got; the exit code for it.
pub fn report<E: core::fmt::Display>(error: &Error<E>, timed_out: impl Fn(&E) -> bool) -> u32 {
    println!("error: {}", error);
    println!("delivery: {}", error.delivery());
    match error {
        Error::Request(scf_invoke_core::request::RequestError::Sign(_)) => outcome::CREDENTIAL,
        Error::Request(_) => outcome::USAGE,
        Error::Api(_) => outcome::API_ERROR,
        Error::Transport { error, .. } if timed_out(error) => outcome::TIMEOUT,
        _ => outcome::NETWORK,
    }
}

/// Returns `true` if a connection over TCP failed for lack of time.
pub fn is_timeout(error: &StreamError<NetError>) -> bool {
    matches!(error, StreamError::Io(NetError::TimedOut | NetError::Deadline))
}

/// Ends the image, once it is known that the stack was large enough.
pub fn end(code: u32) -> ! {
    let Some(peak) = stack::peak() else {
        println!("stack: overflow");
        console::exit(console::PANICKED)
    };
    println!("stack: {} at most", peak);
    println!("static: {}", stack::statics());
    console::exit(code)
}
