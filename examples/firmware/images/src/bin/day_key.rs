//! Runs a function with a day key: the device never has the secret, and what
//! it has is worthless tomorrow.
//!
//! Arguments: `day-key` (as `tscf day-key` or `DayKey::export` write it) in
//! place of `id` and `key`. A clock outside of the key's day is bounded by it, and
//! corrected by the server; on another day the call ends with an error that names
//! both days, and nothing is run: the device fetches a new key.
#![no_std]
#![no_main]

use board::console::Arguments;
use board::net::Storage;
use board::transport::Plain;
use board::{outcome, println};
use cortex_m_rt::entry;
use images::HOST;
use scf_invoke_core::client::Client;
use scf_invoke_core::request::Settings;
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::sign::day_key::DayKey;
use scf_invoke_core::sign::tc3::Signer;
use static_cell::ConstStaticCell;

static NETWORK: ConstStaticCell<Storage<2048, 2048>> = ConstStaticCell::new(Storage::new());
static BUFFER: ConstStaticCell<[u8; 1024]> = ConstStaticCell::new([0; 1024]);

#[entry]
fn main() -> ! {
    let arguments = images::begin();
    images::end(run(&arguments).unwrap_or_else(|code| code))
}

fn run(arguments: &Arguments<'static>) -> Result<u32, u32> {
    let (id, key) = DayKey::import(arguments.get("day-key")).map_err(|error| {
        println!("day key: {}", error);
        outcome::CREDENTIAL
    })?;
    let now = images::now(arguments);
    let signer = Signer::with_day_key(id, key).map_err(|error| {
        println!("credential: {}", error);
        outcome::CREDENTIAL
    })?;
    let net = images::network(arguments, NETWORK.take())?;
    let settings = Settings::new(Region::AP_GUANGZHOU, HOST);
    let mut client = Client::new(Plain::new(net), settings, signer);

    let result = client.invoke(now, &Invocation::new("greet"), r#"{"name":"key"}"#, BUFFER.take());
    Ok(match result {
        Ok(reply) => match reply.result_text() {
            Ok(text) => {
                println!("result: {}", text);
                outcome::SUCCESS
            }
            Err(error) => {
                println!("{}", error);
                outcome::FUNCTION_FAILED
            }
        },
        Err(error) => images::report(&error, images::is_timeout),
    })
}
