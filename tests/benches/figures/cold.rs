//! Cold starts of the emulator's functions, beside the bare interpreter's own start.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use scf_emulator::{Credential, Emulator};
use scf_invoke::{Client, Credentials, Endpoint};

use crate::peers;
use crate::report::Report;

/// A function, its file, a command by which its interpreter prints where it is and ends, and how
/// much longer than that its cold start may take.
type Function = (&'static str, &'static str, [&'static str; 3], Duration);

const FUNCTIONS: [Function; 2] = [
    (
        "hello",
        "index.py",
        ["python3", "-c", "import sys; print(sys.executable)"],
        Duration::from_millis(60),
    ),
    ("hello-node", "index.js", ["node", "-p", "process.execPath"], Duration::from_millis(90)),
];

pub(crate) fn run(report: &mut Report) {
    report.heading("Cold start of a function, beside its interpreter's own start");
    let folder = copies();
    let emulator = Emulator::builder()
        .functions_dir(&folder)
        .default_timeout(Duration::from_secs(60))
        .credential(Credential::new(peers::SECRET_ID, peers::SECRET_KEY))
        .start()
        .unwrap();
    let client = Client::builder()
        .region(peers::REGION)
        .credentials(Credentials::new(peers::SECRET_ID, peers::SECRET_KEY, None).unwrap())
        .endpoint(Endpoint::parse(&emulator.url()).unwrap())
        .build()
        .unwrap();
    for (name, file, [program, option, code], most) in FUNCTIONS {
        // A version manager's script in PATH takes longer than the interpreter, which alone
        // starts for a function.
        let interpreter = start_bare(program, option, code);
        let bare = || drop(start_bare(&interpreter, option, code));
        let file = folder.join(name).join(file);
        let cold = || {
            // An instance of the code before the change is not used again.
            touch(&file);
            let reply = client.invoke(name, r#"{"name":"world"}"#).unwrap();
            assert_eq!(reply.result_text(), "\"hello world\"");
        };
        let times = report.time(
            Duration::from_millis(1),
            &mut [(program, Box::new(bare)), (name, Box::new(cold))],
        );
        report.difference(
            &format!("cold start of {name}, over {program}"),
            &times[1],
            &times[0],
            most,
        );
    }
}

/// Copies the functions, whose files are to change.
fn copies() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cold-functions");
    for (name, file, ..) in FUNCTIONS {
        let to = folder.join(name);
        fs::create_dir_all(&to).unwrap();
        let from = scf_tests::root().join("examples/functions").join(name).join(file);
        fs::copy(from, to.join(file)).unwrap();
    }
    folder
}

fn touch(file: &Path) {
    let code = fs::read(file).unwrap();
    fs::write(file, code).unwrap();
}

/// Starts an interpreter, and returns what it prints.
fn start_bare(program: &str, option: &str, code: &str) -> String {
    let output = Command::new(program)
        .args([option, code])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{program} starts");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
