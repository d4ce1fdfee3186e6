//! `tscf code`: what it prints runs, in each language that is here.
#![cfg(unix)]

#[allow(unreachable_pub, reason = "the program is a module of others")]
#[allow(clippy::result_large_err, reason = "the core's error is as it is, without a heap")]
#[path = "expected/no_std.rs"]
mod no_std;
mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use scf_emulator::{Emulator, Event, FunctionError};
use scf_invoke::scf_invoke_core::Signer;
use scf_invoke::{Connector, Deadline};
use support::{Done, SCF, folder, run, scf};

/// An event that is hard to quote, in several lines.
const EVENT: &str = "{\n  \"name\": \"it's \\\"二\\\" \\\\ $HOME `x` \\u200b\u{200b}\"\r\n}";
const GREETING: &str = "hello it's \"二\" \\ $HOME `x` \u{200b}\u{200b}";

fn cloud() -> Emulator {
    Emulator::builder()
        .function("hello", |event: Event| {
            Ok(format!("hello {}", event.json()["name"].as_str().unwrap_or("nobody")))
        })
        .function("fail", |_: Event| Err::<String, _>(FunctionError::new("on purpose")))
        .start()
        .unwrap()
}

/// Writes the program that calls the emulator, and runs it.
fn call(cloud: &Emulator, language: &str, arguments: &[&str], command: &[&str]) -> Done {
    let dir = folder(&format!("code-{language}-{}", arguments.join("-").len()));
    let file = dir.join(command[0]);
    let mut code = scf(&["code", language]);
    code.args(arguments).args(["--region", "ap-guangzhou", "--endpoint", &cloud.url()]);
    std::fs::write(&file, run(&mut code).expect(0).stdout).unwrap();
    let credential = cloud.credential();
    Command::new(command[1])
        .args(&command[2..])
        .arg(&file)
        .current_dir(&dir)
        .env("TENCENTCLOUD_SECRET_ID", credential.secret_id())
        .env("TENCENTCLOUD_SECRET_KEY", credential.secret_key())
        .env("PATH", path_with_tscf())
        .env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go"))
        .stdin(Stdio::null())
        .output()
        .unwrap()
        .into()
}

/// Returns the path of programs, with the command of these tests in it.
fn path_with_tscf() -> std::ffi::OsString {
    let own = Path::new(SCF).parent().map(Path::to_path_buf);
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(own.into_iter().chain(std::env::split_paths(&path))).unwrap()
}

/// Returns whether C programs can use libcurl, wherever its headers are.
fn has_curl() -> bool {
    let found = Command::new("pkg-config").args(["--exists", "libcurl"]).status();
    found.is_ok_and(|status| status.success())
}

fn is_here(program: &str) -> bool {
    Command::new(program).arg("--help").output().is_ok()
}

#[test]
fn programs_run_and_print_the_result() {
    let cloud = cloud();
    for (language, command) in [
        ("curl", &["hello.sh", "bash"][..]),
        ("python", &["hello.py", "python3"]),
        ("node", &["hello.mjs", "node"]),
        ("go", &["hello.go", "go", "run"]),
        ("java", &["Invoke.java", "java"]),
        ("php", &["hello.php", "php"]),
        (
            "c",
            &[
                "hello.c",
                "sh",
                "-c",
                "cc -Wall -Werror \"$0\" -o ./hello -lcurl -lcrypto && ./hello",
            ],
        ),
        (
            "csharp",
            &[
                "hello.cs",
                "sh",
                "-c",
                "mcs -warnaserror -langversion:latest -r:System.Net.Http -out:hello.exe \"$0\" && \
                 mono hello.exe",
            ],
        ),
        ("tscf", &["hello.sh", "sh"]),
    ] {
        let is_missing = match language {
            "c" => !has_curl(),
            "csharp" => !is_here("mcs"),
            _ => !is_here(command[1]),
        };
        if is_missing {
            eprintln!("{} is not here: its program is not run", command[1]);
            continue;
        }
        let done = call(&cloud, language, &["hello", EVENT], command).expect(0);
        let greeting = match language {
            // They print the response as it comes.
            "curl" | "c" | "java" | "csharp" => GREETING.replace('\\', "\\\\").replace('"', "\\\""),
            _ => GREETING.to_owned(),
        };
        assert!(done.stdout.contains(&greeting), "{language}: {}", done.stdout);
        call(&cloud, language, &["hello", "--action", "InvokeFunction"], command).expect(0);
        let options = ["hello", "1", "--async", "--namespace", "default", "--qualifier", "$LATEST"];
        call(&cloud, language, &options, command).expect(0);
        if !matches!(language, "curl" | "c" | "java" | "csharp") {
            let done = call(&cloud, language, &["fail", "1"], command).expect(1);
            assert!(done.stderr.contains("on purpose"), "{language}: {}", done.stderr);
            let refused = if language == "tscf" { 4 } else { 1 };
            let done = call(&cloud, language, &["nosuch", "1"], command).expect(refused);
            assert!(done.stderr.contains("ResourceNotFound.Function"), "{}", done.stderr);
        }
    }
}

