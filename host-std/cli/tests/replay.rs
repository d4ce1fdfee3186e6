//! `tscf replay`: examples of the Explorer, run again.
#![cfg(unix)]

mod support;

use std::path::PathBuf;

use support::{Done, examples, folder, run, scf};

fn example(test: &str, text: &str) -> PathBuf {
    let file = folder(&format!("replay-{test}")).join("hello.example.json");
    std::fs::write(&file, text).unwrap();
    file
}

fn replay(file: &PathBuf) -> Done {
    run(scf(&["replay"]).arg(file).arg("--emulator").arg(examples()))
}

#[test]
fn a_result_is_compared_as_a_value() {
    let same = r#"{"tscf": 1, "functionName": "echo", "event": "{\"a\":1,\"b\":2}",
        "logType": "Tail", "region": "ap-guangzhou", "expectedResult": "{\"b\": 2, \"a\": 1}"}"#;
    let done = replay(&example("same", same)).expect(0);
    assert!(done.stdout.starts_with("same "), "{}", done.stdout);
    let other = same.replace("\\\"b\\\": 2", "\\\"b\\\": 3");
    let done = replay(&example("other", &other)).expect(1);
    assert!(
        done.stdout.starts_with("differs ") && done.stdout.contains("\"b\""),
        "{}",
        done.stdout
    );
}

#[test]
fn an_example_that_fails_or_is_none_is_told() {
    let failing = r#"{"tscf": 1, "functionName": "fail", "event": "{}"}"#;
    let done = replay(&example("failing", failing)).expect(1);
    assert!(done.stdout.starts_with("failed "), "{}", done.stdout);
    for (name, text) in [
        ("no-json", "{"),
        ("no-name", r#"{"tscf": 1}"#),
        ("later", r#"{"tscf": 2, "functionName": "hello"}"#),
        ("unknown", r#"{"tscf": 1, "functionName": "hello", "secretKey": "x"}"#),
    ] {
        replay(&example(name, text)).expect(2);
    }
    run(&mut scf(&["replay"])).expect(2);
}
