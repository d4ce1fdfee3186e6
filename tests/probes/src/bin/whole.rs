//! The whole path: a text goes out and a text comes in, through one buffer.

#![no_std]
#![no_main]

use core::hint::black_box;

use probes::{Port, give, now, take, text};
use scf_invoke_core::client::Client;
use scf_invoke_core::error::Error;
use scf_invoke_core::request::Settings;
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::sign::tc3::Signer;
use scf_invoke_core::transport::Stream;

#[unsafe(no_mangle)]
extern "C" fn image() {
    probes::nothing();
    let settings = Settings::new(Region::AP_GUANGZHOU, text());
    let Ok(signer) = Signer::new(text(), text()) else { return };
    let mut client = Client::new(Stream::new(Port), settings, signer);
    let mut buffer = [0; 1024];
    match client.invoke(now(), &Invocation::new(text()), text(), &mut buffer) {
        Ok(reply) => {
            match reply.result_text() {
                Ok(text) => take(text.as_bytes()),
                Err(error) => take(error.result_text().as_bytes()),
            }
            give(reply.duration().unwrap_or_default().as_micros() as u32);
            take(reply.request_id().as_bytes());
        }
        Err(error) => {
            give(error.delivery() as u32);
            black_box(error.retry());
            #[cfg(feature = "defmt")]
            defmt::error!("{}", error);
            if let Error::Api(error) = &error {
                give(error.code() as u32);
                take(error.message().as_bytes());
            }
        }
    }
}
