//! The examples do what they say. `cargo test -p scf-invoke` builds them; with
//! `--test examples` alone, they are what was built last.

use std::path::PathBuf;
use std::process::Command;

fn example(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    let program: PathBuf = profile.join("examples").join(name);
    assert!(program.with_extension(std::env::consts::EXE_EXTENSION).exists(), "build {name} first");
    Command::new(program)
}

/// Returns what an example prints, and expects that it succeeds.
fn output(name: &str) -> String {
    let output = example(name).output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn hello_greets() {
    assert_eq!(output("hello"), "hello world\n");
}

#[test]
fn typed_reads_a_value_and_tells_a_failure() {
    let printed = output("typed");
    assert!(printed.starts_with("3 tea for 21\nthe function failed"), "{printed}");
    assert!(printed.contains("there is nothing to order"), "{printed}");
}

#[test]
fn hooks_logs_every_call() {
    let printed = output("hooks");
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines[0], "call 1: echo executed after 1 attempt(s), a new connection");
    assert!(lines[1].starts_with("call 2: again in "), "{printed}");
    assert_eq!(lines[2], "call 2: echo executed after 2 attempt(s), a kept connection");
    assert_eq!(lines[3], "call 3: echo unknown after 1 attempt(s), a kept connection");
    assert!(lines[4].contains("may have run"), "{printed}");
}

#[cfg(feature = "tls")]
#[test]
fn custom_tls_trusts_its_own_authority() {
    assert_eq!(output("custom_tls"), "over TLS: \"hello\"\n");
}

#[cfg(feature = "tokio")]
#[test]
fn map_runs_every_event() {
    let printed = output("map");
    assert!(printed.starts_with("the sum is 332833500; "), "{printed}");
    assert!(printed.contains("succeeded: 1000, failed: 0"), "{printed}");
}

#[cfg(feature = "tokio")]
#[test]
fn axum_answers_a_visitor() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpStream;
    use std::process::Stdio;

    let mut server = example("axum").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.split_whitespace().nth(1).unwrap().trim_end_matches(',');
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut tcp = TcpStream::connect(host).unwrap();
    write!(tcp, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut response = String::new();
    tcp.read_to_string(&mut response).unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
    assert!(response.ends_with("hello world"), "{response}");
}
