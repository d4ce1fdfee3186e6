//! `tscf invoke` with real functions in the emulator that it starts.
#![cfg(unix)]

mod support;

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use support::{Done, emulated, folder, run, run_with_input, scf};

#[test]
fn the_result_goes_to_stdout_and_all_else_to_stderr() {
    let done = run(&mut emulated(&["hello", r#"{"name":"world"}"#])).expect(0);
    assert_eq!(done.stdout, "hello world\n");
    assert!(done.stderr.contains("\ngreeting world\n"), "{}", done.stderr);
    let last = done.stderr.lines().last().unwrap();
    for part in ["scf: request id ", ", ran ", " ms, billed ", " MB"] {
        assert!(last.contains(part), "{last}");
    }
}

#[test]
fn quiet_prints_nothing_but_the_result_and_errors() {
    let done = run(&mut emulated(&["hello", "{}", "--quiet"])).expect(0);
    assert_eq!((done.stdout.as_str(), done.stderr.as_str()), ("hello SCF\n", ""));
    let done = run(&mut emulated(&["fail", r#"{"message":"loud"}"#, "-q"])).expect(1);
    assert!(done.stderr.contains("status 430") && !done.stderr.contains("tscf: request id"));
}

#[test]
fn verbose_prints_the_steps_and_the_head_without_its_secrets() {
    let done = run(&mut emulated(&["hello", "{}", "-v"])).expect(0);
    assert_eq!(done.stdout, "hello SCF\n");
    for part in [
        "tscf: to http://127.0.0.1:",
        "/, by no proxy\n",
        "tscf: > POST / HTTP/1.1\n",
        "tscf: > X-TC-Action: Invoke\n",
        "Signature=(removed)\n",
        " ms  connecting\n",
        " ms  connected; sending the request\n",
        " ms  the request is out; waiting for the answer\n",
        " ms  the first byte of the answer is here\n",
        " ms  the call has ended\n",
    ] {
        assert!(done.stderr.contains(part), "{part}: {}", done.stderr);
    }
    run(&mut emulated(&["hello", "{}", "-v", "-q"])).expect(2);
}

#[test]
fn raw_gives_the_exact_bytes_and_json_all_that_is_known() {
    let raw = ["-o", "raw"];
    let done = run(emulated(&["hello", r#"{"name":"world"}"#]).args(raw)).expect(0);
    assert_eq!(done.stdout, "\"hello world\"");

    let json = ["-o", "json"];
    let done = run(emulated(&["echo", r#"{"a":["é\u001b\u0085"]}"#]).args(json)).expect(0);
    assert!(done.stdout.starts_with(r#"{"ok":true,"result":{"a": ["#), "{}", done.stdout);
    assert!(done.stdout.contains(r#","result_text":"{\"a\""#), "{}", done.stdout);
    for name in ["log", "request_id", "function_request_id", "duration_ms", "billed_duration_ms"] {
        assert!(done.stdout.contains(&format!(",\"{name}\":")), "{}", done.stdout);
    }
    assert_eq!(done.stdout.matches('\n').count(), 1);
    assert!(!done.stdout.trim_end().contains(char::is_control), "{}", done.stdout);
}

#[test]
fn text_prints_a_json_string_without_its_quotes() {
    let results = folder("text-results");
    for (name, result, printed) in [
        ("string", r#""one\n\u4e8c \u00e9""#, "one\n二 é\n"),
        ("object", r#"{"a": "b"}"#, "{\"a\": \"b\"}\n"),
        ("number", "1.50", "1.50\n"),
        ("two", r#""a" "b""#, "\"a\" \"b\"\n"),
        ("half", "\"a", "\"a\n"),
        ("surrogate", r#""\ud800""#, "\"\\ud800\"\n"),
        ("empty", r#""""#, ""),
    ] {
        custom_function(&results.join(name), result);
        let arguments = ["invoke", name, "--emulator", results.to_str().unwrap()];
        assert_eq!(run(&mut scf(&arguments)).expect(0).stdout, printed);
        let raw = run(scf(&arguments).args(["-o", "raw"])).expect(0);
        assert_eq!(raw.stdout, result, "raw is as it came");
    }
}

/// A function in a runtime of its own, which gives these bytes as its result.
fn custom_function(folder: &Path, result: &str) {
    std::fs::create_dir(folder).unwrap();
    std::fs::write(folder.join("result"), result).unwrap();
    let bootstrap = folder.join("bootstrap");
    std::fs::write(&bootstrap, include_str!("support/bootstrap.py")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&bootstrap, mode).unwrap();
}

#[test]
fn figures_are_exact_decimals() {
    let done = run(emulated(&["hello", "{}"]).args(["-o", "json"])).expect(0);
    let member = done.stdout.split(r#""duration_ms":"#).nth(1).unwrap();
    let figure = member.split([',', '}']).next().unwrap();
    let decimals = figure.split('.').nth(1).unwrap_or_default();
    assert!(figure.parse::<f64>().is_ok() && decimals.len() <= 6, "{figure}");
    assert!(!decimals.ends_with('0'), "{figure}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_is_code_7_and_tells_that_the_function_ran() {
    for form in ["text", "raw", "json"] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = emulated(&["hello", "{}", "-o", form]);
        let output = command.stdin(Stdio::null()).stdout(full).stderr(Stdio::piped()).output();
        let done = Done::from(output.unwrap()).expect(7);
        assert!(done.stderr.contains("scf: request id "), "{}", done.stderr);
        assert!(
            done.stderr.contains("could not be written; the function has run"),
            "{}",
            done.stderr
        );
        assert!(done.stderr.contains("No space left"), "{}", done.stderr);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_standard_output_that_is_closed_is_code_7_too() {
    for arguments in [&["hello", "{}"][..], &["hello", "{}", "-o", "json"]] {
        let command = emulated(arguments);
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", r#"exec "$@" >&-"#, "sh"]).arg(command.get_program());
        shell.args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let done = run(&mut shell).expect(7);
        assert!(
            done.stderr.contains("the function has run\n  because: it is closed"),
            "{}",
            done.stderr
        );
    }
    // One that is thrown away is none of these.
    let nowhere = std::fs::File::options().write(true).open("/dev/null").unwrap();
    let mut command = emulated(&["hello", "{}"]);
    let output = command.stdin(Stdio::null()).stdout(nowhere).output().unwrap();
    Done::from(output).expect(0);
}

#[test]
fn a_function_that_fails_is_code_1_and_nothing_on_stdout() {
    let event = r#"{"message":"on purpose"}"#;
    let done = run(&mut emulated(&["fail", event])).expect(1);
    assert_eq!(done.stdout, "");
    assert!(done.stderr.contains("\nValueError: on purpose\n"), "{}", done.stderr);
    assert!(done.stderr.contains("scf: the function failed with status 430"), "{}", done.stderr);

    let done = run(emulated(&["fail", event]).args(["-o", "json"])).expect(1);
    let start = r#"{"ok":false,"error":"function","message":"the function failed with status 430"#;
    assert!(done.stdout.starts_with(start), "{}", done.stdout);
    assert!(done.stdout.contains(r#","delivery":"executed","status_code":430,"#));

    let done = run(&mut emulated(&["slow", r#"{"seconds":60}"#])).expect(1);
    assert!(done.stderr.contains("status 433 (time limit reached)"), "{}", done.stderr);
}

#[test]
fn the_event_may_come_from_a_file_or_from_standard_input() {
    let file = folder("event-file").join("event.json");
    std::fs::write(&file, r#"{"name":"file"}"#).unwrap();
    let argument = format!("@{}", file.display());
    let done = run(&mut emulated(&["hello", &argument])).expect(0);
    assert_eq!(done.stdout, "hello file\n");

    let done = run_with_input(&mut emulated(&["hello", "-"]), br#"{"name":"pipe"}"#).expect(0);
    assert_eq!(done.stdout, "hello pipe\n");

    // Without an event nothing is read, and the function gets none.
    let done = run_with_input(&mut emulated(&["echo"]), b"not looked at").expect(0);
    assert_eq!(done.stdout, "{}\n");

    run(&mut emulated(&["echo", "-5"])).expect(0);
    for option in ["--event", "--data"] {
        assert_eq!(run(&mut emulated(&["echo", option, "-5"])).expect(0).stdout, "-5\n");
    }
    run(&mut emulated(&["echo", "1", "--event", "2"])).expect(2);
}

#[test]
fn an_event_that_cannot_be_sent_is_code_2() {
    let say = |done: Done, text: &str| {
        let done = done.expect(2);
        assert!(done.stderr.contains(text), "{}", done.stderr);
        assert_eq!(done.stdout, "");
    };
    say(run(&mut emulated(&["hello", "@no/such/file"])), "no/such/file cannot be read");
    say(run(&mut emulated(&["hello", "@"])), "the name of a file");
    say(
        run_with_input(&mut emulated(&["hello", "-"]), b"\"\xff\""),
        "line 1, column 2: the text is not UTF-8",
    );
    say(run(&mut emulated(&["1hello"])), "begins with a letter");
    say(run(emulated(&["hello"]).args(["--routing-key", "[]"])), "RoutingKey");

    // Reading ends where no event can be any more.
    let mut child = emulated(&["hello", "@/dev/zero"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(stderr.contains("more than the 6291456 bytes"), "{stderr}");
    let done = run(&mut emulated(&["hello", "@/dev/zero", "--async"])).expect(2);
    assert!(done.stderr.contains("more than the 131072 bytes"), "{}", done.stderr);
}

#[test]
fn an_event_that_is_not_json_is_shown_with_its_place_and_a_hint() {
    let dir = folder("bad-events");
    let file = dir.join("event.json");
    let named = format!("@{}", file.display());
    for (text, place, hint) in [
        (&b"{\n  \"a\": 'x'\n}"[..], "line 2, column 8: ", "a text stands in double quotes"),
        (b"{name: 1}", "line 1, column 2: ", "a name stands in double quotes"),
        (b"[1,\n2,]", "line 2, column 3: ", "the last comma has nothing after it"),
        (b"{} // end", "line 1, column 4: ", "JSON has no comments"),
        (b"\xef\xbb\xbf{}", "line 1, column 1: ", "save it as UTF-8 without one"),
        (b"\xff\xfe{\0}\0", "line 1, column 1: ", "it is UTF-16: save it as UTF-8"),
    ] {
        std::fs::write(&file, text).unwrap();
        let done = run(&mut emulated(&["hello", &named])).expect(2);
        for part in [&format!("{} is not JSON: {place}", file.display()), hint, "^"] {
            assert!(done.stderr.contains(part), "{}", done.stderr);
        }
    }
    std::fs::write(&file, "{\n  \"a\": 'x'\n}").unwrap();
    let done = run(&mut emulated(&["hello", &named])).expect(2);
    assert!(done.stderr.contains("\n  2 |   \"a\": 'x'\n    |        ^\n"), "{}", done.stderr);

    let path = file.to_str().unwrap();
    let done = run(&mut emulated(&["hello", path])).expect(2);
    assert!(done.stderr.contains(&format!("write @{path}")), "{}", done.stderr);
    let done = run(&mut emulated(&["hello", "'{}'"])).expect(2);
    assert!(done.stderr.contains("cmd.exe"), "{}", done.stderr);
}

#[test]
fn an_event_that_does_not_come_is_waited_for_no_longer_than_the_timeout() {
    let fifo = folder("fifo").join("event");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let named = format!("@{}", fifo.display());
    let done = run(emulated(&["hello", &named]).args(["--timeout", "0.2"])).expect(6);
    assert!(done.stderr.contains("nothing was sent"), "{}", done.stderr);

    let mut child = emulated(&["hello", "-", "--timeout", "0.2", "-o", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stdin = child.stdin.take();
    let done = Done::from(child.wait_with_output().unwrap()).expect(6);
    drop(stdin);
    assert!(done.stdout.starts_with(r#"{"ok":false,"error":"timeout","#), "{}", done.stdout);
}

#[test]
fn an_asynchronous_event_runs_in_the_emulator_and_its_log_is_shown() {
    let done = run(&mut emulated(&["hello", r#"{"name":"later"}"#, "--async"])).expect(0);
    assert_eq!(done.stdout, "");
    assert!(done.stderr.contains("\ngreeting later\n"), "{}", done.stderr);
    assert!(done.stderr.contains(" ms, status 200\n"), "{}", done.stderr);
    let done = run(&mut emulated(&["fail", r#"{"message":"later"}"#, "--async"])).expect(1);
    assert!(done.stderr.contains("failed with status 430"), "{}", done.stderr);
}

#[test]
fn an_event_that_is_waited_for_gives_its_result() {
    let done = run(&mut emulated(&["hello", r#"{"name":"later"}"#, "--wait"])).expect(0);
    assert_eq!(done.stdout, "hello later\n");
    assert!(done.stderr.contains("tscf: accepted; request id "), "{}", done.stderr);
    let done = run(&mut emulated(&["hello", "{}", "--wait", "-o", "json"])).expect(0);
    assert!(done.stdout.starts_with(r#"{"ok":true,"result":"hello SCF","#), "{}", done.stdout);
    let arguments = ["slow", r#"{"seconds":2}"#, "--wait", "--timeout", "1"];
    let done = run(&mut emulated(&arguments)).expect(6);
    assert!(done.stderr.contains("was accepted, and has not run yet"), "{}", done.stderr);
}

#[test]
fn an_asynchronous_call_has_an_id_and_no_result() {
    let done = run(emulated(&["echo", "{}", "--async"]).args(["--action", "Invoke"])).expect(0);
    assert_eq!(done.stdout, "");
    assert!(done.stderr.contains("scf: accepted; request id "), "{}", done.stderr);
    assert!(done.stderr.contains(", function request id "), "{}", done.stderr);
    assert!(!done.stderr.contains("billed"), "{}", done.stderr);

    let done = run(&mut emulated(&["echo", "{}", "--async", "-o", "json"])).expect(0);
    let object: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    let mut names: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["accepted", "function_request_id", "ok", "request_id"]);

    let done = run(&mut emulated(&["echo", "{}", "--async", "--action", "InvokeFunction"]));
    assert!(done.expect(2).stderr.contains("synchronous only"));
}

#[test]
fn a_function_that_is_not_there_is_code_4() {
    let done = run(&mut emulated(&["nosuch", "-o", "json"])).expect(4);
    assert!(done.stdout.contains(r#""code":"ResourceNotFound.Function""#), "{}", done.stdout);
    assert!(done.stderr.contains("Check function name"), "{}", done.stderr);
    let qualifier = ["--qualifier", "nosuch"];
    run(emulated(&["hello"]).args(qualifier)).expect(4);
    run(emulated(&["hello"]).args(["--namespace", "nosuch"])).expect(4);
}

#[test]
fn a_timeout_is_code_6_and_says_that_the_function_may_have_run() {
    let done = run(emulated(&["slow", r#"{"seconds":2}"#]).args(["--timeout", "0.7"])).expect(6);
    assert!(done.stderr.contains("the function may have run"), "{}", done.stderr);
}

#[test]
fn a_reader_that_goes_is_no_failure() {
    for output in ["text", "raw", "json"] {
        let event = r#"{"bytes":3000000}"#;
        let mut child = emulated(&["big", event, "-o", output])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 10]).unwrap();
        drop(stdout);
        let done: Done = child.wait_with_output().unwrap().into();
        let done = done.expect(0);
        assert!(done.stderr.contains("scf: request id"), "{}", done.stderr);
    }
}
