//! Functions under a debugger, and functions that run in processes of the developer's.
#![cfg(unix)]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;

use scf_emulator::{Emulator, ObservationKind, StartError};
use serde_json::{Value, json};
use support::{Folder, failed, invoke, raw, result_of};

/// Serves a folder with one function, `hello`, under a debugger at this port; the second is what
/// its developer gets to know of it.
fn debug(folder: &Folder, port: Option<u16>) -> (Emulator, String) {
    let (sender, notices) = mpsc::channel();
    let emulator = Emulator::builder()
        .functions_dir(&folder.0)
        .debug("hello", port)
        .observe(move |seen| {
            if let ObservationKind::Notice { text } = &seen.kind {
                sender.send(text.clone()).unwrap();
            }
        })
        .start()
        .unwrap();
    let notice = notices.recv().unwrap();
    (emulator, notice)
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Returns the id of the process that an inspector of Node.js shows. It does not close the
/// connection after its answer.
fn inspected(port: u16) -> Value {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    let request = format!("GET /json/list HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.is_empty()), "the head ends");
    let body: String = lines.take_while(|line| line != "} ]").collect();
    serde_json::from_str::<Value>(&(body + "}]")).unwrap()[0]["id"].clone()
}

#[test]
fn a_node_function_has_an_inspector_before_its_first_call_and_no_time_limit() {
    let folder = Folder::new(&[
        (
            "hello/index.js",
            "exports.main_handler = async (e, context) => [context.time_limit_in_ms, __filename];",
        ),
        ("hello/function.json", r#"{"timeout": 1}"#),
    ]);
    let port = free_port();
    let (emulator, notice) = debug(&folder, Some(port));
    assert_eq!(notice, format!("a debugger can attach at 127.0.0.1:{port}"));
    let before = inspected(port);
    let result = result_of(&invoke(&emulator, "hello", &json!({})));
    assert_eq!(result[0], 86_400_000);
    // Breakpoints are set by the file's own path.
    let real = folder.0.canonicalize().unwrap().join("hello/index.js");
    assert_eq!(result[1], real.to_str().unwrap());
    // It is the same process, until the code changes.
    assert_eq!(inspected(port), before);
    folder.write("hello/index.js", "exports.main_handler = async () => 'new';");
    assert_eq!(result_of(&invoke(&emulator, "hello", &json!({}))), "new");
    assert_ne!(inspected(port), before);
}

#[test]
fn a_python_without_debugpy_says_how_to_install_it() {
    let python = "#!/bin/sh\nexec python3 -I -S \"$@\"\n";
    let folder = Folder::new(&[
        ("hello/index.py", "def main_handler(event, context): return 1\n"),
        ("hello/isolated-python", python),
        ("hello/function.json", r#"{"interpreter": "./isolated-python"}"#),
    ]);
    let (_emulator, notice) = debug(&folder, None);
    assert!(notice.contains(" lacks debugpy, which debugs hello; run: "), "{notice}");
    assert!(notice.contains(" -m pip install debugpy"), "{notice}");
}

#[test]
fn only_functions_that_exist_can_be_debugged() {
    let folder = Folder::new(&[("hello/index.py", "")]);
    let start = Emulator::builder().functions_dir(&folder.0).debug("helo", None).start();
    let Err(StartError::NoFunction(name, names)) = start else { panic!("there is no helo") };
    assert_eq!((&*name, names), ("helo", vec!["hello".to_owned()]));
}

/// Asks the runtime API once.
fn ask(addr: SocketAddr, request: &str, body: &str) -> support::Answer {
    let request = format!(
        "{request} HTTP/1.1\r\nHost: {addr}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    raw(addr, request.as_bytes())
}

#[test]
fn a_process_of_the_developers_runs_a_function_that_is_elsewhere() {
    let folder = Folder::new(&[
        ("hello/bootstrap", "#!/bin/sh\nexit 1\n"),
        ("hello/function.json", r#"{"timeout": 1}"#),
    ]);
    let emulator = Emulator::builder()
        .functions_dir(&folder.0)
        .run_elsewhere("hello", (Ipv4Addr::LOCALHOST, 0))
        .start()
        .unwrap();
    assert_eq!(emulator.function_names(), ["hello"]);
    let addr = emulator.runtime_apis()[0].1;
    std::thread::scope(|scope| {
        let call = scope.spawn(|| invoke(&emulator, "hello", &json!({"n": 1})));
        let next = ask(addr, "GET /runtime/invocation/next", "");
        assert_eq!(next.json(), json!({"n": 1}));
        assert_eq!(next.header("time_limit_in_ms"), Some("86400000"));
        // A process that was started anew gets the same event.
        let again = ask(addr, "GET /runtime/invocation/next", "");
        assert_eq!(again.header("request_id"), next.header("request_id"));
        ask(addr, "POST /runtime/invocation/response", "\"seen\"");
        assert_eq!(call.join().unwrap()["RetMsg"], "\"seen\"");
    });
    let page = format!("GET /runtime/invocation/next HTTP/1.1\r\nHost: {addr}\r\nOrigin: null");
    let answer = raw(addr, format!("{page}\r\nConnection: close\r\n\r\n").as_bytes());
    assert_eq!(answer.status, 403, "a page gets no event");
}

#[test]
fn a_second_call_of_a_function_elsewhere_is_over_its_limit() {
    let emulator =
        Emulator::builder().run_elsewhere("hello", (Ipv4Addr::LOCALHOST, 0)).start().unwrap();
    let addr = emulator.runtime_apis()[0].1;
    std::thread::scope(|scope| {
        let call = scope.spawn(|| invoke(&emulator, "hello", &Value::Null));
        ask(addr, "GET /runtime/invocation/next", "");
        failed(&invoke(&emulator, "hello", &Value::Null), 432);
        ask(addr, "POST /runtime/invocation/response", "1");
        assert_eq!(result_of(&call.join().unwrap()), 1);
    });
}
