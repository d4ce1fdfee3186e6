//! `tscf relay`, called by `tscf invoke`, and by hand.
#![cfg(unix)]

mod support;

use support::{SECRET_KEY, Server, examples, folder, http, run, scf, signed};

const DEVELOPMENT: [(&str, &str); 3] = [
    ("TENCENTCLOUD_SECRET_ID", scf_emulator::DEVELOPMENT_SECRET_ID),
    ("TENCENTCLOUD_SECRET_KEY", scf_emulator::DEVELOPMENT_SECRET_KEY),
    ("TENCENTCLOUD_REGION", "ap-guangzhou"),
];

const API: &str = "scf.tencentcloudapi.com";

/// A request without a signature, of a page.
fn unsigned(url: &str, origin: &str) -> String {
    let request = format!(
        "POST /scf HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {origin}\r\nContent-Length: 2\r\n\
         Connection: close\r\n\r\n{{}}"
    );
    http(url, &request)
}

#[test]
fn it_prints_one_line_relays_and_ends_by_a_signal() {
    let dir = examples();
    let arguments = ["emulator", dir.to_str().unwrap()];
    let emulator = Server::start_with(&arguments, DEVELOPMENT);
    for signal in ["-INT", "-TERM"] {
        let relay = Server::start(&["relay", "--endpoint", &emulator.url, "--host", API]);
        assert!(relay.url.starts_with("http://127.0.0.1:"), "{}", relay.url);
        let endpoint = format!("{}/scf", relay.url);
        let arguments = ["invoke", "hello", r#"{"name":"there"}"#, "--host", API];
        let mut command = scf(&arguments);
        let done = run(command.envs(DEVELOPMENT).args(["--endpoint", &endpoint])).expect(0);
        assert_eq!(done.stdout, "hello there\n");
        // A key that the emulator does not know, for the log.
        run(signed(&arguments).args(["--endpoint", &endpoint])).expect(4);
        let done = relay.stop(signal).expect(0);
        assert_eq!(done.stdout, "", "one line is all");
        let lines: Vec<_> = done.stderr.lines().collect();
        assert_eq!(lines.len(), 2, "a line for each request: {}", done.stderr);
        assert!(lines[0].starts_with("127.0.0.1 POST /scf Invoke 200 relayed "), "{}", lines[0]);
        for secret in ["AKID", SECRET_KEY, "Signature", "there"] {
            assert!(!done.stderr.contains(secret), "{}", done.stderr);
        }
    }
}

#[test]
fn an_answer_of_the_relays_own_is_told_as_such() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("http://{closed}");
    let relay = Server::start(&["relay", "--endpoint", &endpoint, "--host", API]);
    let endpoint = format!("{}/scf", relay.url);
    let arguments = ["invoke", "hello", "{}", "--host", API, "--attempts", "1"];
    let done = run(scf(&arguments).envs(DEVELOPMENT).args(["--endpoint", &endpoint])).expect(5);
    assert!(
        done.stderr.contains("the relay answered itself: Relay.Unreachable"),
        "{}",
        done.stderr
    );
    assert!(done.stderr.contains("the function was not run"), "{}", done.stderr);
    relay.stop("-INT").expect(0);
}

#[test]
fn one_command_starts_a_page_a_relay_and_an_emulator() {
    let page = folder("relay-page");
    std::fs::write(page.join("index.html"), "<h1>page</h1>").unwrap();
    let dir = examples();
    let arguments = ["relay", "--emulator", dir.to_str().unwrap(), "--page"];
    let arguments = [&arguments[..], &[page.to_str().unwrap(), "--quiet"]].concat();
    let mut relay = Server::start(&arguments);
    let key = relay.exports();
    let index = http(&relay.url, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    assert!(index.contains("content-type: text/html") && index.ends_with("<h1>page</h1>"));
    // A page that got here by a name of its own (DNS rebinding) gets nothing.
    let rebound = "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert!(http(&relay.url, rebound).contains("Relay.Host"));
    // A page signs for the API's own host, emulator or not.
    let mut command = scf(&["invoke", "hello", "{}", "--host", API, "--endpoint"]);
    let done = run(command.arg(format!("{}/scf", relay.url)).envs(key)).expect(0);
    assert_eq!(done.stdout, "hello SCF\n");
    let done = relay.stop("-INT").expect(0);
    assert!(!done.stderr.contains("relayed"), "it is quiet");
}

#[test]
fn origins_path_and_rate_are_options() {
    let relay = Server::start(&["relay", "--origin", "https://app.example"]);
    let refused = unsigned(&relay.url, "https://evil.example");
    assert!(refused.contains("--origin https://evil.example"), "{refused}");
    let named = unsigned(&relay.url, "https://app.example");
    assert!(named.contains("access-control-allow-origin: https://app.example\r\n"), "{named}");
    assert!(named.contains("Relay.Action"), "{named}");
    let done = relay.stop("-TERM").expect(0);
    assert!(done.stderr.contains("403 Relay.Origin "), "{}", done.stderr);

    let relay = Server::start(&["relay", "--path", "/api/scf", "--rate", "1", "--behind-proxy"]);
    let send = |path: &str, client: &str| {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {client}\r\n\
             Content-Length: 0\r\nConnection: close\r\n\r\n"
        );
        http(&relay.url, &request)
    };
    assert!(send("/scf", "10.0.0.1").contains("Relay.Target"));
    assert!(send("/api/scf", "10.0.0.1").contains("Relay.Action"));
    assert!(send("/api/scf", "10.0.0.1").contains("Relay.RateLimit"));
    assert!(send("/api/scf", "10.0.0.2").contains("Relay.Action"));
}

#[test]
fn an_address_that_other_machines_reach_is_warned_of() {
    let relay = Server::start(&["relay", "--listen", "0.0.0.0:0"]);
    let done = relay.stop("-TERM").expect(0);
    assert!(done.stderr.contains("scf: warning: other machines reach"), "{}", done.stderr);
    let relay = Server::start(&["relay"]);
    assert_eq!(relay.stop("-TERM").expect(0).stderr, "");
}

#[test]
fn wrong_settings() {
    for arguments in [
        &["relay", "--origin", "*"][..],
        &["relay", "--origin", "https://app.example/"],
        &["relay", "--rate", "0"],
        &["relay", "--listen", "9000"],
        &["relay", "--endpoint", "http://example.com"],
        &["relay", "--endpoint", "http://127.0.0.1:1", "--emulator", "."],
    ] {
        let done = run(&mut scf(arguments)).expect(2);
        assert_eq!(done.stdout, "", "{arguments:?}");
    }
    for arguments in [
        &["relay", "--path", "scf"][..],
        &["relay", "--host", "a b"],
        &["relay", "--page", "no/such/folder"],
        &["relay", "--emulator", "no/such/folder"],
        &["relay", "--endpoint", "http://127.0.0.1:1/path"],
    ] {
        let done = run(&mut scf(arguments)).expect(3);
        assert!(done.stderr.starts_with("tscf: "), "{arguments:?}: {}", done.stderr);
    }
}
