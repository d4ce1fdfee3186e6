//! Decoding a response: HTTP, then the envelope, its texts into a buffer.

#![no_std]
#![no_main]

use probes::{fill, give, take};
use scf_invoke_core::reply::{Decoder, Output};
use scf_invoke_core::wire::http::{HttpEvent, ResponseDecoder};

#[unsafe(no_mangle)]
extern "C" fn image() {
    probes::nothing();
    let mut http = ResponseDecoder::new();
    let mut decoder = Decoder::new();
    let mut texts = [0; 512];
    let mut window = [0; 64];
    loop {
        let count = fill(&mut window);
        if count == 0 && http.closed().is_err() {
            return;
        }
        let mut input = window.get(..count).unwrap_or_default();
        loop {
            match http.next(&mut input) {
                Ok(Some(HttpEvent::Status(status))) => give(status.into()),
                Ok(Some(HttpEvent::Body(bytes))) => {
                    if decoder.push(bytes, &mut Output::Buffer(&mut texts)).is_err() {
                        return;
                    }
                }
                Ok(Some(HttpEvent::End)) => {
                    give(decoder.finish().is_ok().into());
                    give(decoder.fields().class() as u32);
                    let duration = decoder.fields().duration();
                    give(duration.unwrap_or_default().as_micros() as u32);
                    take(decoder.fields().request_id().as_str().as_bytes());
                    take(decoder.layout().result(&texts).unwrap_or_default());
                    return;
                }
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
}
