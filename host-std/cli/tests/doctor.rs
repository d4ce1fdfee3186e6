//! `tscf doctor` before an emulator.

mod support;

use std::net::TcpListener;
use std::process::Command;

use scf_emulator::Emulator;
use support::{folder, run, scf};

fn doctor(emulator: &Emulator) -> Command {
    let mut command = scf(&["doctor", "--region", "ap-guangzhou"]);
    command.env("TENCENTCLOUD_SCF_ENDPOINT", emulator.url().replace("127.0.0.1", "localhost"));
    command
}

/// The same with the emulator's credentials.
fn signed(emulator: &Emulator) -> Command {
    let mut command = doctor(emulator);
    command
        .env("TENCENTCLOUD_SECRET_ID", emulator.credential().secret_id())
        .env("TENCENTCLOUD_SECRET_KEY", emulator.credential().secret_key());
    command
}

/// Returns the states and parts, in order.
fn parts(stdout: &str) -> Vec<(&str, &str)> {
    let part = |line| {
        let mut words = str::split_whitespace(line);
        Some((words.next()?, words.next()?))
    };
    stdout.lines().filter(|line| !line.starts_with(' ')).filter_map(part).collect()
}

#[test]
fn all_is_well() {
    let emulator = Emulator::builder().start().unwrap();
    let done = run(&mut signed(&emulator)).expect(0);
    let wanted = ["credentials", "endpoint", "name", "connection", "signature", "clock"];
    assert_eq!(parts(&done.stdout), wanted.map(|part| ("ok", part)), "{}", done.stdout);
    assert!(done.stdout.contains("TENCENTCLOUD_SECRET_ID"), "{}", done.stdout);
    assert!(!done.stdout.contains(emulator.credential().secret_key()));
}

#[test]
fn missing_credentials_are_told_with_all_places_and_the_rest_is_examined() {
    let emulator = Emulator::builder().start().unwrap();
    let home = folder("doctor-home");
    let done = run(doctor(&emulator).env("HOME", &home)).expect(3);
    assert!(done.stdout.starts_with("FAIL  credentials   none are found"), "{}", done.stdout);
    let place = format!("{}/.tencentcloud/credentials: no such file", home.display());
    assert!(done.stdout.contains(&place), "{}", done.stdout);
    assert!(parts(&done.stdout).contains(&("ok", "connection")), "{}", done.stdout);
    assert!(parts(&done.stdout).contains(&("skip", "signature")), "{}", done.stdout);
}

#[test]
fn a_wrong_key_is_told_from_a_wrong_clock() {
    let emulator = Emulator::builder().start().unwrap();
    let done = run(signed(&emulator).env("TENCENTCLOUD_SECRET_KEY", "wrong")).expect(4);
    assert!(parts(&done.stdout).contains(&("FAIL", "signature")), "{}", done.stdout);
    assert!(done.stdout.contains("AuthFailure.SignatureFailure"), "{}", done.stdout);
    assert!(parts(&done.stdout).contains(&("ok", "clock")), "{}", done.stdout);

    emulator.set_clock_offset_secs(4000);
    let done = run(&mut signed(&emulator)).expect(0);
    assert!(parts(&done.stdout).contains(&("warn", "clock")), "{}", done.stdout);
    assert!(done.stdout.contains(" s behind the server's: "), "{}", done.stdout);
}

#[test]
fn a_network_that_fails_is_told() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let endpoint = format!("http://127.0.0.1:{port}");
    let mut command = scf(&["doctor", "--region", "ap-guangzhou", "--endpoint", &endpoint]);
    command.env("TENCENTCLOUD_SECRET_ID", "AKIDx").env("TENCENTCLOUD_SECRET_KEY", "x");
    let done = run(&mut command).expect(5);
    assert!(parts(&done.stdout).contains(&("FAIL", "connection")), "{}", done.stdout);
    run(&mut scf(&["doctor"])).expect(3);
}