#[test]
fn rust_is_a_program_of_the_client() {
    let arguments = ["code", "rust", "hello", r##"{"name":"a \"# quote"}"##];
    let region = ["--region", "ap-guangzhou", "--qualifier", "$LATEST"];
    let done = run(scf(&arguments).args(region)).expect(0);
    assert_eq!(done.stdout, include_str!("expected/code.rs"));
}

/// The program is an example of this package, which `cargo test -p tscf` builds.
#[test]
fn the_program_of_rust_calls_the_function() {
    let cloud = Emulator::builder().function("hello", |event: Event| Ok(event.json())).start();
    let cloud = cloud.unwrap();
    let credential = cloud.credential();
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let program = profile.join("examples/code_rust");
    assert!(program.exists(), "build {} first", program.display());
    let output = Command::new(program)
        .env("TENCENTCLOUD_SCF_ENDPOINT", cloud.url())
        .env("TENCENTCLOUD_SECRET_ID", credential.secret_id())
        .env("TENCENTCLOUD_SECRET_KEY", credential.secret_key())
        .output()
        .unwrap();
    let done = Done::from(output).expect(0);
    assert_eq!(done.stdout, "{\"name\":\"a \\\"# quote\"}\n");
}

#[test]
fn rust_without_std_calls_over_a_stream_that_it_is_given() {
    let arguments = ["code", "rust-no-std", "hello", r#"{"name":"Ada"}"#, "--tail"];
    let done = run(scf(&arguments).args(["--region", "ap-guangzhou"])).expect(0);
    assert_eq!(done.stdout, include_str!("expected/no_std.rs"));

    let cloud = cloud();
    let connector = Connector::new(cloud.url().parse().unwrap());
    let socket = connector.connect(Deadline::NEVER).unwrap();
    let credential = cloud.credential();
    let signer = Signer::new(credential.secret_id(), credential.secret_key()).unwrap();
    let mut buffer = [0; 1024];
    // The clock of a device that has just started.
    let reply = no_std::invoke(socket, signer, 0, &mut buffer).unwrap();
    assert_eq!(reply.result_text(), Ok("hello Ada"));
}

/// The SDK is installed by `tests/setup`.
#[test]
fn the_official_sdk_of_node_runs_its_program() {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR"));
    let modules = modules.join("../../target/conformance-node/node_modules");
    let command = ["hello.mjs", "node"];
    let cloud = cloud();
    if !is_here("node") || !modules.exists() {
        eprintln!("{} is not here: the program of node-sdk is not run", modules.display());
        return;
    }
    // Modules are looked for in the folders above the program.
    let link = Path::new(env!("CARGO_TARGET_TMPDIR")).join("node_modules");
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink(&modules, &link).unwrap();
    let call = |arguments: &[&str]| call(&cloud, "node-sdk", arguments, &command);
    assert!(call(&["hello", EVENT]).expect(0).stdout.contains(GREETING));
    call(&["hello", "--action", "InvokeFunction"]).expect(0);
    call(&["hello", "1", "--async", "--namespace", "default"]).expect(0);
    let failed = call(&["fail", "1"]).expect(1);
    assert!(failed.stderr.contains("on purpose"), "{}", failed.stderr);
    let unknown = call(&["nosuch", "1"]).expect(1);
    assert!(unknown.stderr.contains("ResourceNotFound.Function"), "{}", unknown.stderr);
}

/// `tests/javascript/run code` runs it with the package.
#[test]
fn js_is_a_program_of_the_package() {
    let cloud = cloud();
    for options in [&[][..], &["--async", "--qualifier", "prod"]] {
        let arguments = [&["hello", EVENT], options].concat();
        call(&cloud, "js", &arguments, &["hello.mjs", "node", "--check"]).expect(0);
    }
    let js = run(&mut scf(&["code", "js", "hello", "{}", "--region", "ap-guangzhou"])).expect(0);
    assert!(js.stdout.contains(r#"await scf.invoke("hello", '{}');"#), "{}", js.stdout);
}

#[test]
fn wrong_calls_make_no_program() {
    for arguments in [
        &["code", "cobol", "hello"][..],
        &["code", "python", "1hello", "--region", "ap-guangzhou"],
        &["code", "python", "hello", "{", "--region", "ap-guangzhou"],
        &["code", "python", "hello", "--region", "a b"],
        &["code", "python", "hello", "--region", "ap-guangzhou", "--host", "a b"],
        &["code", "node-sdk", "hello", "--region", "ap-guangzhou", "--host", "other.example"],
    ] {
        assert_eq!(run(&mut scf(arguments)).expect(2).stdout, "");
    }
    run(&mut scf(&["code", "python", "hello"])).expect(3);
}
