//! A client and an endpoint of the tests' own, both in bytes.
// Each test file uses a part of it.
#![allow(dead_code, unreachable_pub)]

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use scf_relay::{Builder, Observation, Relay};
use serde_json::Value;

/// Long enough for anything that should happen, on a busy machine too.
pub const AMPLE: Duration = Duration::from_secs(60);

/// Texts that no log may show.
pub const SIGNATURE: &str = "5ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2";
pub const TOKEN: &str = "the-token-of-temporary-credentials";

/// The endpoint's response where a test sets no other.
pub const HELLO: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
                         Content-Length: 5\r\n\r\nhello";

/// A request as bytes; a test changes it before it is sent.
#[derive(Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// One that passes.
    pub fn good() -> Self {
        Self::with_body(r#"{"FunctionName":"hello"}"#)
    }

    pub fn with_body(body: impl Into<Vec<u8>>) -> Self {
        let authorization = format!(
            "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/scf/tc3_request, \
             SignedHeaders=content-type;host, Signature={SIGNATURE}"
        );
        let headers = [
            ("Host", "relay.example"),
            ("Content-Type", "application/json"),
            ("X-TC-Action", "Invoke"),
            ("X-TC-Version", "2018-04-16"),
            ("X-TC-Region", "ap-guangzhou"),
            ("X-TC-Timestamp", "1551113065"),
            ("X-TC-Token", TOKEN),
            ("Authorization", &authorization),
        ];
        let body = body.into();
        let request = Self {
            method: "POST".into(),
            target: "/scf".into(),
            headers: headers.map(|(name, value)| (name.into(), value.into())).into(),
            body,
        };
        let length = request.body.len().to_string();
        request.with("Content-Length", &length)
    }

    pub fn method(mut self, method: &str) -> Self {
        self.method = method.into();
        self
    }

    pub fn target(mut self, target: &str) -> Self {
        self.target = target.into();
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(have, _)| !have.eq_ignore_ascii_case(name));
        self
    }

    /// With the header in place of one of the same name.
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// With the header beside one of the same name.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn head(&self) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: {value}\r\n").into_bytes());
        }
        bytes.extend(b"\r\n");
        bytes
    }

    /// Sends it and reads the answer to the connection's end.
    pub fn send(&self, addr: SocketAddr) -> Answer {
        let closing = self.clone().with("Connection", "close");
        raw(addr, &[closing.head(), closing.body].concat())
    }
}

/// A connection that fails a test rather than hang.
pub fn connect(addr: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(AMPLE)).unwrap();
    stream.set_write_timeout(Some(AMPLE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Sends raw bytes and reads to the connection's end.
pub fn raw(addr: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = connect(addr);
    let _ = stream.write_all(bytes);
    read_answer(&mut stream)
}

pub fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut all = Vec::new();
    // A connection that is cut gives what came until then.
    let _ = stream.read_to_end(&mut all);
    Answer::parse(&all)
}

/// An answer; status 0 where there was none.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    fn parse(all: &[u8]) -> Self {
        let end = all.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(end) = end else {
            return Self { status: 0, head: String::new(), body: all.to_vec() };
        };
        let head = String::from_utf8(all[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head, body: all[end + 4..].to_vec() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn code(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body["Response"]["Error"]["Code"].as_str().unwrap_or_default().to_owned()
    }

    /// Checks an answer of the relay's own.
    #[track_caller]
    pub fn expect(&self, status: u16, delivery: &str, code: &str) {
        let got = (self.status, self.header("x-scf-relay"), self.code());
        assert_eq!(got, (status, Some(delivery), code.to_owned()), "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/json"));
    }

    /// Checks that it is the endpoint's.
    #[track_caller]
    pub fn expect_hello(&self) {
        assert_eq!((self.status, self.text().as_str()), (200, "hello"), "{}", self.head);
        assert_eq!(self.header("x-scf-relay"), None);
    }
}

/// A request as the endpoint got it.
#[derive(Debug, PartialEq)]
pub struct Seen {
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    /// Reads a request's head; `None` at the connection's end.
    pub fn head(stream: &mut TcpStream) -> Option<Self> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut byte).ok()? == 0 {
                return None;
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let line = lines.next().unwrap().to_owned();
        let mut headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        headers.sort();
        Some(Self { line, headers, body: Vec::new() })
    }

    /// Reads a whole request.
    pub fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut seen = Self::head(stream)?;
        seen.body = vec![0; seen.header("content-length")?.parse().unwrap()];
        stream.read_exact(&mut seen.body).ok()?;
        Some(seen)
    }
}

/// An endpoint that does with each connection what the test wants.
pub struct Endpoint {
    pub addr: SocketAddr,
    connections: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Endpoint {
    pub fn start(handle: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let (connections, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (counted, stopped) = (Arc::clone(&connections), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            let handle = &handle;
            // The streams are cut at the end, whatever their handlers wait for.
            let open = Mutex::new(Vec::new());
            std::thread::scope(|scope| {
                loop {
                    let stream = listener.accept().unwrap().0;
                    if stopped.load(Ordering::SeqCst) {
                        break;
                    }
                    counted.fetch_add(1, Ordering::SeqCst);
                    stream.set_read_timeout(Some(AMPLE)).unwrap();
                    stream.set_write_timeout(Some(AMPLE)).unwrap();
                    open.lock().unwrap().push(stream.try_clone().unwrap());
                    scope.spawn(move || {
                        // The clone keeps the connection open, so it is closed
                        // explicitly.
                        let end = stream.try_clone().unwrap();
                        handle(stream);
                        let _ = end.shutdown(Shutdown::Both);
                    });
                }
                for stream in open.lock().unwrap().iter() {
                    let _ = stream.shutdown(Shutdown::Both);
                }
            });
        });
        Self { addr, connections, stop, thread: Some(thread) }
    }

    /// One that answers every request, and gives each to the test.
    pub fn answering(answer: impl Into<String>) -> (Self, Receiver<Seen>) {
        let answer = answer.into();
        let (sender, seen) = mpsc::channel();
        let endpoint = Self::start(move |mut stream| {
            while let Some(request) = Seen::read(&mut stream) {
                let _ = sender.send(request);
                if stream.write_all(answer.as_bytes()).is_err() {
                    break;
                }
            }
        });
        (endpoint, seen)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// A relay to it, with the log.
    pub fn relay(&self, set: impl FnOnce(Builder) -> Builder) -> (Relay, Receiver<Observation>) {
        relay(set(Relay::builder().endpoint(self.url().parse().unwrap())))
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.addr);
        let outcome = self.thread.take().unwrap().join();
        if !std::thread::panicking() {
            outcome.unwrap();
        }
    }
}

/// Starts a relay, and gives its log.
pub fn relay(builder: Builder) -> (Relay, Receiver<Observation>) {
    let (sender, log) = mpsc::channel();
    let builder = builder.observe(move |seen| {
        let _ = sender.send(seen.clone());
    });
    (builder.start().unwrap(), log)
}
