//! Web functions: servers behind URLs of the emulator.
#![cfg(unix)]

mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::json;
use support::control::{self, Stream, authorization};
use support::{Answer, Folder, Tc3, raw, start};

/// A server that returns the request that it was sent.
const SERVER: &str = r#"#!/usr/bin/env python3
import http.server, json, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get('content-length', 0))).decode()
        text = json.dumps({'path': self.path, 'body': body, 'headers': dict(self.headers), 'pid': os.getpid()})
        self.send_response(203)
        self.send_header('Content-Length', str(len(text)))
        self.send_header('Set-Cookie', 'a=1')
        self.send_header('Set-Cookie', 'b=2')
        self.end_headers()
        self.wfile.write(text.encode())
    do_GET = do_POST
http.server.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
"#;

fn web(code: &str, config: &str) -> Folder {
    let folder = Folder::new(&[("site/scf_bootstrap", code), ("site/function.json", config)]);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.0.join("site/scf_bootstrap"), mode).unwrap();
    folder
}

fn request(emulator: &scf_emulator::Emulator, host: &str, path: &str, body: &str) -> Answer {
    let text = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nX-Mine: yes\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    raw(emulator.addr(), text.as_bytes())
}

#[test]
fn a_web_function_gets_plain_http_and_the_headers_of_scf() {
    let folder = web(SERVER, r#"{"memory": 256, "timeout": 50}"#);
    let emulator = start(&folder.0);
    let answer = request(&emulator, "localhost", "/_web/site/a%20b?x=1&x=2", "hi");
    assert_eq!(answer.status, 203, "{}", answer.text());
    assert!(answer.head.contains("set-cookie: a=1") && answer.head.contains("set-cookie: b=2"));
    let seen = answer.json();
    assert_eq!((&seen["path"], &seen["body"]), (&json!("/a%20b?x=1&x=2"), &json!("hi")));
    let headers = &seen["headers"];
    assert_eq!(headers["x-mine"], "yes");
    assert_eq!(headers["x-scf-memory"], "256");
    assert_eq!(headers["x-scf-timeout"], "50000");
    assert_eq!(headers["x-scf-name"], "site");
    assert_eq!(headers["x-scf-version"], "$LATEST");
    assert_eq!(headers["x-scf-namespace"], "default");
    for name in ["request-id", "region", "appid", "uin"] {
        assert!(headers[format!("x-scf-{name}")].is_string(), "{name}");
    }
    // By a name of its own, and warm.
    let again = request(&emulator, "site.localhost:1", "/", "").json();
    assert_eq!((&again["path"], &again["pid"]), (&json!("/"), &seen["pid"]));
}

#[test]
fn a_response_reaches_its_client_while_it_comes() {
    let code = r#"#!/usr/bin/env python3
import http.server, os, socket
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        self.end_headers()
        self.wfile.write(b'first;')
        with socket.create_connection(('127.0.0.1', int(self.path[1:]))) as test:
            test.recv(1)
        self.wfile.write(b'last')
http.server.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
"#;
    let folder = web(code, "{}");
    let emulator = start(&folder.0);
    let mut stream = Stream::open(&emulator);
    let gate = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = gate.local_addr().unwrap().port();
    let mut client = TcpStream::connect(emulator.addr()).unwrap();
    let head = "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    write!(client, "GET /_web/site/{port} {head}").unwrap();
    let mut seen = Vec::new();
    let mut buffer = [0; 1024];
    while !String::from_utf8_lossy(&seen).contains("first;") {
        let size = client.read(&mut buffer).unwrap();
        assert!(size > 0, "{}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&buffer[..size]);
    }
    // Only now the function goes on.
    drop(gate.accept().unwrap());
    client.read_to_end(&mut seen).unwrap();
    let text = String::from_utf8(seen).unwrap();
    assert!(text.contains("content-type: text/event-stream\r\n"), "{text}");
    assert!(text.contains("last"), "{text}");
    stream.find("invocation", |data| data["state"] == "succeeded");
    let record = &emulator.records_of("site")[0];
    assert!(record.result_text.as_deref().unwrap().contains(r#""body":"first;last""#));
}

#[test]
fn a_response_beyond_the_limit_is_cut() {
    let code =
        SERVER.replace("self.wfile.write(text.encode())", "self.wfile.write(b'x' * (7 << 20))");
    let code = code.replace("str(len(text))", "str(7 << 20)");
    let folder = web(&code, "{}");
    let emulator = start(&folder.0);
    let mut stream = Stream::open(&emulator);
    let answer = request(&emulator, "localhost", "/_web/site/", "");
    assert_eq!(answer.status, 203);
    assert!(answer.body.len() <= 6 << 20, "{}", answer.body.len());
    assert_eq!(stream.find("invocation", |data| data["state"] == "failed")["status"], 407);
}

#[test]
fn the_headers_of_a_response_have_4_kb_at_most() {
    let code = SERVER.replace(
        "self.send_header('Set-Cookie', 'b=2')",
        "self.send_header('X-Long', 'x' * int(self.path[1:]))",
    );
    let folder = web(&code, "{}");
    let emulator = start(&folder.0);
    let answer = request(&emulator, "localhost", "/_web/site/3800", "");
    assert_eq!((answer.status, answer.header("x-long").unwrap().len()), (203, 3800));
    let answer = request(&emulator, "localhost", "/_web/site/4096", "");
    let failure = answer.json();
    assert_eq!((answer.status, &failure["statusCode"]), (502, &json!(407)));
    let message = failure["errorMessage"].as_str().unwrap();
    assert!(message.contains("bytes of headers; at most 4096 are allowed"), "{message}");
}

#[test]
fn the_headers_of_a_request_have_4_kb_at_most() {
    let folder = web(SERVER, "{}");
    let emulator = start(&folder.0);
    let get = |size: usize| {
        let long = "x".repeat(size);
        let request = format!(
            "GET /_web/site/ HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\nConnection: close\r\n\r\n"
        );
        raw(emulator.addr(), request.as_bytes())
    };
    assert_eq!(get(4000).status, 203);
    let answer = get(4096);
    assert_eq!(answer.status, 431);
    assert!(answer.text().contains("bytes; at most 4096 are allowed"), "{}", answer.text());
}

#[test]
fn faults_hit_a_web_function_too() {
    let folder = web(SERVER, "{}");
    let emulator = start(&folder.0);
    let mut stream = Stream::open(&emulator);
    let get = || request(&emulator, "site.localhost", "/", "");
    emulator.inject_into("site", scf_emulator::Fault::rate_limited());
    assert_eq!(get().status, 429);
    assert_eq!(get().status, 203);
    emulator.inject(scf_emulator::Fault::CutResponse);
    let cut = get();
    let declared: usize = cut.header("content-length").unwrap().parse().unwrap();
    assert_eq!((cut.status, cut.body.len()), (203, declared / 2));
    emulator.inject(scf_emulator::Fault::CloseAfterRun);
    assert_eq!(get().status, 0);
    let ran = stream.find("invocation", |data| {
        data["fault"] == "close-after-run" && data["state"] == "succeeded"
    });
    assert_eq!(ran["status"], 200);
    assert!(emulator.records_of("site")[0].status.is_none(), "the first one did not run");
    // Its body is not kept, so it cannot be run again.
    let again = format!("invocations/{}/again", ran["requestId"].as_str().unwrap());
    let answer = control::request(&emulator, "POST", &again, &authorization(&emulator), "");
    assert_eq!((answer.status, &answer.json()["code"]), (409, &json!("Control.NotRun")));
}

#[test]
fn a_request_of_more_than_6_mb_does_not_reach_the_function() {
    let folder = web(SERVER, "{}");
    let emulator = start(&folder.0);
    let body = "x".repeat((6 << 20) + 1);
    assert_eq!(request(&emulator, "localhost", "/_web/site/", &body).status, 413);
    assert!(emulator.records_of("site").is_empty());
}

#[test]
fn invoke_of_a_web_function_is_refused() {
    let folder = web(SERVER, "{}");
    let response = Tc3::new(&json!({"FunctionName": "site"})).send(&start(&folder.0));
    assert_eq!(response["Error"]["Code"], "UnsupportedOperation");
    assert!(response["Error"]["Message"].as_str().unwrap().contains("/_web/site/"));
}

#[test]
fn a_bootstrap_that_never_listens_is_reported() {
    let folder = web("#!/bin/sh\necho at start\nexec sleep 60\n", r#"{"init_timeout": 0.3}"#);
    let answer = request(&start(&folder.0), "localhost", "/_web/site/", "");
    let failure = answer.json();
    assert_eq!((answer.status, &failure["statusCode"]), (502, &json!(450)));
    let message = failure["errorMessage"].as_str().unwrap();
    assert!(message.contains("scf_bootstrap has to listen on port 9000"), "{message}");
}

#[test]
fn a_server_that_gives_no_response_is_told_from_one_that_ends() {
    let code = r#"#!/usr/bin/env python3
import os, socket
server = socket.create_server(('127.0.0.1', int(os.environ['PORT'])))
while True:
    client, _ = server.accept()
    request = client.recv(65536)
    if b'/exit' in request:
        os._exit(7)
    client.sendall(b'\0\r\n\r\n' if b'/garbage' in request else b'')
    client.close()
"#;
    let folder = web(code, "{}");
    let emulator = start(&folder.0);
    for (path, status, words) in [
        ("close", 443, "the web server gave no whole response: port "),
        ("garbage", 443, "invalid HTTP version"),
        ("exit", 439, "exit status: 7"),
        ("close", 443, "connection closed"),
    ] {
        let failure = request(&emulator, "localhost", &format!("/_web/site/{path}"), "").json();
        assert_eq!(failure["statusCode"], status, "{path}: {failure}");
        assert!(failure["errorMessage"].as_str().unwrap().contains(words), "{path}: {failure}");
    }
}

/// The client sends the end of its request when the function has reported the start.
#[test]
fn a_request_reaches_the_function_while_it_comes() {
    let code = r#"#!/usr/bin/env python3
import http.server, os, socket
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        start = self.rfile.read(5)
        test = socket.create_connection(('127.0.0.1', int(self.headers['x-port'])))
        test.sendall(start)
        end = self.rfile.read(3)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(start + end)
http.server.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
"#;
    let folder = web(code, r#"{"timeout": 600}"#);
    let emulator = start(&folder.0);
    let test = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = test.local_addr().unwrap().port();
    let mut client = TcpStream::connect(emulator.addr()).unwrap();
    let head = format!(
        "POST /_web/site/ HTTP/1.1\r\nHost: localhost\r\nX-Port: {port}\r\nContent-Length: 8\r\nConnection: close\r\n\r\nstart"
    );
    client.write_all(head.as_bytes()).unwrap();
    let mut seen = [0; 5];
    test.accept().unwrap().0.read_exact(&mut seen).unwrap();
    assert_eq!(&seen, b"start");
    client.write_all(b"end").unwrap();
    let mut response = String::new();
    client.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200") && response.contains("startend"), "{response}");
}

#[test]
fn a_body_in_chunks_reaches_the_function_with_its_length() {
    let folder = web(SERVER, "{}");
    let emulator = start(&folder.0);
    let request = "POST /_web/site/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
    let seen = raw(emulator.addr(), request.as_bytes()).json();
    assert_eq!((&seen["body"], &seen["headers"]["content-length"]), (&json!("hi"), &json!("2")));
}
