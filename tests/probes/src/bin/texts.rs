//! The whole path in both forms, with what explains a failure besides: advice
//! for each error code, the details of a function's error, day keys.

#![no_std]
#![no_main]

use core::hint::black_box;

use probes::{Port, give, now, take, text};
use scf_invoke_core::client::Client;
use scf_invoke_core::error::Error;
use scf_invoke_core::reply::error_code::ErrorCode;
use scf_invoke_core::reply::function_status::status_meaning;
use scf_invoke_core::request::Settings;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::sign::day_key::DayKey;
use scf_invoke_core::sign::tc3::Signer;
use scf_invoke_core::transport::Stream;

#[unsafe(no_mangle)]
extern "C" fn image() {
    probes::nothing();
    let settings = Settings::new(Region::AP_GUANGZHOU, text());
    let signer = match DayKey::import(text()) {
        Ok((secret_id, key)) => Signer::with_day_key(secret_id, key),
        Err(_) => Signer::new(text(), text()),
    };
    let Ok(signer) = signer else { return };
    let mut client = Client::new(Stream::new(Port), settings, signer);
    let mut buffer = [0; 1024];
    let invocation = Invocation::new(text());
    let (mut source, mut sink) = (Port, Port);
    let event = Event::source(&mut source);
    let streamed = client.invoke_to_sink(now(), &invocation, event, &mut buffer, &mut sink);
    give(streamed.is_ok().into());
    match client.invoke(now(), &invocation, text(), &mut buffer) {
        Ok(reply) => match reply.result_text() {
            Ok(text) => take(text.as_bytes()),
            Err(error) => {
                let details = error.details();
                let status = details.status_code.unwrap_or_default();
                take(status_meaning(status).unwrap_or_default().as_bytes());
            }
        },
        Err(error) => {
            give(error.delivery() as u32);
            black_box(error.retry());
            if let Error::Api(error) = &error {
                give(error.code() as u32);
                take(ErrorCode::advice(error.code_text()).as_bytes());
            }
        }
    }
}
