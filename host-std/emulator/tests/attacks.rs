//! Attacks by other programs of the machine, and by pages in its browser.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use scf_emulator::Emulator;
use support::{Answer, Tc3, raw};

/// An emulator whose function counts its runs.
fn counting() -> (Emulator, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&runs);
    let emulator = Emulator::builder().function("hello", move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok("hello")
    });
    (emulator.start().unwrap(), runs)
}

/// A rightly signed request, with its headers changed.
fn signed_with(
    emulator: &Emulator,
    request: Tc3,
    change: impl FnOnce(&mut Vec<(String, String)>),
) -> Vec<u8> {
    let request = request.at(emulator);
    let mut headers = request.headers(&request.signature());
    headers.push(("Connection".into(), "close".into()));
    change(&mut headers);
    support::bytes("POST", "/", &headers, &request.body)
}

fn code(answer: &Answer) -> String {
    answer.json()["Response"]["Error"]["Code"].as_str().unwrap_or_default().to_owned()
}

fn set(headers: &mut Vec<(String, String)>, name: &str, value: &str) {
    headers.retain(|(have, _)| have != name);
    headers.push((name.into(), value.into()));
}

#[test]
fn a_page_by_dns_rebinding_runs_nothing() {
    let (emulator, runs) = counting();
    for host in ["evil.example", "evil.example:9000", "127.0.0.1.evil.example", "10.0.0.1", ""] {
        // The page signs for its own name, with a key that it knows.
        let mut request = Tc3::hello().at(&emulator);
        request.host = host.into();
        let bytes = request.bytes("close");
        let answer = raw(emulator.addr(), &bytes);
        assert_eq!((answer.status, code(&answer)), (400, "InvalidRequest".into()), "{host}");
    }
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}

#[test]
fn a_host_that_was_named_and_the_apis_own_are_answered() {
    let emulator = Emulator::builder().function("hello", |_| Ok("hello")).host("dev.example");
    let emulator = emulator.start().unwrap();
    for host in ["dev.example:80", "localhost:1", "[::1]:9", "scf.ap-guangzhou.tencentcloudapi.com"]
    {
        let mut request = Tc3::hello().at(&emulator);
        request.host = host.into();
        let answer = raw(emulator.addr(), &request.bytes("close"));
        assert_eq!(answer.json()["Response"]["Result"]["RetMsg"], "hello", "{host}");
    }
}

#[test]
fn a_request_has_exactly_one_host() {
    let (emulator, runs) = counting();
    let none = signed_with(&emulator, Tc3::hello(), |headers| {
        headers.retain(|(name, _)| name != "Host");
    });
    let two = signed_with(&emulator, Tc3::hello(), |headers| {
        headers.push(("Host".into(), "evil.example".into()));
    });
    for bytes in [none, two] {
        let answer = raw(emulator.addr(), &bytes);
        assert_eq!((answer.status, code(&answer)), (400, "InvalidRequest".into()));
    }
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}

#[test]
fn a_host_is_refused_before_any_of_the_body_is_read() {
    let (emulator, _) = counting();
    let mut stream = TcpStream::connect(emulator.addr()).unwrap();
    let head = "POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 1000000\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 400");
}

#[test]
fn foreign_pages_are_refused_in_every_form_of_signature() {
    let (emulator, runs) = counting();
    for (name, value) in [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Origin", "http://localhost:1"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ] {
        let tc3 = signed_with(&emulator, Tc3::hello(), |headers| set(headers, name, value));
        let mut get = Tc3::get("FunctionName=hello");
        get.extra.push((name.into(), value.into()));
        // Version 1, as a form of any page can send it.
        let form = [
            ("Host", emulator.addr().to_string()),
            ("Content-Type", "application/x-www-form-urlencoded".into()),
            ("Connection", "close".into()),
            (name, value.into()),
        ];
        let form = form.map(|(name, value)| (name.to_owned(), value));
        let v1 = support::bytes("POST", "/", &form, b"Action=Invoke&SecretId=a&Signature=b");
        for answer in
            [raw(emulator.addr(), &tc3), get.exchange(&emulator), raw(emulator.addr(), &v1)]
        {
            assert_eq!((answer.status, code(&answer)), (403, "UnauthorizedOperation".into()));
        }
    }
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}

#[test]
fn half_open_heads_idle_connections_and_dripping_bodies_shut_nobody_out() {
    let (emulator, _) = counting();
    let body = signed_with(&emulator, Tc3::hello(), |_| {});
    for beginning in [&b""[..], b"POST / HTTP/1.1\r\nHo", &body[..body.len() - 1]] {
        let waiting: Vec<_> = (0..600)
            .map(|_| {
                let mut stream = TcpStream::connect(emulator.addr()).unwrap();
                let _ = stream.write_all(beginning);
                stream
            })
            .collect();
        assert_eq!(Tc3::hello().send(&emulator)["Result"]["RetMsg"], "hello");
        drop(waiting);
    }
}

