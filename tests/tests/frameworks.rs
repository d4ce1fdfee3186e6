//! Web functions on real frameworks, by the emulator's URLs, and a real debugger.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use scf_emulator::{Emulator, ObservationKind};

/// Returns the folder of the two functions, which a script installs.
fn functions() -> PathBuf {
    let script = scf_tests::root().join("tests/frameworks/install");
    let output = Command::new(script).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

#[test]
fn flask_and_express_answer_as_web_functions() {
    let emulator = Emulator::builder()
        .functions_dir(functions())
        .default_timeout(Duration::from_secs(60))
        .start()
        .unwrap();
    for name in ["flask", "express"] {
        let url = format!("{}/_web/{name}/hello/Ada?x=1", emulator.url());
        let mut response = ureq::post(&url).content_type("text/plain").send("the body").unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        let seen: serde_json::Value = serde_json::from_str(&text).unwrap();
        let wanted = serde_json::json!({"hello": "Ada", "body": "the body", "function": name});
        assert_eq!(seen, wanted, "{name}");
        assert_eq!(
            response.headers()["content-type"].to_str().unwrap().split(';').next(),
            Some("application/json")
        );
    }
}

#[test]
fn debugpy_takes_a_debugger_before_the_first_call() {
    let python = functions().join("flask/.venv/bin/python");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("debugged");
    let hello = folder.join("hello");
    std::fs::create_dir_all(&hello).unwrap();
    let code = "import sys\ndef main_handler(event, context): return 'debugpy' in sys.modules\n";
    std::fs::write(hello.join("index.py"), code).unwrap();
    let settings = serde_json::json!({"interpreter": python}).to_string();
    std::fs::write(hello.join("function.json"), settings).unwrap();

    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let (sender, notices) = std::sync::mpsc::channel();
    let emulator = Emulator::builder()
        .functions_dir(&folder)
        .debug("hello", Some(port))
        .observe(move |seen| {
            if let ObservationKind::Notice { text } = &seen.kind {
                sender.send(text.clone()).unwrap();
            }
        })
        .start()
        .unwrap();
    assert_eq!(notices.recv().unwrap(), format!("a debugger can attach at 127.0.0.1:{port}"));

    let mut debugger = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    let request =
        r#"{"seq":1,"type":"request","command":"initialize","arguments":{"adapterID":"test"}}"#;
    write!(debugger, "Content-Length: {}\r\n\r\n{request}", request.len()).unwrap();
    let mut messages = BufReader::new(debugger);
    let response = std::iter::repeat_with(|| message(&mut messages))
        .find(|message| message["type"] == "response")
        .unwrap();
    assert_eq!(response["success"], true, "{response}");

    let url = format!("{}/_http/hello/", emulator.url());
    assert_eq!(ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap(), "true");
}

/// Reads one message of the debug adapter protocol.
fn message(stream: &mut impl BufRead) -> serde_json::Value {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(stream.read_line(&mut head).unwrap() > 0, "the debugger is gone");
    }
    let length = head.trim().strip_prefix("Content-Length: ").unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    serde_json::from_slice(&body).unwrap()
}
