//! The official SDKs as clients of the emulator, which runs real functions.

use std::process::Command;

use scf_emulator::Emulator;

fn emulator() -> Emulator {
    Emulator::start(scf_tests::root().join("examples/functions")).unwrap()
}

/// Runs a script against an emulator of its own; the script prints what fails.
fn passes(mut script: Command) {
    let emulator = emulator();
    let credential = emulator.credential();
    let output = script
        .arg(emulator.addr().to_string())
        .args([credential.secret_id(), credential.secret_key()])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script:?} failed, see above");
    assert!(text.trim_end().ends_with(" passed, 0 failed"));
}

#[test]
fn python() {
    let mut script = Command::new(scf_tests::python());
    script.arg(scf_tests::conformance().join("sdk_client.py"));
    passes(script);
}

#[test]
fn node() {
    let mut script = Command::new("node");
    script.env("NODE_PATH", scf_tests::node_modules());
    script.arg(scf_tests::conformance().join("sdk_client.js"));
    passes(script);
}
