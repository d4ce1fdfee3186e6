//! The whole path of the asynchronous client, polled until it ends.

#![no_std]
#![no_main]

use probes::turns::{Turns, until_ready};
use probes::{Port, give, now, take, text};
use scf_invoke_core::{AsyncClient, Invocation, Region, Settings, Signer, Stream};

#[unsafe(no_mangle)]
extern "C" fn image() {
    probes::nothing();
    let settings = Settings::new(Region::AP_GUANGZHOU, text());
    let Ok(signer) = Signer::new(text(), text()) else { return };
    let mut client = AsyncClient::new(Stream::new(Turns(Port)), settings, signer);
    let mut buffer = [0; 1024];
    let invocation = Invocation::new(text());
    match until_ready(client.invoke(now(), &invocation, text(), &mut buffer)) {
        Ok(reply) => take(reply.request_id().as_bytes()),
        Err(error) => give(error.delivery() as u32),
    }
}
