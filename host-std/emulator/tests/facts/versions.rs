//! Interpreters of other versions than the machine's.

use std::path::Path;
use std::process::Command;

use crate::{hold, node};

/// Installs the interpreters and the tools that are not the machine's, and returns their programs.
fn install(what: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(root.join("tests/interpreters/install")).arg(what).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn node_10_and_16_run_functions_as_the_newest_does() {
    let programs = install("node");
    let [oldest, between] = &*programs else { panic!("{programs:?}") };
    hold(node::FACTS, Some(oldest));
    hold(node::FACTS, Some(between));
    hold(node::MODULES, Some(between));
}

/// No package brings an old Python, so its text is examined: syntax, modules and their members.
#[test]
fn python_from_3_6_on_has_all_that_runs_a_function() {
    let programs = install("vermin");
    let text = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/runtime/python.py");
    let target = ["--no-tips", "--violations", "--target=3.6-"];
    let output = Command::new(&programs[0]).args(target).arg(text).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && printed.contains("3.6"), "{printed}");
}
