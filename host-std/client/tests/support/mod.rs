//! Small servers that a test scripts.
#![allow(dead_code, reason = "each test file uses its part of it")]

#[cfg(feature = "tls")]
pub(crate) mod tls;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use scf_invoke::{Client, ClientBuilder, Credentials, RetryPolicy, Timeouts};

/// Long enough for anything that should happen, on a busy machine too.
pub(crate) const AMPLE: Duration = Duration::from_secs(60);

pub(crate) const SECRET_KEY: &str = "a-key-that-no-text-may-show";

/// A server whose script is run once on a thread; joined by `join`.
pub(crate) struct Server {
    pub(crate) port: u16,
    thread: thread::JoinHandle<()>,
}

impl Server {
    pub(crate) fn start(script: impl FnOnce(&TcpListener) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        Self { port, thread: thread::spawn(move || script(&listener)) }
    }

    /// Handles one connection.
    pub(crate) fn once(script: impl FnOnce(TcpStream) + Send + 'static) -> Self {
        Self::start(|listener| script(accept(listener)))
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        builder(&format!("http://127.0.0.1:{}", self.port))
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn join(self) {
        self.thread.join().unwrap();
    }
}

/// A builder for that endpoint that does not wait between attempts.
pub(crate) fn builder(url: &str) -> ClientBuilder {
    Client::builder()
        .region("ap-guangzhou")
        .credentials(Credentials::new("AKIDEXAMPLE0123456789", SECRET_KEY, None).unwrap())
        .endpoint(url.parse().unwrap())
        .timeouts(Timeouts::default().call(AMPLE))
        .retry(RetryPolicy::default().attempts(3).base_ms(1).cap_ms(1))
}

pub(crate) fn accept(listener: &TcpListener) -> TcpStream {
    let tcp = listener.accept().unwrap().0;
    // A test that goes wrong should fail and not hang.
    tcp.set_read_timeout(Some(AMPLE)).unwrap();
    // An answer that Nagle holds back would be lost when the socket is closed.
    tcp.set_nodelay(true).unwrap();
    tcp
}

/// A request as a server sees it.
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Reads a whole request; `None` if the client closed instead.
pub(crate) fn request(tcp: impl Read) -> Option<Request> {
    // Nothing is sent after the request before its answer is here, so that no
    // byte is lost with the buffer.
    let mut reader = BufReader::new(tcp);
    let mut head = String::new();
    loop {
        let before = head.len();
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
        if head[before..].trim_end().is_empty() {
            break;
        }
    }
    let mut request = Request { head, body: vec![] };
    let length = request.header("Content-Length").map_or(0, |length| length.parse().unwrap());
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}

pub(crate) fn answer(mut tcp: impl Write, body: &str) {
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    tcp.write_all(answer.as_bytes()).unwrap();
}

/// The answer of a function that returned this text.
pub(crate) fn result(text: &str) -> String {
    format!(
        r#"{{"Response":{{"Result":{{"RetMsg":"{text}","InvokeResult":0}},"RequestId":"id-1"}}}}"#
    )
}

pub(crate) fn api_error(code: &str) -> String {
    format!(r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"no"}},"RequestId":"id-2"}}}}"#)
}
