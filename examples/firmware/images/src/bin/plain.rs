//! Runs one function over plain TCP, prints what it gave, and exits with the
//! outcome's code.
//!
//! Arguments: `server` (address and port), `now` (unix seconds by the board's
//! clock, 0 for a board without one), `id` and `key` (the credential), `seed`
//! (32 random bytes in hexadecimal), `function`, and where wanted `event`
//! (JSON), `type=Event`, `buffer` and `timeout`.
#![no_std]
#![no_main]

use board::console::Arguments;
use board::net::Storage;
use board::transport::Plain;
use board::{clock, outcome, println};
use cortex_m_rt::entry;
use images::HOST;
use scf_invoke_core::client::Client;
use scf_invoke_core::request::Settings;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::{Invocation, InvocationType};
use scf_invoke_core::request::region::Region;
use static_cell::ConstStaticCell;

static NETWORK: ConstStaticCell<Storage<2048, 2048>> = ConstStaticCell::new(Storage::new());
static BUFFER: ConstStaticCell<[u8; 4096]> = ConstStaticCell::new([0; 4096]);

#[entry]
fn main() -> ! {
    let arguments = images::begin();
    images::end(run(&arguments).unwrap_or_else(|code| code))
}

fn run(arguments: &Arguments<'static>) -> Result<u32, u32> {
    let net = images::network(arguments, NETWORK.take())?;
    let settings = Settings::new(Region::AP_GUANGZHOU, HOST);
    let mut client = Client::new(Plain::new(net), settings, images::signer(arguments)?);

    let mut invocation = Invocation::new(arguments.get("function"));
    if arguments.find("type") == Some("Event") {
        invocation = invocation.invocation_type(InvocationType::Event);
    }
    let event = arguments.find("event").map_or(Event::none(), Event::from);

    // The request, piece by piece, and then the result and the log.
    let buffer = BUFFER.take();
    let size = match arguments.find("buffer") {
        Some(_) => arguments.number("buffer") as usize,
        None => buffer.len(),
    };
    let buffer = buffer.get_mut(..size).ok_or(outcome::USAGE)?;

    let start = clock::now();
    let result = client.invoke(images::now(arguments), &invocation, event, buffer);
    println!("took: {} ms", clock::since(start));
    let correction = client.clock().now(0);
    if correction != 0 {
        println!("clock: {} s behind, corrected", correction);
    }
    Ok(match result {
        Ok(reply) => {
            println!("request id: {}", reply.request_id());
            match reply.result_text() {
                Ok(text) => {
                    println!("result: {}", text);
                    outcome::SUCCESS
                }
                Err(error) => {
                    println!("{}\n{}", error, error.result_text());
                    outcome::FUNCTION_FAILED
                }
            }
        }
        Err(error) => images::report(&error, images::is_timeout),
    })
}
