//! Any request gives a call or an error: also damaged ones, without a socket.

mod support;

use std::time::{Duration, Instant};

use scf_emulator::{Credential, HttpRequest, authorize};
use serde_json::json;
use support::{NOW, Tc3};

/// A generator that gives the same numbers on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap()
    }

    fn damage(&mut self, text: &mut Vec<u8>) {
        for _ in 0..=self.below(3) {
            let at = self.below(text.len());
            match self.below(4) {
                0 => text.truncate(at),
                1 if !text.is_empty() => text[at] = self.below(256) as u8,
                2 => text.insert(at, b"%+/;,=&\"\\{[: \n\0\xff"[self.below(16)]),
                _ => {
                    let piece = text[at..].to_vec();
                    text.extend(piece);
                }
            }
        }
    }
}

#[test]
fn damaged_requests() {
    let mut numbers = Numbers(0x5cf);
    let credentials = [Credential::development()];
    let requests = [
        Tc3::new(&json!({"FunctionName": "hello", "ClientContext": "{\"a\":\"\u{1f600}\"}"})),
        Tc3::get("FunctionName=hello&ClientContext=%7B%22a%22%3A1%7D"),
        Tc3::get(
            "Action=Invoke&FunctionName=a&SecretId=AKIDEMULATORDEVELOPMENTONLY&Nonce=1&Timestamp=1700000000&Signature=x",
        ),
    ];
    for round in 0..90 {
        let request = &requests[round % requests.len()];
        let mut headers = request.headers(&request.signature());
        let mut body = request.body.clone();
        let mut query = request.query.clone();
        match numbers.below(4) {
            0 => numbers.damage(&mut body),
            1 => {
                let mut bytes = query.into_bytes();
                numbers.damage(&mut bytes);
                query = String::from_utf8_lossy(&bytes).into_owned();
            }
            _ => {
                let index = numbers.below(headers.len());
                let mut bytes = headers[index].1.clone().into_bytes();
                numbers.damage(&mut bytes);
                headers[index].1 = String::from_utf8_lossy(&bytes).into_owned();
            }
        }
        // Without this header, the query or the form is the signature's place.
        if round % 6 == 5 {
            headers.retain(|(name, _)| name != "Authorization");
        }
        let request = HttpRequest {
            method: &request.method,
            path: "/",
            query: &query,
            headers: &support::borrowed(&headers),
            body: &body,
        };
        if let Err(error) = authorize(&request, &credentials, NOW) {
            assert!(!error.message.contains(scf_emulator::DEVELOPMENT_SECRET_KEY));
        }
    }
}

#[test]
fn a_diagnosis_is_bounded() {
    // Many header names, a long query and a long body, all wrongly signed.
    let mut names = Tc3::hello();
    names.signed_headers = format!("content-type;host{}", ";x-a".repeat(5000));
    names.extra.push(("x-a".into(), "value".into()));
    let mut body = Tc3::hello();
    body.body = format!("{{\"FunctionName\":\"a\"{}}}", " ".repeat(9 << 20)).into();
    let query = Tc3::get(&format!("FunctionName=a&{}", "Namespace=%7b&".repeat(2000)));
    for request in [names, body, query] {
        let started = Instant::now();
        let error = request.authorize_signed(&"0".repeat(64)).unwrap_err();
        assert_eq!(error.code, "AuthFailure.SignatureFailure");
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
