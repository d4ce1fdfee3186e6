//! A client of the control interface.

use std::io::{BufRead, BufReader, Lines, Write};
use std::net::TcpStream;

use scf_emulator::Emulator;
use serde_json::Value;

use super::{Answer, base64, raw};

pub fn authorization(emulator: &Emulator) -> String {
    let key = emulator.credential();
    let pair = format!("{}:{}", key.secret_id(), key.secret_key());
    format!("Authorization: Basic {}\r\n", base64(pair.as_bytes()))
}

pub fn request(emulator: &Emulator, method: &str, path: &str, more: &str, body: &str) -> Answer {
    let request = format!(
        "{method} /_emulator/{path} HTTP/1.1\r\nHost: {}\r\n{more}Content-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        emulator.addr(),
        body.len()
    );
    raw(emulator.addr(), request.as_bytes())
}

/// Asks what has to be answered.
pub fn control(emulator: &Emulator, method: &str, path: &str, body: &str) -> Value {
    let answer = request(emulator, method, path, &authorization(emulator), body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_str(answer.text().trim()).unwrap()
}

/// The live stream, of which everything is read from its first event on.
pub struct Stream(Lines<BufReader<TcpStream>>);

impl Stream {
    pub fn open(emulator: &Emulator) -> Self {
        let mut stream = TcpStream::connect(emulator.addr()).unwrap();
        let head = format!(
            "GET /_emulator/stream HTTP/1.1\r\nHost: localhost\r\n{}\r\n",
            authorization(emulator)
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut stream = Self(BufReader::new(stream).lines());
        assert_eq!(stream.next().0, "open");
        stream
    }

    /// Waits for the next event: its name and its data.
    pub fn next(&mut self) -> (String, Value) {
        let mut name = String::new();
        loop {
            let line = self.0.next().unwrap().unwrap();
            if let Some(text) = line.strip_prefix("event: ") {
                text.clone_into(&mut name);
            } else if let Some(text) = line.strip_prefix("data: ") {
                return (name, serde_json::from_str(text).unwrap());
            }
        }
    }

    /// Waits for an event of that name whose data fits.
    pub fn find(&mut self, name: &str, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let (seen, data) = self.next();
            if seen == name && fits(&data) {
                return data;
            }
        }
    }
}
