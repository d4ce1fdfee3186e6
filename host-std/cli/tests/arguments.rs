//! Arguments, credentials and dry runs: nothing here reaches a function.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread;

use support::{SECRET_KEY, folder, run, scf, signed};

#[test]
fn a_dry_run_prints_the_exact_request() {
    let arguments = ["invoke", "hello", "{\"name\":\"wörld\"}", "--dry-run"];
    let settings = ["--timestamp", "1551113065", "--language", "en-US", "--tail"];
    let done = run(signed(&arguments).args(settings)).expect(0);
    let expected = EXPECTED.replace("VERSION", env!("CARGO_PKG_VERSION"));
    assert_eq!(done.stdout, expected.trim_end().replace('\n', "\r\n"));
    assert!(done.stderr.contains("nothing was sent"), "{}", done.stderr);
    assert!(done.stderr.contains("https://scf.tencentcloudapi.com/"), "{}", done.stderr);
}

/// Signed by a program of its own, in Python.
const EXPECTED: &str = include_str!("expected/dry-run.txt");

#[test]
fn a_dry_run_is_where_and_for_whom_the_user_says() {
    let relay =
        ["--endpoint", "https://relay.example.com/scf", "--host", "scf.tencentcloudapi.com"];
    let done = run(signed(&["invoke", "hello", "--dry-run", "--token", "a-token"]).args(relay));
    assert!(done.expect(3).stderr.contains("a token but not a secret id"));

    let mut command = signed(&["invoke", "hello", "--dry-run"]);
    let done = run(command.env("TENCENTCLOUD_TOKEN", "a-token").args(relay)).expect(0);
    assert!(done.stdout.starts_with("POST /scf HTTP/1.1\r\nHost: scf.tencentcloudapi.com\r\n"));
    assert!(done.stdout.contains("\r\nX-TC-Token: a-token\r\n"), "{}", done.stdout);
    assert!(done.stderr.contains("session token"), "{}", done.stderr);
    assert!(!done.stdout.contains(SECRET_KEY) && !done.stderr.contains("a-token"));
}

#[test]
fn wrong_arguments_are_code_2() {
    for arguments in [
        &["invoke"][..],
        &["invoke", "hello", "--no-such-option"],
        &["invoke", "hello", "--timeout", "0"],
        &["invoke", "hello", "--timeout", "NaN"],
        &["invoke", "hello", "--attempts", "0"],
        &["invoke", "hello", "--async", "--tail"],
        &["invoke", "hello", "--timestamp", "1"],
        &["invoke", "hello", "--emulator", ".", "--endpoint", "http://127.0.0.1:1"],
        &["invoke", "hello", "--region", "Ap Guangzhou"],
        &["invoke", "hello", "--endpoint", "ftp://127.0.0.1"],
        &["invoke", "hello", "--endpoint", "http://example.com"],
        &["emulator", "--listen", "127.0.0.1"],
        &["day-key", "--date", "2026-02-30"],
        &["day-key", "--service", "S"],
        &["nothing"],
        &[],
    ] {
        let done = run(&mut signed(arguments)).expect(2);
        assert_eq!(done.stdout, "", "{arguments:?}");
        assert!(!done.stderr.is_empty());
    }
    assert!(run(&mut scf(&["--help"])).expect(0).stdout.contains("Exit codes:"));
    let done = run(&mut scf(&["invoke", "--help"])).expect(0);
    assert!(done.stdout.contains("--emulator <DIR>"));
    assert!(run(&mut scf(&["--version"])).expect(0).stdout.starts_with("tscf "));
}

#[test]
fn missing_credentials_and_settings_are_code_3() {
    let done = run(&mut scf(&["invoke", "hello", "--region", "ap-guangzhou"])).expect(3);
    assert!(done.stderr.contains("set TENCENTCLOUD_SECRET_ID"), "{}", done.stderr);
    let done = run(signed(&["invoke", "hello"]).env_remove("TENCENTCLOUD_REGION")).expect(3);
    assert!(done.stderr.contains("TENCENTCLOUD_REGION"), "{}", done.stderr);
    run(signed(&["invoke", "hello", "--profile", "nobody"]).env("HOME", folder("home"))).expect(3);
    let endpoint = ["--endpoint", "https://127.0.0.1:1", "--ca-file", "no-such.pem"];
    let done = run(signed(&["invoke", "hello"]).args(endpoint)).expect(3);
    assert!(done.stderr.contains("no-such.pem") && done.stderr.contains("because:"));
    run(&mut signed(&["invoke", "hello", "--day-key", "nonsense"])).expect(3);
    let key = "AKID/2020-01-01/scf/".to_owned() + &"0".repeat(64);
    let done = run(&mut signed(&["invoke", "hello", "--day-key", &key])).expect(3);
    assert!(done.stderr.contains("2020-01-01"), "{}", done.stderr);
    run(&mut scf(&["invoke", "hello", "--emulator", "no/such/folder"])).expect(3);
}

#[test]
fn messages_name_the_option_that_helps() {
    let hints = |mut command: std::process::Command, code: i32, hint: &str| {
        let done = run(&mut command).expect(code);
        assert!(done.stderr.contains(hint), "{}", done.stderr);
    };
    hints(
        signed(&["invoke", "hello", "--endpoint", "http://example.com"]),
        2,
        "--dangerous-plain-http",
    );
    let mut regionless = signed(&["invoke", "hello"]);
    regionless.env_remove("TENCENTCLOUD_REGION");
    hints(regionless, 3, "--region NAME");
    hints(scf(&["invoke", "hello", "--region", "ap-guangzhou"]), 3, "--emulator DIR");
    hints(signed(&["invoke", "hello", "--dry-run", "--region", "ap-guangzou"]), 0, "ap-guangzhou?");
    hints(signed(&["invoke", "hello", "--regoin", "ap-guangzhou"]), 2, "--region");
    let mut remote = signed(&["invoke", "hello", "{}", "--dry-run"]);
    remote.env("TENCENTCLOUD_SCF_ENDPOINT", "http://example.com");
    hints(remote, 2, "--dangerous-plain-http");
    let mut mistyped = signed(&["invoke", "hello"]);
    mistyped.env("TENCENTCLOUD_REGION", "Guangzhou");
    hints(mistyped, 2, "ap-guangzhou?");
}

