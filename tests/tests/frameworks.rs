//! Web functions on real frameworks, by the emulator's URLs.
#![cfg(unix)]

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use scf_emulator::Emulator;

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