#[test]
fn signed_bodies_share_one_bound_of_memory() {
    let (emulator, runs) = counting();
    // Rightly signed heads of bodies that do not end: more than the bound.
    let mut request = Tc3::hello();
    request.body = format!("{{\"FunctionName\":\"hello\"}}{}", " ".repeat(9 << 20)).into();
    let bytes = signed_with(&emulator, request, |_| {});
    let waiting: Vec<_> = (0..40)
        .map(|_| {
            let mut stream = TcpStream::connect(emulator.addr()).unwrap();
            // The refusal can come while it is sent.
            let _ = stream.write_all(&bytes[..bytes.len() - 1]);
            stream.set_nonblocking(true).unwrap();
            stream
        })
        .collect();
    // Within the bound an end is waited for; beyond it there is an answer.
    let answered = |mut stream: &TcpStream| matches!(stream.read(&mut [0; 12]), Ok(12));
    while !waiting.iter().any(answered) {
        std::thread::yield_now();
    }
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}

#[test]
fn bodies_for_a_url_share_that_bound() {
    let (emulator, runs) = counting();
    let length = 6 << 20;
    let head = format!(
        "POST /_http/hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
    );
    let bytes = [head.into_bytes(), vec![b'x'; length - 1]].concat();
    let waiting: Vec<_> = (0..60)
        .map(|_| {
            let mut stream = TcpStream::connect(emulator.addr()).unwrap();
            // The refusal can come while it is sent.
            let _ = stream.write_all(&bytes);
            stream.set_nonblocking(true).unwrap();
            stream
        })
        .collect();
    let refused = |mut stream: &TcpStream| {
        let mut start = [0; 12];
        matches!(stream.read(&mut start), Ok(12)) && start.ends_with(b"429")
    };
    while !waiting.iter().any(refused) {
        std::thread::yield_now();
    }
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}

/// A function that returns the port of its runtime API.
#[cfg(target_os = "linux")]
const PORT: &str = "import os\ndef main_handler(event, context):\n    return int(os.environ['SCF_RUNTIME_API_PORT'])\n";

#[cfg(target_os = "linux")]
#[test]
fn the_runtime_api_answers_its_instance_and_no_other_process() {
    let folder = support::Folder::new(&[("port/index.py", PORT)]);
    let emulator = Emulator::start(&folder.0).unwrap();
    let port = || support::invoke(&emulator, "port", &serde_json::json!({}))["RetMsg"].clone();
    let before = port();
    let number: u16 = before.as_str().unwrap().parse().unwrap();
    let addr = std::net::SocketAddr::from(([127, 0, 0, 1], number));
    for request in [
        "GET /runtime/invocation/next HTTP/1.1",
        "POST /runtime/invocation/response HTTP/1.1",
        "POST /runtime/init/ready HTTP/1.1",
    ] {
        let head = format!("{request}\r\nHost: 127.0.0.1:{number}\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(raw(addr, head.as_bytes()).status, 0, "{request}");
    }
    // However many come, the instance is not kept from its API.
    let waiting: Vec<_> = (0..200).filter_map(|_| TcpStream::connect(addr).ok()).collect();
    assert_eq!(port(), before, "the same instance goes on");
    drop(waiting);
}

/// Tries to send a signal that harms nobody to the emulator, and says how Landlock is there.
#[cfg(target_os = "linux")]
const SIGNALS: &str = "import ctypes, os, signal
def main_handler(event, context):
    version = ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), ctypes.c_uint(1))
    child = os.fork()
    if child == 0:
        signal.pause()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    try:
        os.kill(os.getppid(), signal.SIGCONT)
        return [version, 'sent']
    except PermissionError:
        return [version, 'refused']
";

#[cfg(target_os = "linux")]
#[test]
fn a_function_sends_signals_to_its_own_processes_alone() {
    let folder = support::Folder::new(&[("signals/index.py", SIGNALS)]);
    let emulator = support::start(&folder.0);
    let seen = support::result_of(&support::invoke(&emulator, "signals", &serde_json::json!({})));
    if seen[0].as_i64().unwrap() < 6 {
        eprintln!("not tried: this system's Landlock, {}, knows nothing of signals", seen[0]);
        return;
    }
    assert_eq!(seen[1], "refused");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_settings_or_code_stops_nothing_else() {
    let folder = support::Folder::new(&[("piped/index.py", "def main_handler(e, c): pass\n")]);
    for name in ["piped/function.json", "hung/function.json"] {
        let path = folder.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
    }
    let builder = Emulator::builder().functions_dir(&folder.0).function("hello", |_| Ok("hello"));
    let emulator = builder.start().unwrap();
    let response = Tc3::new(&serde_json::json!({"FunctionName": "piped"})).send(&emulator);
    let message = response["Error"]["Message"].as_str().unwrap();
    assert!(message.contains("function.json: it is not a regular file"), "{message}");
    assert!(!emulator.function_names().is_empty());
    assert_eq!(Tc3::hello().send(&emulator)["Result"]["RetMsg"], "hello");
}
