//! Credentials from files and programs, through the command.
#![cfg(unix)]

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use scf_emulator::Emulator;
use support::{folder, run, scf};

fn cloud() -> Emulator {
    Emulator::builder().function("echo", |event| Ok(event.json())).start().unwrap()
}

/// Writes `~/.tencentcloud/credentials` in a home of the test's own, which it returns.
fn home(test: &str, text: &str, mode: u32) -> PathBuf {
    let home = folder(test);
    let file = home.join(".tencentcloud/credentials");
    fs::create_dir(home.join(".tencentcloud")).unwrap();
    fs::write(&file, text).unwrap();
    fs::set_permissions(file, Permissions::from_mode(mode)).unwrap();
    home
}

/// Returns a section for calls to the emulator.
fn section(name: &str, cloud: &Emulator) -> String {
    let credential = cloud.credential();
    format!(
        "[{name}]\nsecret_id = {}\nsecret_key = {}\nregion = ap-shanghai\nendpoint = {}\n",
        credential.secret_id(),
        credential.secret_key(),
        cloud.url()
    )
}

/// Returns a call with no variables but that of the home.
fn echo(home: &Path) -> Command {
    let mut command = scf(&["invoke", "echo", "1"]);
    command.env("HOME", home);
    command
}

#[test]
fn a_profile_has_keys_region_and_endpoint() {
    let cloud = cloud();
    let text = format!("[default]\nsecret_id = AKIDOTHER\n{}", section("work", &cloud));
    let home = home("profile", &text, 0o600);
    let done = run(echo(&home).args(["--profile", "work"])).expect(0);
    assert_eq!(done.stdout, "1\n");
    assert!(!done.stderr.contains("warning"), "{}", done.stderr);
    run(echo(&home).env("TENCENTCLOUD_PROFILE", "work")).expect(0);
}

#[test]
fn a_profile_that_is_not_there_lists_those_that_are() {
    let text = "[default]\nsecret_id = a\nsecret_key = b\n[work]\nsecret_id = a\nsecret_key = b\n";
    let home = home("no-profile", text, 0o600);
    let mut command = echo(&home);
    let done = run(command.args(["--profile", "wrok", "--region", "ap-guangzhou"])).expect(3);
    let why = "has no profile [wrok]; it has [default], [work]";
    assert!(done.stderr.contains(why), "{}", done.stderr);
}

#[test]
fn a_file_that_others_can_read_draws_a_warning() {
    let cloud = cloud();
    let home = home("readable", &section("default", &cloud), 0o644);
    let done = run(&mut echo(&home)).expect(0);
    assert!(done.stderr.contains("tscf: warning: "), "{}", done.stderr);
    assert!(done.stderr.contains("chmod 600 "), "{}", done.stderr);
}

#[test]
fn a_program_prints_the_credentials() {
    let cloud = cloud();
    let credential = cloud.credential();
    let (id, key) = (credential.secret_id(), credential.secret_key());
    let json = format!(r#"{{"SecretId":"{id}","SecretKey":"{key}"}}"#);
    let home = home("process", "", 0o600);
    let output = home.join("keys.json");
    fs::write(&output, json).unwrap();
    let text = format!("[default]\ncredential_process = cat \"{}\"\n", output.display());
    fs::write(home.join(".tencentcloud/credentials"), text).unwrap();
    let mut command = echo(&home);
    command.args(["--region", "ap-guangzhou", "--endpoint", &cloud.url()]);
    assert_eq!(run(&mut command).expect(0).stdout, "1\n");
}
