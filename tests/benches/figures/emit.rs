//! Signing and emitting an event of 6 MiB.

use std::hint::black_box;
use std::time::Duration;

use scf_invoke_core::call::Call;
use scf_invoke_core::reply::ReplyParts;
use scf_invoke_core::request::event::Json;
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::request::{Settings, SignedRequest};
use scf_invoke_core::sign::tc3::Signer;
use sha2::{Digest, Sha256};

use crate::peers;
use crate::report::{Report, Target};

const SIZE: usize = 6 << 20;

/// Returns a camera's picture in base64: what makes an event this large.
fn picture() -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut state = 1u32;
    let mut text = String::from("{\"camera\":\"yard\",\"jpeg\":\"");
    while text.len() < SIZE - 2 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.push(alphabet[(state >> 26) as usize] as char);
    }
    text + "\"}"
}

/// Returns a log, with a quote every ten characters or so.
fn log() -> String {
    records(|n| format!("{{\"line\":{n},\"text\":\"the pump in hall 4 was started by hand\"}}"))
}

/// Returns sensor readings, with a quote every four characters.
fn readings() -> String {
    records(|n| format!("{{\"id\":\"t{}\",\"v\":{}}}", n % 100, n % 1000))
}

fn records(record: impl Fn(usize) -> String) -> String {
    let mut text = String::from("[");
    for n in 0.. {
        let next = record(n);
        if text.len() + next.len() + 2 > SIZE {
            break;
        }
        if n > 0 {
            text.push(',');
        }
        text += &next;
    }
    text + "]"
}

pub(crate) fn run(report: &mut Report) {
    for (name, event, target) in [
        ("a picture in base64", picture(), Target::AtMost(1.25)),
        ("a log", log(), Target::None),
        ("sensor readings", readings(), Target::None),
    ] {
        report.heading(&format!("Sign and emit an event of 6 MiB: {name}"));
        let settings = Settings::new(Region::AP_GUANGZHOU, peers::HOST);
        let mut signer = Signer::new(peers::SECRET_ID, peers::SECRET_KEY).unwrap();
        let function = Invocation::new("upload");
        let json = Json::new(&event).unwrap();
        let mut buffer = vec![0; 16 << 10];
        let mut emit = || {
            let mut request = SignedRequest::new(
                &settings,
                &function,
                json.into(),
                &mut signer,
                peers::TIMESTAMP,
                &mut buffer,
            )
            .unwrap();
            let mut parts = ReplyParts::new();
            let mut call = Call::new(&mut request, &mut parts, None);
            let mut length = 0;
            loop {
                match call.transmit().unwrap() {
                    [] => break length,
                    bytes => length += black_box(bytes).len(),
                }
            }
        };
        let same_bytes = vec![b'x'; emit()];
        let times = report.time(
            Duration::from_millis(30),
            &mut [
                ("scf-invoke-core", Box::new(|| assert!(emit() > SIZE / 2))),
                (
                    "one SHA-256 pass over the same bytes",
                    Box::new(|| {
                        black_box(Sha256::digest(black_box(&same_bytes)));
                    }),
                ),
            ],
        );
        report.ratio("scf-invoke-core / SHA-256", &times[0], &times[1], target);
    }
}
