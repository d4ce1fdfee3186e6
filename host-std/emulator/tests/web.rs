//! Web functions: servers behind URLs of the emulator.
#![cfg(unix)]

mod support;

use serde_json::json;
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
fn invoke_of_a_web_function_is_refused() {
    let folder = web(SERVER, "{}");
    let response = Tc3::new(&json!({"FunctionName": "site"})).send(&start(&folder.0));
    assert_eq!(response["Error"]["Code"], "UnsupportedOperation");
    assert!(response["Error"]["Message"].as_str().unwrap().contains("/_web/site/"));
}

#[test]
fn a_bootstrap_that_never_listens_is_told() {
    let folder = web("#!/bin/sh\necho at start\nexec sleep 60\n", r#"{"init_timeout": 0.3}"#);
    let answer = request(&start(&folder.0), "localhost", "/_web/site/", "");
    assert_eq!((answer.status, &answer.json()["statusCode"]), (502, &json!(450)));
}
