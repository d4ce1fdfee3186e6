//! Tests across the packages of this workspace.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The folder of the scripts that run the official SDKs.
pub fn conformance() -> PathBuf {
    root().join("tests/conformance")
}

/// The Python interpreter that has the official SDK, which is installed on
/// first use.
///
/// # Panics
/// Where it cannot be installed, for nothing is skipped without a word.
pub fn python() -> PathBuf {
    let output = Command::new(conformance().join("venv"))
        .stderr(Stdio::inherit())
        .output()
        .expect("tests/conformance/venv starts");
    assert!(
        output.status.success(),
        "the official SDK could not be installed, see above: it needs python3 with venv, and \
         pypi.org; tests/run installs them"
    );
    PathBuf::from(String::from_utf8(output.stdout).expect("a path").trim_end())
}
