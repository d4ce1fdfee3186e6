//! Runs one function over plain TCP, prints what it gave, and exits with the
//! outcome's code.
//!
//! Arguments: `server` (address and port), `now` (unix seconds by the board's
//! clock, 0 for a board without one), `id` and `key` (the credential), `seed`
//! (32 random bytes in hexadecimal), `function`, and where wanted `event`
//! (JSON), `type=Event`, `buffer` and `timeout`.
#![no_std]
#![no_main]

use board::net::{Net, NetError, Storage, Timeouts};
use board::println;
use board::transport::Plain;
use board::{clock, console, outcome, stack};
use cortex_m::singleton;
use cortex_m_rt::entry;
use scf_core::client::Client;
use scf_core::error::{Error, ProtocolError};
use scf_core::http::HttpError;
use scf_core::invocation::{Invocation, InvocationType};
use scf_core::payload::Payload;
use scf_core::region::Region;
use scf_core::request::Settings;
use scf_core::tc3::Signer;
use scf_core::transport::StreamError;

#[entry]
fn main() -> ! {
    stack::paint();
    let Some(peripherals) = cortex_m::Peripherals::take() else { console::exit(console::PANICKED) };
    clock::start(peripherals.SYST);
    let code = run();
    match stack::peak() {
        Some(peak) => {
            println!("stack: {} bytes at most; static: {} bytes", peak, stack::statics());
            console::exit(code)
        }
        None => {
            println!("stack: overflow");
            console::exit(console::PANICKED)
        }
    }
}

fn run() -> u32 {
    let Some(line) = singleton!(: [u8; 1024] = [0; 1024]) else { return console::PANICKED };
    let arguments = console::Arguments::read(line);
    let Ok(server) = arguments.get("server").parse() else {
        println!("server is not an address and port");
        return outcome::USAGE;
    };
    let [a, b, c, d, e, f, g, h, ..] = arguments.bytes::<32>("seed");
    let seed = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    let mut timeouts = Timeouts::default();
    if arguments.find("timeout").is_some() {
        timeouts.idle = arguments.number("timeout") as u32;
        timeouts.call = timeouts.idle.saturating_mul(2);
    }

    let storage = singleton!(: Storage<2048, 2048> = Storage::new());
    let Some(storage) = storage else { return console::PANICKED };
    let net = match Net::start(storage, server, timeouts, seed) {
        Ok(net) => net,
        Err(error) => {
            println!("network: {}", error);
            return outcome::NETWORK;
        }
    };

    let settings = Settings::new(Region::AP_GUANGZHOU, "scf.tencentcloudapi.com");
    let signer = match Signer::new(arguments.get("id"), arguments.get("key")) {
        Ok(signer) => signer,
        Err(error) => {
            println!("credential: {}", error);
            return outcome::CREDENTIAL;
        }
    };
    let mut client = Client::new(Plain::new(net), settings, signer);

    let mut invocation = Invocation::new(arguments.get("function"));
    if arguments.find("type") == Some("Event") {
        invocation = invocation.invocation_type(InvocationType::Event);
    }
    let event = arguments.find("event").map_or(Payload::none(), Payload::from);
    let Some(buffer) = singleton!(: [u8; 4096] = [0; 4096]) else { return console::PANICKED };
    let size = arguments.find("buffer").map_or(buffer.len(), |_| arguments.number("buffer") as usize);
    let buffer = &mut buffer[..size];

    // A board without a battery does not know better.
    let started = arguments.number("now");
    let now = started + u64::from(clock::now() / 1000);
    let before = clock::now();
    let result = client.invoke(now, &invocation, event, buffer);
    let took = clock::since(before);
    let code = match &result {
        Ok(reply) => {
            println!("request id: {}", reply.request_id());
            match reply.result() {
                Ok(text) => {
                    println!("result: {}", text);
                    outcome::SUCCESS
                }
                Err(error) => {
                    println!("{}", error);
                    outcome::FUNCTION_FAILED
                }
            }
        }
        Err(error) => {
            println!("error: {}", error);
            println!("delivery: {}", error.delivery());
            code_of(error)
        }
    };
    if client.clock().now(0) != 0 {
        println!("clock: {} s behind, corrected", client.clock().now(0));
    }
    println!("took: {} ms", took);
    code
}

fn code_of(error: &Error<StreamError<NetError>>) -> u32 {
    match error {
        Error::Request(_) => outcome::USAGE,
        Error::Api(_) => outcome::API_ERROR,
        Error::Transport { error: StreamError::Io(NetError::TimedOut | NetError::Deadline), .. } => {
            outcome::TIMEOUT
        }
        Error::Protocol { error: ProtocolError::Http(HttpError::Truncated), .. } => outcome::NETWORK,
        _ => outcome::NETWORK,
    }
}
