//! Tests across the packages of this workspace: `tests/run` runs them all.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Returns the repository's root.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Returns the folder of the scripts that run the official SDKs.
pub fn conformance() -> PathBuf {
    root().join("tests/conformance")
}

/// Returns the Python interpreter that has the official SDK, which is installed
/// on first use.
///
/// # Panics
/// If it cannot be installed, for nothing is skipped in silence.
pub fn python() -> PathBuf {
    installed("venv", "python3 with venv, and the Python package index")
}

/// Returns the modules of the official Node SDK, which is installed on first
/// use.
///
/// # Panics
/// If it cannot be installed.
pub fn node_modules() -> PathBuf {
    installed("node-modules", "node with npm, and the npm registry")
}

fn installed(script: &str, needs: &str) -> PathBuf {
    let output =
        Command::new(conformance().join(script)).stderr(Stdio::inherit()).output().unwrap();
    assert!(
        output.status.success(),
        "the official SDK could not be installed, see above: it needs {needs}. tests/run \
         installs what is missing."
    );
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim_end())
}

/// The README's examples, which are compiled as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
