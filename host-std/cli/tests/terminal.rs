//! The command on a terminal, through a pseudo-terminal that Python's standard
//! library opens.
#![cfg(unix)]

mod support;

use std::io::Read;
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use support::{SCF, examples, folder};

/// Runs a command with some of its standard streams on a terminal, types
/// something there, interrupts it once a text is shown, and prints what the terminal showed. Its own standard
/// output and error are for the streams that are not on the terminal.
const DRIVER: &str = r#"
import os, pty, signal, subprocess, sys
streams, typed, command = sys.argv[1], sys.argv[2], sys.argv[3:]
master, slave = pty.openpty()
on = {name: slave if name in streams.split(",") else None for name in ("in", "out", "err")}
process = subprocess.Popen(command, stdin=on["in"] or subprocess.DEVNULL, stdout=on["out"],
                           stderr=on["err"])
os.close(slave)
os.write(master, typed.encode())
shown = b""
while True:
    try:
        piece = os.read(master, 65536)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    if "INTERRUPT_AT" in os.environ and os.environ["INTERRUPT_AT"].encode() in shown:
        del os.environ["INTERRUPT_AT"]
        process.send_signal(signal.SIGINT)
code = process.wait()
with open(os.environ["SHOWN"], "wb") as file:
    file.write(shown)
sys.exit(code)
"#;

/// A run of the command on a terminal.
struct Terminal<'a> {
    command: &'a str,
    /// The streams that are on it.
    streams: &'a str,
    typed: &'a str,
    kind: &'a str,
    /// The text at which Ctrl-C follows.
    interrupt_at: Option<&'a str>,
}

impl Default for Terminal<'_> {
    fn default() -> Self {
        Self { command: "invoke", streams: "err", typed: "", kind: "xterm", interrupt_at: None }
    }
}

impl Terminal<'_> {
    /// Returns what the terminal showed, with the line ends that programs
    /// write, and what the other streams got.
    fn run(&self, test: &str, arguments: &[&str]) -> (String, Output) {
        let file = folder(test).join("shown");
        let mut command = Command::new("python3");
        command
            .args(["-c", DRIVER, self.streams, self.typed, SCF, self.command])
            .args(arguments)
            .env("SHOWN", &file)
            .env("TERM", self.kind)
            .stdin(Stdio::null());
        if let Some(text) = self.interrupt_at {
            command.env("INTERRUPT_AT", text);
        }
        let output = command.output().unwrap();
        let shown = String::from_utf8(std::fs::read(file).unwrap()).unwrap();
        (shown.replace("\r\n", "\n"), output)
    }
}

/// Runs one of the examples on a terminal.
fn on_terminal(test: &str, streams: &str, typed: &str, arguments: &[&str]) -> (String, Output) {
    let dir = examples();
    let arguments = [arguments, &["--emulator", dir.to_str().unwrap()]].concat();
    Terminal { streams, typed, ..Terminal::default() }.run(test, &arguments)
}

/// Returns what a terminal showed, without the lines that were erased.
fn without_progress(shown: &str) -> String {
    let is_kept = |part: &&str| !part.contains(": waiting for ") && !part.contains(": connecting");
    shown.split("\r\x1b[K").filter(is_kept).collect()
}

#[test]
fn a_long_call_shows_what_it_waits_for_and_erases_it() {
    let event = r#"{"seconds":2.5}"#;
    let (shown, output) = on_terminal("progress", "err", "", &["slow", event]);
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("\r\x1b[Ktscf: slow: waiting for the answer, "), "{shown:?}");
    // The line is empty again, and then come the log and the ids.
    let erased = shown.rfind("\r\x1b[K").unwrap();
    assert!(!shown[erased..].contains("waiting"), "{shown:?}");
    assert!(shown[erased..].contains("scf: request id"), "{shown:?}");
    assert!(!output.stdout.is_empty(), "the result is not for the terminal here");
}

