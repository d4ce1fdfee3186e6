//! Signing alone: a key from a secret, and the signature of a request.

#![no_std]
#![no_main]

use probes::{now, take, text};
use scf_invoke_core::sign::tc3::{CanonicalRequest, Method, PayloadHash, Signer};

#[unsafe(no_mangle)]
extern "C" fn image() {
    probes::nothing();
    let Ok(mut signer) = Signer::new(text(), text()) else { return };
    let request = CanonicalRequest {
        method: Method::Post,
        query: "",
        content_type: text(),
        host: text(),
        signed_action: None,
        payload: PayloadHash::Unsigned,
    };
    if let Ok(signature) = signer.sign("scf", now(), &request) {
        take(signature.date());
        take(signature.hex());
    }
}
