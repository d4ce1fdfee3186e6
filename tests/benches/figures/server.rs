//! A server that reads whole requests and always gives the same answer: what
//! all clients are carried against.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

const BODY: &str = r#"{"Response":{"Result":{"MemUsage":3207168,"Log":"","RetMsg":"hello from scf","BillDuration":100,"FunctionRequestId":"6add56fa-58f1-11e8-89a9-5254005d5fdb","Duration":0.826,"ErrMsg":"","InvokeResult":0},"RequestId":"c2af8a64-c922-4d55-aee0-bd86a5c2cd12"}}"#;

const REFUSAL: &str = r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"slow down"},"RequestId":"r"}}"#;

/// Returns the bytes of the answer.
pub(crate) fn answer() -> Vec<u8> {
    response(BODY)
}

/// Returns the bytes of a refusal, since there are too many requests.
pub(crate) fn refusal() -> Vec<u8> {
    response(REFUSAL)
}

fn response(body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Serves until the process ends.
pub(crate) fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(|| serve(stream));
        }
    });
    address
}

fn serve(mut stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let answer = answer();
    let mut request = Vec::new();
    let mut buffer = [0; 16 << 10];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
        if is_whole(&request) {
            request.clear();
            if stream.write_all(&answer).is_err() {
                return;
            }
        }
    }
}

/// Returns `true` if a head and all of its body are there.
pub(crate) fn is_whole(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|value| value.trim().parse::<usize>().ok())
        .unwrap_or(0);
    request.len() >= end + 4 + length
}
