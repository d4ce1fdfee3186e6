//! Signing and encoding one small request.

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

const EVENT: &str = r#"{"name":"world"}"#;

/// The SHA-256 blocks of this request: body 2, canonical request 3, and with
/// the HMAC's two key blocks 2 + 1 + 2 more for the string to sign.
const BLOCKS: usize = 10;

pub(crate) fn run(report: &mut Report) {
    report.heading("Sign and encode one small request, with the day's key at hand");
    let settings = Settings::new(Region::AP_GUANGZHOU, peers::HOST);
    let mut signer = Signer::new(peers::SECRET_ID, peers::SECRET_KEY).unwrap();
    let hello = Invocation::new("hello");
    let event = Json::new(EVENT).unwrap();
    let mut buffer = [0; 1024];
    let mut ours = |out: &mut Vec<u8>| {
        let mut request = SignedRequest::new(
            &settings,
            &hello,
            event.into(),
            &mut signer,
            black_box(peers::TIMESTAMP),
            &mut buffer,
        )
        .unwrap();
        let mut parts = ReplyParts::new();
        let mut call = Call::new(&mut request, &mut parts, None);
        loop {
            match call.transmit().unwrap() {
                [] => break,
                bytes => out.extend_from_slice(bytes),
            }
        }
    };
    let plain =
        || peers::request(peers::HOST, "hello", EVENT, black_box(peers::TIMESTAMP), peers::DATE);
    // The two do the same work.
    let mut out = Vec::with_capacity(1024);
    ours(&mut out);
    assert_eq!(String::from_utf8(out.clone()).unwrap(), plain());

    // One padded message of that many blocks.
    let blocks = vec![0x5a; BLOCKS * 64 - 9];
    let times = report.time(
        Duration::from_millis(10),
        &mut [
            (
                "scf-invoke-core",
                Box::new(|| {
                    out.clear();
                    ours(&mut out);
                    black_box(&out);
                }),
            ),
            ("plain signer with format!", Box::new(|| drop(black_box(plain())))),
            (
                "SHA-256 of the same number of blocks",
                Box::new(|| {
                    black_box(Sha256::digest(black_box(&blocks)));
                }),
            ),
        ],
    );
    report.ratio("plain signer / scf-invoke-core", &times[1], &times[0], Target::AtLeast(5.0));
    report.ratio("scf-invoke-core / bare SHA-256", &times[0], &times[2], Target::None);
}
