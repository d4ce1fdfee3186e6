//! `tscf emulator`, called by `tscf invoke`.
#![cfg(unix)]

mod support;

use std::process::{Command, Stdio};

use support::{SECRET_KEY, Server, examples, folder, http, run, scf, signed};

const PAGE: &str = "http://127.0.0.1:8000";

const DEVELOPMENT: [(&str, &str); 3] = [
    ("TENCENTCLOUD_SECRET_ID", scf_emulator::DEVELOPMENT_SECRET_ID),
    ("TENCENTCLOUD_SECRET_KEY", scf_emulator::DEVELOPMENT_SECRET_KEY),
    ("TENCENTCLOUD_REGION", "ap-guangzhou"),
];

#[test]
fn it_prints_one_line_serves_and_ends_by_a_signal() {
    for signal in ["-INT", "-TERM"] {
        let dir = examples();
        let arguments = ["emulator", dir.to_str().unwrap()];
        let emulator = Server::start_with(&arguments, DEVELOPMENT);
        assert!(emulator.url.starts_with("http://127.0.0.1:"), "{}", emulator.url);
        let url = ["--endpoint", emulator.url.as_str()];
        for _ in 0..2 {
            let mut command = scf(&["invoke", "hello", r#"{"name":"there"}"#]);
            let done = run(command.envs(DEVELOPMENT).args(url)).expect(0);
            assert_eq!(done.stdout, "hello there\n");
            // The variables that the emulator prints work as well.
            let mut command = scf(&["invoke", "hello", "{}"]);
            command.envs(DEVELOPMENT).env("TENCENTCLOUD_SCF_ENDPOINT", &emulator.url);
            run(&mut command).expect(0);
        }
        let export = format!("  export TENCENTCLOUD_SCF_ENDPOINT={}\n", emulator.url);
        let done = emulator.stop(signal).expect(0);
        assert!(done.stderr.contains(&export), "{}", done.stderr);
        assert_eq!(done.stdout, "", "one line is all");
        assert!(!done.stderr.contains("TENCENTCLOUD_SECRET_KEY"), "it is known to the user");
        assert!(done.stderr.contains("hello: status 200, "), "{}", done.stderr);
    }
}

#[test]
fn each_start_has_a_key_of_its_own_and_tells_it() {
    let start = || Server::start(&["emulator", examples().to_str().unwrap()]);
    let (mut one, mut two) = (start(), start());
    let (key, other) = (one.exports(), two.exports());
    assert_ne!(key, other);
    let invoke = ["invoke", "hello", "{}", "--endpoint", &one.url];
    run(scf(&invoke).envs(key)).expect(0);
    for wrong in [other, DEVELOPMENT.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec()] {
        let done = run(scf(&invoke).envs(wrong)).expect(4);
        assert!(done.stderr.contains("AuthFailure.SecretIdNotFound"), "{}", done.stderr);
    }
}

#[test]
fn a_host_that_was_named_is_answered_and_no_other() {
    let dir = examples();
    let arguments = ["emulator", dir.to_str().unwrap(), "--host", "dev.example"];
    let emulator = Server::start_with(&arguments, DEVELOPMENT);
    let url = ["--endpoint", emulator.url.as_str(), "--host"];
    let call = |host| {
        let mut command = scf(&["invoke", "hello", "{}"]);
        run(command.envs(DEVELOPMENT).args(url).arg(host))
    };
    call("dev.example").expect(0);
    let done = call("evil.example");
    assert!(done.code != Some(0) && done.stdout.is_empty(), "{}", done.stderr);
}

#[test]
fn it_takes_credentials_and_shows_them_not() {
    let dir = examples();
    let keys = ["--secret-id", "AKIDEXAMPLE0123456789", "--secret-key", SECRET_KEY];
    let emulator =
        Server::start(&[&["emulator", dir.to_str().unwrap(), "--quiet"][..], &keys].concat());
    let url = ["--endpoint", emulator.url.as_str()];
    run(signed(&["invoke", "hello", "{}"]).args(url)).expect(0);
    let done = run(scf(&["invoke", "hello"]).envs(DEVELOPMENT).args(url)).expect(4);
    assert!(done.stderr.contains("AuthFailure.SecretIdNotFound"), "{}", done.stderr);
    let done = emulator.stop("-TERM").expect(0);
    assert!(!done.stderr.contains("TENCENTCLOUD_SECRET_KEY") && !done.stderr.contains("status"));
}

#[test]
fn it_stays_on_this_machine_unless_told() {
    let dir = examples();
    let arguments = [dir.to_str().unwrap(), "--listen", "0.0.0.0:0"];
    let done = run(scf(&["emulator"]).args(arguments)).expect(3);
    assert!(done.stderr.contains("other machines"), "{}", done.stderr);
    assert!(done.stderr.contains("--allow-remote"), "{}", done.stderr);
    let emulator = Server::start(&[&["emulator"], &arguments[..], &["--allow-remote"]].concat());
    emulator.stop("-TERM").expect(0);
    run(&mut scf(&["emulator", "no/such/folder"])).expect(3);
}

#[test]
fn it_listens_on_ipv6() {
    let dir = examples();
    let arguments = ["emulator", dir.to_str().unwrap(), "--listen", "[::1]:0"];
    let emulator = Server::start_with(&arguments, DEVELOPMENT);
    assert!(emulator.url.starts_with("http://[::1]:"), "{}", emulator.url);
    let mut command = scf(&["invoke", "hello", "{}", "--endpoint", &emulator.url]);
    assert_eq!(run(command.envs(DEVELOPMENT)).expect(0).stdout, "hello SCF\n");
}

#[test]
fn pages_call_it_directly_where_their_origin_was_allowed() {
    let dir = examples();
    let dir = dir.to_str().unwrap();
    for (origins, allowed) in [(&["--origin", PAGE][..], true), (&[], false)] {
        let emulator = Server::start(&[&["emulator", dir], origins].concat());
        let answer = http(
            &emulator.url,
            &format!(
                "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {PAGE}\r\nConnection: close\r\n\r\n"
            ),
        );
        let header = format!("access-control-allow-origin: {PAGE}\r\n");
        assert_eq!(answer.contains(&header), allowed, "{answer}");
    }
    let done = run(&mut scf(&["emulator", dir, "--origin", "*"])).expect(3);
    assert!(done.stderr.contains("no origin"), "{}", done.stderr);
}

#[test]
fn ctrl_c_leaves_no_function_behind() {
    // A function that tells the test its number, and then runs for long.
    let dir = folder("ctrl-c");
    let function = dir.join("stay");
    std::fs::create_dir(&function).unwrap();
    let code = "import os, socket, time\ndef main_handler(event, context):\n    \
        with socket.create_connection(('127.0.0.1', event)) as test:\n        \
        test.sendall(str(os.getpid()).encode())\n    time.sleep(60)\n";
    std::fs::write(function.join("index.py"), code).unwrap();
    std::fs::write(function.join("function.json"), r#"{"timeout":120}"#).unwrap();
    let test = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let event = test.local_addr().unwrap().port().to_string();
    let child = scf(&["invoke", "stay", &event, "--emulator", dir.to_str().unwrap()])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = std::io::read_to_string(test.accept().unwrap().0).unwrap();
    let signal = |signal: &str, pid: &str| {
        let mut kill = Command::new("kill");
        kill.args([signal, pid]).stderr(Stdio::null()).status().unwrap().success()
    };
    assert!(signal("-0", &pid), "it runs");
    assert!(signal("-INT", &child.id().to_string()));
    let done = support::Done::from(child.wait_with_output().unwrap()).expect(130);
    assert!(!signal("-0", &pid), "it runs on");
    assert!(done.stderr.contains("interrupted; the function may have run"), "{}", done.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_function_prints_takes_no_memory_of_a_single_call() {
    // A function that prints 200 MB, and then waits for the test.
    let dir = folder("prints");
    std::fs::create_dir(dir.join("much")).unwrap();
    let code = "import socket\ndef main_handler(event, context):\n    \
        for _ in range(200):\n        print('x' * 1000000)\n    \
        socket.create_connection(('127.0.0.1', event)).recv(1)\n";
    std::fs::write(dir.join("much/index.py"), code).unwrap();
    std::fs::write(dir.join("much/function.json"), r#"{"timeout":600}"#).unwrap();
    let test = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let event = test.local_addr().unwrap().port().to_string();
    let arguments = ["invoke", "much", &event, "--timeout", "600", "--emulator"];
    let mut command = scf(&arguments);
    let mut child = command.arg(&dir).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let held = test.accept().unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
    drop(held);
    assert!(child.wait().unwrap().success());
    assert!(peak < 100_000, "{peak} kB");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let dir = folder("second-signal");
    std::fs::create_dir(dir.join("stay")).unwrap();
    let code = "import time\ndef main_handler(event, context):\n    print('stays', flush=True)\n    \
        time.sleep(600)\n";
    std::fs::write(dir.join("stay/index.py"), code).unwrap();
    std::fs::write(dir.join("stay/function.json"), r#"{"timeout":900}"#).unwrap();
    let arguments = ["emulator", dir.to_str().unwrap(), "--grace", "600"];
    let mut emulator = Server::start_with(&arguments, DEVELOPMENT);
    let mut command = scf(&["invoke", "stay", "{}", "--async", "--endpoint", &emulator.url]);
    run(command.envs(DEVELOPMENT)).expect(0);
    emulator.read_until("stay: stays");
    let mut command = scf(&["invoke", "stay", "{}", "--quiet", "--endpoint", &emulator.url]);
    let mut waiting = command.envs(DEVELOPMENT).stderr(Stdio::null()).spawn().unwrap();
    emulator.read_until("stay: stays");
    let id = emulator.id();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    // The first one ends the listener alone, and waits for what runs.
    let addr = emulator.url.trim_start_matches("http://").to_owned();
    while std::net::TcpStream::connect(&addr).is_ok() {
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-0", &id]).status().unwrap().success());
    let done = emulator.stop("-INT").expect(0);
    assert!(done.stderr.contains("stay: an event was accepted and did not run"), "{}", done.stderr);
    assert!(done.stderr.contains("stay: the call was running when"), "{}", done.stderr);
    waiting.wait().unwrap();
}

#[test]
fn a_reader_of_the_log_who_has_stopped_holds_up_no_call() {
    let dir = folder("unread");
    std::fs::create_dir(dir.join("flood")).unwrap();
    let code = "def main_handler(event, context):\n    for _ in range(3000):\n        \
        print('x' * 1000)\n";
    std::fs::write(dir.join("flood/index.py"), code).unwrap();
    std::fs::write(dir.join("flood/function.json"), r#"{"timeout":600}"#).unwrap();
    let mut emulator = Server::start_with(&["emulator", dir.to_str().unwrap()], DEVELOPMENT);
    let url = emulator.url.clone();
    let call = || {
        let mut command = scf(&["invoke", "flood", "{}", "--timeout", "600", "--endpoint", &url]);
        run(command.envs(DEVELOPMENT)).expect(0);
    };
    call();
    call();
    let line = emulator.line_with("lines of the log were not written");
    assert!(line.starts_with("tscf: ") && line.ends_with(": nobody read them\n"), "{line}");
    // It ends, too, while nobody reads.
    call();
    emulator.stop("-TERM").expect(0);
}

#[test]
fn its_explanation_of_a_wrong_signature_reaches_the_reader_whole() {
    let dir = examples();
    let emulator = Server::start_with(&["emulator", dir.to_str().unwrap()], DEVELOPMENT);
    let mut command = scf(&["invoke", "hello", "{}", "--endpoint", &emulator.url]);
    command.envs(DEVELOPMENT).env("TENCENTCLOUD_SECRET_KEY", "another");
    let done = run(&mut command).expect(4);
    for part in
        ["no usual mistake explains it", "Canonical request:", "String to sign:", "TC3-HMAC-SHA256"]
    {
        assert!(done.stderr.contains(part), "{part}: {}", done.stderr);
    }
}

#[test]
fn an_address_without_a_port_is_told_with_an_example() {
    let done = run(&mut scf(&["emulator", "--listen", "9000"])).expect(2);
    assert!(done.stderr.contains("such as 127.0.0.1:9000"), "{}", done.stderr);
}

#[test]
fn a_function_that_runs_elsewhere_is_named_with_what_its_process_needs() {
    let dir = examples();
    let arguments = ["emulator", dir.to_str().unwrap(), "--only", "hello=0"];
    let emulator = Server::start_with(&arguments, DEVELOPMENT);
    let done = emulator.stop("-INT").expect(0);
    assert!(
        done.stderr.contains(
            "tscf: hello runs elsewhere; its process needs:\n  export SCF_RUNTIME_API=127.0.0.1\n  \
             export SCF_RUNTIME_API_PORT="
        ),
        "{}",
        done.stderr
    );
}

#[test]
fn a_wrong_option_for_a_debugger_says_what_is_right() {
    let dir = examples();
    for (option, value, code, advice) in [
        ("--debug", "hello:no", 2, "\"no\" is no port; give NAME:PORT, as in hello:9229"),
        ("--debug", "helo", 3, "there is no function \"helo\" to debug; there are: "),
        ("--only", "hello", 2, "an address is missing, as in hello=127.0.0.1:9001"),
        ("--only", "hello=localhost", 2, "is no address with a port"),
        (
            "--only",
            "hello=192.0.2.1:9001",
            2,
            "192.0.2.1 is not of this machine's loopback interface",
        ),
    ] {
        let mut command = scf(&["emulator", dir.to_str().unwrap(), option, value]);
        let done = run(command.envs(DEVELOPMENT)).expect(code);
        assert!(done.stderr.contains(advice), "{}", done.stderr);
    }
}

#[test]
fn a_timer_is_listed_with_its_next_time_and_a_wrong_file_with_its_mistake() {
    let dir = folder("listed");
    for (path, text) in [
        ("daily/index.py", "def main_handler(event, context): pass\n"),
        ("daily/function.json", r#"{"timers": [{"name": "nine", "cron": "0 0 9 * * * *"}]}"#),
        ("broken/index.py", ""),
        ("broken/function.json", r#"{"timeout": "long"}"#),
    ] {
        std::fs::create_dir_all(dir.join(path).parent().unwrap()).unwrap();
        std::fs::write(dir.join(path), text).unwrap();
    }
    let emulator = Server::start_with(&["emulator", dir.to_str().unwrap()], DEVELOPMENT);
    // A call of it has the same message, and when it can be called.
    let mut command = scf(&["invoke", "broken", "{}", "--endpoint", &emulator.url]);
    let message = run(command.envs(DEVELOPMENT)).expect(4).stderr;
    for part in [
        "broken/function.json: timeout must be a number of seconds",
        "it is deployed here as soon as that is mended",
    ] {
        assert!(message.contains(part), "{message}");
    }
    let done = emulator.stop("-INT").expect(0);
    let line = done.stderr.lines().find(|line| line.contains("the timer nine")).unwrap();
    assert!(line.starts_with("tscf: daily: the timer nine fires next in "), "{line}");
    assert!(line.ends_with(" 09:00:00 in Beijing"), "{line}");
    let line = done.stderr.lines().find(|line| line.contains("broken cannot run")).unwrap();
    assert!(
        line.ends_with("broken/function.json: timeout must be a number of seconds, at most 86400"),
        "{line}"
    );
}

#[test]
fn the_version_of_python_that_a_runtime_names_runs_it_if_it_is_there() {
    let dir = folder("versions");
    let programs = dir.join("programs");
    for (path, text) in [
        ("there/function.json", r#"{"runtime": "Python3.94"}"#),
        ("missing/function.json", r#"{"runtime": "Python3.95"}"#),
        ("manager/function.json", r#"{"runtime": "Python3.96"}"#),
        ("programs/python3.96", "#!/bin/sh\necho 'no such version' >&2\nexit 127\n"),
    ] {
        std::fs::create_dir_all(dir.join(path).parent().unwrap()).unwrap();
        std::fs::write(dir.join(path), text).unwrap();
        let code = "import sys\ndef main_handler(event, context): return sys.executable\n";
        std::fs::write(dir.join(path).with_file_name("index.py"), code).unwrap();
    }
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(programs.join("python3.96"), mode).unwrap();
    let path = std::env::var("PATH").unwrap();
    let ask = ["-c", "import sys; print(sys.executable)"];
    let python = Command::new("python3").args(ask).output().unwrap().stdout;
    let python = String::from_utf8(python).unwrap();
    std::os::unix::fs::symlink(python.trim(), programs.join("python3.94")).unwrap();
    let path = ("PATH", format!("{}:{path}", programs.display()));
    let environment = DEVELOPMENT.into_iter().chain([(path.0, path.1.as_str())]);
    let emulator = Server::start_with(&["emulator", dir.to_str().unwrap()], environment);
    let call = |name| {
        let mut command = scf(&["invoke", name, "{}", "--tail", "--endpoint", &emulator.url]);
        run(command.envs(DEVELOPMENT)).expect(0)
    };
    let done = call("there");
    assert!(done.stdout.ends_with("/programs/python3.94\n"), "{}", done.stdout);
    assert!(!done.stderr.contains("is not in PATH"), "{}", done.stderr);
    for (name, version) in [("missing", "python3.95"), ("manager", "python3.96")] {
        let note = format!("emulator: {version} is not in PATH; python3 runs this");
        let done = call(name);
        assert!(done.stderr.contains(&note), "{}", done.stderr);
    }
}

#[test]
fn a_function_whose_interpreter_is_missing_is_named_and_the_others_run() {
    // A PATH with Python alone.
    // An instance has a /tmp of its own, where this repository may be.
    let programs = std::path::Path::new("/var/tmp").join(format!("tscf-{}", std::process::id()));
    std::fs::create_dir(&programs).unwrap();
    let python = ["/usr/local/bin/python3", "/usr/bin/python3"];
    let python = python.iter().find(|file| std::path::Path::new(file).exists()).unwrap();
    std::os::unix::fs::symlink(python, programs.join("python3")).unwrap();
    let path = ("PATH", programs.to_str().unwrap());
    let dir = examples();
    let environment = DEVELOPMENT.into_iter().chain([path]);
    let emulator = Server::start_with(&["emulator", dir.to_str().unwrap()], environment);
    let url = ["--endpoint", emulator.url.as_str()];
    let mut command = scf(&["invoke", "hello", "{}"]);
    assert_eq!(run(command.envs(DEVELOPMENT).args(url)).expect(0).stdout, "hello SCF\n");
    let mut command = scf(&["invoke", "hello-node", "{}"]);
    let missing = "node was not found; install Node.js and have it in PATH";
    let done = run(command.envs(DEVELOPMENT).args(url));
    assert!(done.stderr.contains(missing), "{}", done.stderr);
    let done = emulator.stop("-INT").expect(0);
    let listed = format!("tscf: hello-node cannot run: {missing}");
    assert!(done.stderr.contains(&listed), "{}", done.stderr);
    std::fs::remove_dir_all(&programs).unwrap();
}
