//! The whole path of the asynchronous client from a source to a sink that wait.

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
    let (mut source, mut sink) = (Turns(Port), Turns(Port));
    let mut buffer = [0; 256];
    let invocation = Invocation::new(text());
    let call = client.invoke_streamed(now(), &invocation, &mut source, &mut buffer, &mut sink);
    match until_ready(call) {
        Ok(reply) => take(reply.request_id().as_bytes()),
        Err(error) => give(error.delivery() as u32),
    }
}
