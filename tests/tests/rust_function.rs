//! A function in Rust on the crate `tencent_scf`, run by the emulator.
#![cfg(unix)]

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use scf_emulator::{Emulator, Record};
use scf_invoke::{Client, Credentials, Endpoint};
use serde_json::{Value, json};

/// Builds the function and returns a folder of functions that has it as `divide`.
fn functions() -> PathBuf {
    let root = scf_tests::root();
    let target = root.join("target/rust-function");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--manifest-path"])
        .arg(root.join("tests/rust-function/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let functions = target.join("functions");
    std::fs::create_dir_all(functions.join("divide")).unwrap();
    let bootstrap = functions.join("divide/bootstrap");
    std::fs::copy(target.join("debug/rust-function"), bootstrap).unwrap();
    functions
}

#[test]
fn a_function_on_tencent_scf_divides_prints_and_fails() {
    let emulator = Emulator::builder()
        .functions_dir(functions())
        .default_timeout(Duration::from_secs(60))
        .start()
        .unwrap();
    let key = emulator.credential();
    let client = Client::builder()
        .region("ap-guangzhou")
        .credentials(Credentials::new(key.secret_id(), key.secret_key(), None).unwrap())
        .endpoint(Endpoint::parse(&emulator.url()).unwrap())
        .build()
        .unwrap();
    let divide = |dividend: i32, divisor: i32| -> Record {
        let event = json!({"dividend": dividend, "divisor": divisor});
        // A failure of the function is an error here; the record has all of it.
        let _ = client.call("divide").event(event).send();
        emulator.records_of("divide").pop().unwrap()
    };

    let ran = divide(12, 4);
    let result: Value = serde_json::from_str(ran.result_text.as_deref().unwrap()).unwrap();
    let request_id = ran.function_request_id.as_deref();
    let wanted = json!({"quotient": 3, "function_name": "divide", "request_id": request_id});
    assert_eq!((ran.status, result), (Some(200), wanted));
    assert!(ran.log.contains("\ndividing 12 by 4\n"), "{}", ran.log);

    let failed = divide(12, -4);
    assert_eq!(failed.status, Some(443), "{failed:?}");
    assert!(failed.result_text.unwrap().contains("negative numbers are not served"));

    let panicked = divide(12, 0);
    assert_eq!(panicked.status, Some(443));
    assert!(panicked.log.contains("attempt to divide by zero"), "{}", panicked.log);
    assert_eq!(divide(12, 4).instance, ran.instance, "the runtime outlives the panic");
}
