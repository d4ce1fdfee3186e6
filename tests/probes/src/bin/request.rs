//! Building a request: checked, measured, signed and written out.

#![no_std]
#![no_main]

use probes::{now, take, text};
use scf_invoke_core::call::Call;
use scf_invoke_core::reply::ReplyParts;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::request::{Settings, SignedRequest};
use scf_invoke_core::sign::tc3::Signer;

#[unsafe(no_mangle)]
extern "C" fn image() {
    probes::nothing();
    let settings = Settings::new(Region::AP_GUANGZHOU, text());
    let invocation = Invocation::new(text());
    let Ok(mut signer) = Signer::new(text(), text()) else { return };
    let payload = Event::from(text());
    let mut buffer = [0; 512];
    let request =
        SignedRequest::new(&settings, &invocation, payload, &mut signer, now(), &mut buffer);
    let Ok(mut request) = request else { return };
    let mut parts = ReplyParts::new();
    let mut call = Call::new(&mut request, &mut parts, None);
    while let Ok(bytes) = call.transmit() {
        take(bytes);
        if bytes.is_empty() {
            break;
        }
    }
}
