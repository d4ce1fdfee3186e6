//! Signing alone, as in `sign`, but the chip compresses.

#![no_std]
#![no_main]

use probes::{Chip, now, take, text};
use scf_invoke_core::sign::tc3::{CanonicalRequest, Method, PayloadHash, Signer};

#[unsafe(no_mangle)]
extern "C" fn image() {
    probes::nothing();
    let Ok(signer) = Signer::new(text(), text()) else { return };
    let mut signer = signer.compressed_by::<Chip>();
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
