//! Invocations on one connection, one after the other, against one server.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use scf_emulator::{Credential, Emulator};
use scf_invoke::{Client, Credentials, Endpoint};

use crate::peers;
use crate::profile;
use crate::report::{Report, Target, Times};
use crate::server;

/// The aim is far off, so a floor limits the figure meanwhile.
const RAW: Target = Target::Aim { aim: 0.9, floor: 0.5 };
/// The kernel's part, which both pay, differs from run to run by a tenth of the whole.
const UREQ: Target = Target::Aim { aim: 1.8, floor: 1.5 };
/// Without the kernel's part; the same figures as 1.8 of the whole on an idle machine.
const UREQ_ADDS: Target = Target::AtLeast(3.3);

pub(crate) const EVENT: &str = r#"{"name":"world"}"#;

pub(crate) fn run(report: &mut Report) {
    on_one_processor();
    against_the_emulator(report);
    against_a_server_that_does_nothing(report);
}

/// Keeps this thread, and all that it starts from here on, on the processor
/// where it is: client and server only ever take turns. Otherwise the scheduler
/// decides whether an answer has to wake up a sleeping processor, which can
/// take ten times as long as the exchange and hits whoever it likes.
#[cfg(target_os = "linux")]
fn on_one_processor() {
    use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};

    let mut here = CpuSet::new();
    here.set(sched_getcpu());
    sched_setaffinity(None, &here).expect("a thread may stay where it is");
}

/// Does nothing: there is no way to ask for one processor, so expect these
/// figures to scatter.
#[cfg(not(target_os = "linux"))]
fn on_one_processor() {}

/// Measures real invocations: the signature is verified and a function runs.
fn against_the_emulator(report: &mut Report) {
    report.heading("Invoke on one connection: the emulator verifies and runs a function");
    let emulator = Emulator::builder()
        .function("hello", |_| Ok("hello from scf"))
        .credential(Credential::new(peers::SECRET_ID, peers::SECRET_KEY))
        .start()
        .unwrap();
    let client = client(emulator.addr());
    let mut request = Vec::new();
    client.call("hello").event(EVENT).write_request(None, &mut request).unwrap();
    let mut ping_pong = PingPong::new(emulator.addr(), request);
    let times = report.time(
        Duration::from_millis(60),
        &mut [
            ("scf-invoke", Box::new(|| invoke(&client))),
            ("raw socket, the same bytes", Box::new(|| drop(ping_pong.exchange()))),
        ],
    );
    let sdk = python_sdk(emulator.addr());
    println!("  {:<44} {:>9.1} us", "official Python SDK", sdk * 1e6);
    per_second(&times[0]);
    report.ratio("raw socket / scf-invoke", &times[1], &times[0], RAW);
    report.ratio("official Python SDK / scf-invoke", &times[0].all(sdk), &times[0], Target::None);
}

/// Measures the client's own cost: the answer is always the same.
fn against_a_server_that_does_nothing(report: &mut Report) {
    report.heading("Invoke on one connection: a server that does nothing but answer");
    let address = server::start();
    let client = client(address);
    let host = address.to_string();
    let request = peers::request(&host, "hello", EVENT, peers::TIMESTAMP, peers::DATE);
    let mut ping_pong = PingPong::new(address, request.clone().into_bytes());
    let mut guarded = PingPong::guarded(address, request.into_bytes());
    let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
    let url = format!("http://{address}/");
    let times = report.time(
        Duration::from_millis(60),
        &mut [
            ("scf-invoke", Box::new(|| invoke(&client))),
            ("raw socket, the same bytes", Box::new(|| drop(ping_pong.exchange()))),
            ("ureq, signed by hand", Box::new(|| by_hand(&agent, &url, &host))),
        ],
    );
    per_second(&times[0]);
    report.ratio("raw socket / scf-invoke", &times[1], &times[0], RAW);
    report.ratio("ureq / scf-invoke", &times[2], &times[0], UREQ);
    let [adds, ureq_adds] = [0, 2].map(|candidate| times[candidate].without(&times[1]));
    report.ratio("what both add to the socket", &ureq_adds, &adds, UREQ_ADDS);
    profile::run(report, || invoke(&client), &mut ping_pong, &mut guarded);
}

fn client(address: SocketAddr) -> Client {
    Client::builder()
        .region(peers::REGION)
        .credentials(Credentials::new(peers::SECRET_ID, peers::SECRET_KEY, None).unwrap())
        .endpoint(Endpoint::parse(&format!("http://{address}")).unwrap())
        .build()
        .unwrap()
}

fn invoke(client: &Client) {
    assert_eq!(client.invoke("hello", EVENT).unwrap().result_text(), "hello from scf");
}

fn per_second(times: &Times) {
    println!("  {:<44} {:>10.0} /s", "scf-invoke", 1.0 / times.median());
}

/// Sends bytes that are ready and reads as many as come back: the least that
/// any client can do.
pub(crate) struct PingPong {
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
    is_guarded: bool,
}

impl PingPong {
    pub(crate) fn new(address: SocketAddr, request: Vec<u8>) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, request, answer: vec![0; 4096], is_guarded: false }
    }

    /// One with limits of time, which looks whether the connection is open before
    /// each request.
    pub(crate) fn guarded(address: SocketAddr, request: Vec<u8>) -> Self {
        let this = Self::new(address, request);
        let limit = Some(Duration::from_secs(155));
        this.stream.set_read_timeout(limit).unwrap();
        this.stream.set_write_timeout(limit).unwrap();
        Self { is_guarded: true, ..this }
    }

    /// Returns the answer.
    pub(crate) fn exchange(&mut self) -> Vec<u8> {
        if self.is_guarded {
            look(&self.stream);
        }
        self.stream.write_all(&self.request).unwrap();
        // Each of the answers here comes in one piece.
        let count = self.stream.read(&mut self.answer).unwrap();
        assert!(self.answer[..count].ends_with(b"}}"));
        self.answer[..count].to_vec()
    }
}

/// Asks whether the connection is open, as the client does.
#[cfg(target_os = "linux")]
fn look(stream: &TcpStream) {
    use rustix::net::{RecvFlags, recv};

    let nothing = recv(stream, &mut [0; 1], RecvFlags::PEEK | RecvFlags::DONTWAIT);
    assert!(matches!(nothing, Err(rustix::io::Errno::AGAIN)));
}

/// Does nothing: elsewhere it is another system call.
#[cfg(not(target_os = "linux"))]
fn look(_: &TcpStream) {}

/// Makes the call as a programmer does without a client for SCF.
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
fn python_sdk(address: SocketAddr) -> f64 {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/figures/python_sdk.py");
    let output = Command::new(scf_tests::python())
        .args([script, &address.to_string(), peers::SECRET_ID, peers::SECRET_KEY, peers::REGION])
        .output()
        .expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}