#[test]
fn a_network_that_fails_is_code_5() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let done = run(&mut signed(&["invoke", "hello", "--attempts", "1", "--endpoint", &url]));
    let done = done.expect(5);
    assert!(done.stderr.contains("refused") && done.stderr.contains("was not run"));

    // It is the proxy that is not there.
    let proxy =
        ["--attempts", "1", "--endpoint", "https://scf.tencentcloudapi.com", "--proxy", &url];
    let done = run(signed(&["invoke", "hello"]).args(proxy)).expect(5);
    assert!(done.stderr.contains(&format!("the proxy {url}")), "{}", done.stderr);
    assert!(done.stderr.contains("--proxy none"), "{}", done.stderr);
    let done = run(&mut signed(&["invoke", "hello", "--proxy", "ftp://x"])).expect(2);
    assert!(done.stderr.contains("--proxy: "), "{}", done.stderr);

    // Something else listens there.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let mut tcp = listener.accept().unwrap().0;
        tcp.read_exact(&mut [0; 100]).unwrap();
        tcp.write_all(b"220 mail \x1b]0;evil\x07\r\n").unwrap();
        // All that comes is taken, or the client would see a reset.
        let _ = tcp.read_to_end(&mut vec![]);
    });
    let done = run(&mut signed(&["invoke", "hello", "--endpoint", &url, "-o", "json"])).expect(5);
    assert!(done.stdout.contains(r#""ok":false,"error":"network""#), "{}", done.stdout);
    assert!(!done.stderr.contains('\u{1b}'));
    server.join().unwrap();
}

#[test]
fn a_proxy_may_be_named_by_the_environment() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let call = |name: &str, url: &str, exception: Option<&str>| {
        let endpoint = "https://scf.example.invalid";
        let mut command = signed(&["invoke", "hello", "--attempts", "1", "--endpoint", endpoint]);
        command.env(name, url);
        command.envs(exception.map(|host| ("NO_PROXY", host)));
        run(&mut command).expect(5).stderr
    };
    for (name, scheme) in [
        ("HTTPS_PROXY", "http"),
        ("https_proxy", "http"),
        ("ALL_PROXY", "socks5h"),
        ("all_proxy", "socks5h"),
    ] {
        let url = format!("{scheme}://127.0.0.1:{port}");
        let stderr = call(name, &url, None);
        assert!(stderr.contains(&format!("the proxy {url}")), "{name}: {stderr}");
        let stderr = call(name, &url, Some("example.invalid"));
        assert!(stderr.contains("no address was found"), "{name}: {stderr}");
    }
}

#[test]
fn other_domains_are_tried_where_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let mut command = signed(&["invoke", "hello", "--attempts", "1", "--domain-fallback"]);
    let call = thread::spawn(move || run(command.args(["--proxy", &proxy])).expect(5));
    let asked: Vec<_> = (0..3)
        .map(|_| {
            let (mut tcp, _) = listener.accept().unwrap();
            let mut head = String::new();
            let mut reader = BufReader::new(&tcp);
            while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
            tcp.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n").unwrap();
            head.split(' ').nth(1).unwrap().to_owned()
        })
        .collect();
    assert_eq!(
        asked,
        [
            "scf.tencentcloudapi.com:443",
            "scf.tencentcloudapi.com.cn:443",
            "scf.tencentcloudapi.cn:443"
        ]
    );
    assert!(call.join().unwrap().stderr.contains("was not run"));
}

#[test]
fn a_clock_that_was_corrected_is_told() {
    let emulator = scf_emulator::Emulator::builder()
        .function("hello", |_| Ok("hello"))
        .clock_offset_secs(4000)
        .start()
        .unwrap();
    for command in ["invoke", "map"] {
        let mut call = scf(&[command, "hello", "--endpoint", &emulator.url()]);
        call.args(["--region", "ap-guangzhou"])
            .env("TENCENTCLOUD_SECRET_ID", emulator.credential().secret_id())
            .env("TENCENTCLOUD_SECRET_KEY", emulator.credential().secret_key());
        let done = support::run_with_input(&mut call, b"1\n2\n").expect(0);
        let clock = "this machine's clock is ";
        assert_eq!(done.stderr.matches(clock).count(), 1, "{}", done.stderr);
        assert!(done.stderr.contains(" s behind the server's"), "{}", done.stderr);
    }
}

#[test]
fn a_day_key_signs_without_the_secret() {
    let done = run(&mut signed(&["day-key", "--date", "2019-02-25"])).expect(0);
    let key = done.stdout.trim_end();
    assert!(key.starts_with("AKIDEXAMPLE0123456789/2019-02-25/scf/"), "{key}");

    let arguments = ["invoke", "hello", "1", "--dry-run", "--timestamp", "1551113065"];
    let with_secret = run(&mut signed(&arguments)).expect(0);
    let file = folder("day-key").join("key");
    std::fs::write(&file, &done.stdout).unwrap();
    for key in [key.to_owned(), format!("@{}", file.display())] {
        let mut command = scf(&arguments);
        let done = run(command.args(["--region", "ap-guangzhou", "--day-key", &key])).expect(0);
        assert_eq!(done.stdout, with_secret.stdout);
    }
}