#[test]
fn a_short_call_and_a_pipe_show_no_progress() {
    let started = Instant::now();
    let (shown, output) = on_terminal("short", "err", "", &["hello", "{}"]);
    assert!(output.status.success());
    // A slow machine may have made it a long one.
    let was_short = started.elapsed() < Duration::from_secs(1);
    assert!(!(was_short && shown.contains('\x1b')), "{shown:?}");
    let (_, output) = on_terminal("pipe", "out", "", &["slow", r#"{"seconds":1.5}"#]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!stderr.contains("waiting") && !stderr.contains('\x1b'), "{stderr}");
}

#[test]
fn a_dumb_terminal_gets_no_control_sequences() {
    let event = r#"{"seconds":1.5}"#;
    let dir = examples();
    let arguments = ["slow", event, "--emulator", dir.to_str().unwrap()];
    let (shown, output) = Terminal { kind: "dumb", ..Terminal::default() }.run("dumb", &arguments);
    assert!(output.status.success());
    assert!(shown.contains("scf: request id") && !shown.contains('\x1b'), "{shown:?}");
}

#[test]
fn map_shows_how_far_it_is_and_erases_it() {
    let events = folder("map-events").join("events");
    std::fs::write(&events, "{\"seconds\":1.2}\n{\"seconds\":2.5}\n").unwrap();
    let dir = examples();
    let arguments = ["slow", events.to_str().unwrap(), "--emulator", dir.to_str().unwrap()];
    let one_job = [&arguments[..], &["--jobs", "1"]].concat();
    let terminal = Terminal { command: "map", ..Terminal::default() };
    let (shown, output) = terminal.run("map-line", &one_job);
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("\r\x1b[Ktscf: 0 done, 0 failed, 0.0/s"), "{shown:?}");
    assert!(shown.contains("\r\x1b[Ktscf: 1 done, 0 failed, "), "{shown:?}");
    assert!(shown.contains("/s, 50 %, "), "{shown:?}");
    let end = shown.rfind("\r\x1b[K").unwrap();
    assert!(shown[end..].starts_with("\r\x1b[Ktscf: 2 events in "), "{shown:?}");
}

#[test]
fn ctrl_c_erases_the_line_and_says_that_the_function_may_have_run() {
    // It takes the request, and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let mut bytes = vec![];
        let _ = listener.accept().unwrap().0.read_to_end(&mut bytes);
    });
    let arguments = ["hello", "{}", "--endpoint", &url, "--region", "ap-guangzhou", "-o", "json"];
    let keys = ["--secret-id", "AKIDEXAMPLE0123456789", "--secret-key", "a-key"];
    let terminal = Terminal { interrupt_at: Some("waiting"), ..Terminal::default() };
    let (shown, output) = terminal.run("ctrl-c-call", &[&arguments[..], &keys].concat());
    assert_eq!(output.status.code(), Some(130), "{shown}");
    let end =
        "\r\x1b[Ktscf: interrupted; the function may have run: find out before calling again\n";
    assert!(shown.ends_with(end), "{shown:?}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.starts_with(r#"{"ok":false,"error":"interrupted","#), "{stdout}");
    assert!(stdout.contains(r#","delivery":"unknown"}"#), "{stdout}");
    server.join().unwrap();
}

#[test]
fn control_characters_reach_no_terminal() {
    let event = r#"{"name":"\u001b]0;evil\u0007\u009b2J\u202e"}"#;
    let harmless = "hello \\u{1b}]0;evil\\u{7}\\u{9b}2J\\u{202e}";
    let (shown, output) = on_terminal("control-text", "out,err", "", &["hello", event]);
    assert!(output.status.success());
    let shown = without_progress(&shown);
    assert!(shown.contains(harmless), "{shown:?}");
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{shown:?}");
    // The function's own JSON has some of these as they are.
    let (shown, output) = on_terminal("control-raw", "out,err", "", &["hello", event, "-o", "raw"]);
    assert!(output.status.success());
    let shown = without_progress(&shown);
    assert!(shown.contains(r"hello \u001b]0;evil\u0007\u{9b}2J\u{202e}"), "{shown:?}");
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{shown:?}");
    let (shown, _) = on_terminal("control-json", "out,err", "", &["hello", event, "-o", "json"]);
    assert!(shown.contains(r"\u001b]0;evil\u0007\u009b2J\u202e"), "{shown:?}");

    // So are the characters that hide or turn what is shown.
    let hiding = r#"{"name":"a\u061cb\u200bc\u2028d\u2066e\ufefff\udb40\udc41"}"#;
    let harmless = r"hello a\u{61c}b\u{200b}c\u{2028}d\u{2066}e\u{feff}f\u{e0041}";
    let (shown, _) = on_terminal("hiding", "out,err", "", &["hello", hiding]);
    assert!(shown.contains(harmless), "{shown:?}");
    let (shown, _) = on_terminal("hiding", "out", "", &["hello", hiding, "-o", "json"]);
    assert!(shown.contains(r"\u200bc\u2028d\u2066e\ufefff\udb40\udc41"), "{shown:?}");

    // A failure's words are as foreign.
    let failing = r#"{"message":"\u001b[2J"}"#;
    let (shown, _) = on_terminal("control-fail", "err", "", &["fail", failing]);
    let shown = without_progress(&shown);
    assert!(shown.contains("status 430") && !shown.contains('\x1b'), "{shown:?}");

    // Elsewhere the result passes as it is.
    let (_, output) = on_terminal("control-pipe", "err", "", &["hello", event]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(stdout, "hello \u{1b}]0;evil\u{7}\u{9b}2J\u{202e}\n");
}

#[test]
fn reading_from_a_terminal_is_announced() {
    let typed = "{\"name\":\"typed\"}\n\u{4}";
    let (shown, output) = on_terminal("stdin", "in,err", typed, &["hello", "-"]);
    assert!(shown.contains("scf: type the event, then press Ctrl-D"), "{shown:?}");
    assert_eq!(output.stdout, b"hello typed\n");

    let (shown, output) = on_terminal("no-stdin", "in,err", "", &["hello"]);
    assert!(output.status.success() && !shown.contains("Ctrl-D"), "{shown:?}");
}
