//! Invocations on one connection, one after the other, against one server.

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use scf_std::{Client, Credentials, Endpoint};

use crate::peers;
use crate::report::{Report, Target, Times};
use crate::server;

const EVENT: &str = r#"{"name":"world"}"#;

pub(crate) fn run(report: &mut Report) {
    report.heading("Invoke over TCP, one call after the other on one connection");
    let address = server::start();

    let client = Client::builder()
        .region(peers::REGION)
        .credentials(Credentials::new(peers::SECRET_ID, peers::SECRET_KEY, None).unwrap())
        .endpoint(Endpoint::parse(&format!("http://{address}")).unwrap())
        .build()
        .unwrap();
    let mut ping_pong = PingPong::new(address);
    let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
    let url = format!("http://{address}/");
    let host = address.to_string();

    let times = report.time(
        Duration::from_millis(60),
        &mut [
            (
                "scf-std",
                Box::new(|| {
                    assert_eq!(client.invoke("hello", EVENT).unwrap().result(), "hello from scf");
                }),
            ),
            ("raw socket, the same bytes", Box::new(|| ping_pong.exchange())),
            ("ureq, signed by hand", Box::new(|| by_hand(&agent, &url, &host))),
        ],
    );
    let sdk = python_sdk(address);
    println!("  {:<44} {:>9.1} us", "official Python SDK", sdk.0[0] * 1e6);
    let per_second = 1.0 / median(&times[0]);
    println!("  {:<44} {per_second:>10.0} /s", "scf-std");
    report.ratio("raw socket / scf-std", &times[1], &times[0], Target::AtLeast(0.9));
    report.ratio("ureq / scf-std", &times[2], &times[0], Target::AtLeast(1.8));
    let ours = Times(vec![median(&times[0])]);
    report.ratio("official Python SDK / scf-std", &sdk, &ours, Target::None);
}

fn median(times: &Times) -> f64 {
    let mut sorted = times.0.clone();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Sends bytes that are ready and reads as many as come back: the least that
/// any client can do.
struct PingPong {
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl PingPong {
    fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let host = address.to_string();
        let request = peers::request(&host, "hello", EVENT, peers::TIMESTAMP, peers::DATE);
        Self { stream, request: request.into_bytes(), answer: vec![0; server::answer().len()] }
    }

    fn exchange(&mut self) {
        self.stream.write_all(&self.request).unwrap();
        self.stream.read_exact(&mut self.answer).unwrap();
        black_box(&self.answer);
    }
}

/// What a programmer does without a client for SCF.
fn by_hand(agent: &ureq::Agent, url: &str, host: &str) {
    let signed = peers::sign(host, "hello", EVENT, peers::TIMESTAMP, peers::DATE);
    let text = agent
        .post(url)
        .header("Content-Type", "application/json")
        .header("X-TC-Action", "Invoke")
        .header("X-TC-Version", "2018-04-16")
        .header("X-TC-Timestamp", peers::TIMESTAMP.to_string())
        .header("X-TC-Region", peers::REGION)
        .header("Authorization", &signed.authorization)
        .send(&signed.body)
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["Response"]["Result"]["RetMsg"], "hello from scf");
}

/// Seconds per call, as the SDK's own process measures it.
fn python_sdk(address: SocketAddr) -> Times {
    let python = std::env::var("SCF_TESTS_PYTHON")
        .expect("SCF_TESTS_PYTHON names a python with the official SDK: run tests/bench");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/figures/python_sdk.py");
    let output = Command::new(python)
        .args([script, &address.to_string(), peers::SECRET_ID, peers::SECRET_KEY, peers::REGION])
        .output()
        .expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seconds = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
    Times(vec![seconds])
}
