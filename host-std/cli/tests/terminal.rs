//! What a terminal sees, through a pseudo-terminal that Python's standard
//! library opens.
#![cfg(unix)]

mod support;

use std::process::{Command, Output, Stdio};

use support::{SCF, examples, folder};

/// Runs a command with some of its standard streams on a terminal, types
/// something there, and prints what the terminal showed. Its own standard
/// output and error are for the streams that are not on the terminal.
const DRIVER: &str = r#"
import os, pty, subprocess, sys
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
code = process.wait()
with open(os.environ["SHOWN"], "wb") as file:
    file.write(shown)
sys.exit(code)
"#;

/// The terminal's text, with the line ends that programs write, and the rest.
fn on_terminal(test: &str, streams: &str, typed: &str, arguments: &[&str]) -> (String, Output) {
    let file = folder(test).join("shown");
    let output = Command::new("python3")
        .args(["-c", DRIVER, streams, typed, SCF, "invoke"])
        .args(arguments)
        .arg("--emulator")
        .arg(examples())
        .env("SHOWN", &file)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let shown = String::from_utf8(std::fs::read(file).unwrap()).unwrap();
    (shown.replace("\r\n", "\n"), output)
}

#[test]
fn a_long_call_shows_what_it_waits_for_and_erases_it() {
    let event = r#"{"seconds":2.5}"#;
    let (shown, output) = on_terminal("progress", "err", "", &["slow", event]);
    assert!(output.status.success(), "{shown}");
    for second in [1, 2] {
        let line = format!("\r\x1b[Kscf: slow: waiting for the answer, {second} s");
        assert!(shown.contains(&line), "{shown:?}");
    }
    // What is left on the line is nothing, and then come the log and the ids.
    let erased = shown.rfind("\r\x1b[K").unwrap();
    assert!(!shown[erased..].contains("waiting"), "{shown:?}");
    assert!(shown[erased..].contains("scf: request id"), "{shown:?}");
    assert!(!output.stdout.is_empty(), "the result is not for the terminal here");
}

#[test]
fn a_short_call_and_a_pipe_show_no_progress() {
    let (shown, output) = on_terminal("short", "err", "", &["hello", "{}"]);
    assert!(output.status.success());
    assert!(!shown.contains('\x1b'), "{shown:?}");
    let (_, output) = on_terminal("pipe", "out", "", &["slow", r#"{"seconds":1.5}"#]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!stderr.contains("waiting") && !stderr.contains('\x1b'), "{stderr}");
}

#[test]
fn control_characters_reach_no_terminal() {
    let event = r#"{"name":"\u001b]0;evil\u0007\u009b2J\u202e"}"#;
    let harmless = "hello \\u{1b}]0;evil\\u{7}\\u{9b}2J\\u{202e}";
    let (shown, output) = on_terminal("control-text", "out,err", "", &["hello", event]);
    assert!(output.status.success());
    assert!(shown.contains(harmless), "{shown:?}");
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{shown:?}");
    // The function's own JSON has some of these as they are.
    let (shown, output) = on_terminal("control-raw", "out,err", "", &["hello", event, "-o", "raw"]);
    assert!(output.status.success());
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
