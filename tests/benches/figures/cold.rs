//! Cold starts of the emulator's functions, beside the bare interpreter's own start.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use scf_emulator::{Credential, Emulator};
use scf_invoke::{Client, Credentials, Endpoint};

use crate::peers;
use crate::report::Report;

/// A function, its file, the command that starts its interpreter and ends it, and how much longer
/// its cold start may take.
type Function = (&'static str, &'static str, [&'static str; 3], Duration);

const FUNCTIONS: [Function; 2] = [
    ("hello", "index.py", ["python3", "-c", "pass"], Duration::from_millis(60)),
    ("hello-node", "index.js", ["node", "-e", "0"], Duration::from_millis(90)),
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
    for (name, file, bare, most) in FUNCTIONS {
        let file = folder.join(name).join(file);
        let cold = || {
            // An instance of the code before the change is not used again.
            touch(&file);
            let reply = client.invoke(name, r#"{"name":"world"}"#).unwrap();
            assert_eq!(reply.result_text(), "\"hello world\"");
        };
        let times = report.time(
            Duration::from_millis(1),
            &mut [(bare[0], Box::new(|| start_bare(bare))), (name, Box::new(cold))],
        );
        report.difference(
            &format!("cold start of {name}, over {}", bare[0]),
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

fn start_bare([program, option, code]: [&str; 3]) {
    let status = Command::new(program)
        .args([option, code])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{program} starts");
}
