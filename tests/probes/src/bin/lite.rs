//! The small call, with the secret.

#![no_std]
#![no_main]

use probes::{Port, give, now, take, text};
use scf_invoke_core::lite::{self, Target};
use scf_invoke_core::{Region, Signer};

#[unsafe(no_mangle)]
extern "C" fn image() {
    probes::nothing();
    let Ok(mut signer) = Signer::new(text(), text()) else { return };
    let target = Target { host: text(), region: Region::AP_GUANGZHOU, function: text() };
    let mut buffer = [0; 1024];
    match lite::invoke(&mut Port, &mut signer, &target, text(), now(), &mut buffer) {
        Ok(reply) => {
            take(reply.result);
            give(reply.is_failure.into());
        }
        Err(error) => {
            give(error.code().into());
            give(error.delivery() as u32);
        }
    }
}
