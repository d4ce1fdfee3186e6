//! Functions that really run, and each way in which one can end.
#![cfg(unix)]

mod support;

use std::time::Duration;

use scf_emulator::Emulator;
use serde_json::{Value, json};
use support::{Folder, Tc3, examples, failed, invoke, result_of, start};

#[test]
fn python_succeeds() {
    let emulator = start(examples());
    let result = invoke(&emulator, "hello", &json!({"name": "Ada"}));
    assert_eq!(result["RetMsg"], "\"hello Ada\"");
    assert_eq!(result["InvokeResult"], 0);
    assert_eq!(result["ErrMsg"], "");
    assert!(result["Duration"].as_f64().unwrap() > 0.0);
    let bill = result["BillDuration"].as_f64().unwrap();
    assert!(bill >= result["Duration"].as_f64().unwrap() && bill.fract() == 0.0);
    if cfg!(target_os = "linux") {
        assert!(result["MemUsage"].as_u64().unwrap() > 1_000_000);
    }
    let id = result["FunctionRequestId"].as_str().unwrap();
    assert_eq!(id.len(), 36);
    let log = support::lines(result["Log"].as_str().unwrap());
    assert_eq!(log[0], format!("START RequestId: {id}"));
    assert_eq!(log[1], format!("Event RequestId: {id}"));
    assert!(log[2].starts_with(&format!("Init Report RequestId: {id} Coldstart: ")), "{log:?}");
    assert_eq!(log[3], "greeting Ada");
    assert_eq!(log[4], format!(r#"Response RequestId:{id} RetMsg:"\"hello Ada\"""#));
    assert_eq!(log[5], format!("END RequestId: {id}"));
    assert!(log[6].starts_with(&format!("Report RequestId: {id} Duration:")));
    assert_eq!(log.len(), 7);
    // A warm instance was not started for the call.
    let again = invoke(&emulator, "hello", &json!({}));
    assert!(!again["Log"].as_str().unwrap().contains("Init Report"));
}

#[test]
fn values_and_events_as_they_are() {
    let emulator = start(examples());
    for event in [
        json!({"a": [1, 2.5, null, true], "é": "\u{1f600}\n\"\\"}),
        json!([]),
        json!("text"),
        json!(7),
    ] {
        let result = invoke(&emulator, "echo", &event);
        let ret = result["RetMsg"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(ret).unwrap(), event);
    }
    // No event is an empty object.
    let response = Tc3::new(&json!({"FunctionName": "echo"})).send(&emulator);
    assert_eq!(response["Result"]["RetMsg"], "{}");
    // The log is returned only where it was asked for.
    assert_eq!(response["Result"]["Log"], "");
}

#[test]
fn python_raises() {
    let emulator = start(examples());
    let result = invoke(&emulator, "fail", &json!({"message": "oh no"}));
    let ret = failed(&result, 430);
    assert_eq!(ret["errorMessage"], "user code exception caught");
    let trace = ret["stackTrace"].as_str().unwrap();
    assert!(trace.contains("ValueError: oh no"), "{trace}");
    assert!(trace.contains("index.py\", line 2, in main_handler"), "{trace}");
    assert!(!trace.contains("<string>"), "the runtime's own frames: {trace}");
}

#[test]
fn a_function_that_takes_too_long_is_killed() {
    let folder = Folder::new(&[
        (
            "nap/index.py",
            "import os, time\ndef main_handler(event, context):\n    print('pid', os.getpid())\n    time.sleep(event['seconds'])\n    return os.getpid()\n",
        ),
        ("nap/function.json", "{\"timeout\": 0.5}"),
    ]);
    let emulator = start(&folder.0);
    let first = invoke(&emulator, "nap", &json!({"seconds": 0}));
    let result = invoke(&emulator, "nap", &json!({"seconds": 60}));
    let ret = failed(&result, 433);
    assert_eq!(ret["errorMessage"], "Invoking task timed out after 0.5 seconds");
    let pid = first["RetMsg"].as_str().unwrap();
    assert!(result["Log"].as_str().unwrap().contains(&format!("pid {pid}\n")));
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    // The next call has a new process.
    let next = invoke(&emulator, "nap", &json!({"seconds": 0}));
    assert_ne!(next["RetMsg"], first["RetMsg"]);
}

#[test]
fn a_process_that_ends_is_replaced() {
    let folder = Folder::new(&[(
        "end/index.py",
        "import os, sys\ndef main_handler(event, context):\n    print('last words')\n    if event['how'] == 'exit':\n        sys.exit(3)\n    if event['how'] == 'kill':\n        os.kill(os.getpid(), 9)\n    return 'alive'\n",
    )]);
    let emulator = start(&folder.0);
    for (how, words) in [("exit", "3"), ("kill", "9")] {
        let result = invoke(&emulator, "end", &json!({"how": how}));
        let ret = failed(&result, 439);
        assert!(ret["errorMessage"].as_str().unwrap().contains(words), "{ret}");
        assert!(result["Log"].as_str().unwrap().contains("last words"), "{result}");
        let result = invoke(&emulator, "end", &json!({"how": "not"}));
        assert_eq!(result["RetMsg"], "\"alive\"");
    }
}

#[test]
fn handlers_and_code_that_are_not_there() {
    let folder = Folder::new(&[
        ("a/index.py", "def other(event, context): pass\n"),
        ("b/index.py", ""),
        ("b/function.json", "{\"handler\": \"missing.main_handler\"}"),
        ("c/index.py", "import does_not_exist\n"),
        ("d/index.py", "def main_handler(event, context)\n"),
        ("e/index.py", "import sys\nprint('at start')\nsys.exit(1)\n"),
        ("f/readme", ""),
        ("g/index.py", ""),
        ("g/function.json", "{\"time\": 3}"),
    ]);
    let emulator = start(&folder.0);
    let run = |name: &str| invoke(&emulator, name, &json!({}));
    let ret = failed(&run("a"), 437);
    assert!(ret["errorMessage"].as_str().unwrap().contains("main_handler"));
    failed(&run("b"), 437);
    let ret = failed(&run("c"), 430);
    assert!(ret["stackTrace"].as_str().unwrap().contains("does_not_exist"));
    let ret = failed(&run("d"), 430);
    assert!(ret["stackTrace"].as_str().unwrap().contains("SyntaxError"));
    let result = run("e");
    failed(&result, 445);
    assert!(result["Log"].as_str().unwrap().contains("at start"));
    for (name, words) in [("f", "neither"), ("g", "\"time\" is not known")] {
        let response = Tc3::new(&json!({"FunctionName": name})).send(&emulator);
        assert_eq!(response["Error"]["Code"], "FailedOperation.FunctionStatusError");
        let message = response["Error"]["Message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
    for name in ["absent", "hello"] {
        let response = Tc3::new(&json!({"FunctionName": name})).send(&emulator);
        assert_eq!(response["Error"]["Code"], "ResourceNotFound.Function");
    }
}

#[test]
fn results_up_to_six_megabytes() {
    const LIMIT: usize = 6 * 1024 * 1024;
    let emulator = start(examples());
    // The quotes count too.
    let result = invoke(&emulator, "big", &json!({"bytes": LIMIT - 2}));
    assert_eq!(result["RetMsg"].as_str().unwrap().len(), LIMIT);
    let result = invoke(&emulator, "big", &json!({"bytes": LIMIT - 1}));
    failed(&result, 407);
    // The instance goes on.
    let result = invoke(&emulator, "big", &json!({"bytes": 3}));
    assert_eq!(result["RetMsg"], "\"xxx\"");
}

#[cfg(target_os = "linux")]
#[test]
fn memory_beyond_the_limit() {
    let folder = Folder::new(&[
        (
            "eat/index.py",
            "import time\ndef main_handler(event, context):\n    held = bytearray(100 << 20)\n    time.sleep(30)\n",
        ),
        ("eat/function.json", "{\"memory\": 64, \"timeout\": 30}"),
    ]);
    let emulator = start(&folder.0);
    failed(&invoke(&emulator, "eat", &json!({})), 434);
}

#[cfg(target_os = "linux")]
#[test]
fn processes_beyond_the_limit() {
    let code = "import subprocess, time
def main_handler(event, context):
    for _ in range(event['count']):
        subprocess.Popen(['sleep', '1000'], start_new_session=True)
    time.sleep(event['seconds'])
    return 'done'
";
    let folder = Folder::new(&[
        ("fork/index.py", code),
        ("fork/function.json", r#"{"processes": 4, "timeout": 600}"#),
    ]);
    let emulator = start(&folder.0);
    let result = invoke(&emulator, "fork", &json!({"count": 3, "seconds": 0.2}));
    assert_eq!(result_of(&result), "done", "it and three more are four");
    let ret = failed(&invoke(&emulator, "fork", &json!({"count": 4, "seconds": 500})), 439);
    let message = ret["errorMessage"].as_str().unwrap();
    assert_eq!(message, "the function had more than 4 processes at once and was ended");
}

#[test]
fn custom_runtime() {
    let emulator = start(examples());
    let result = invoke(&emulator, "custom-runtime", &json!({"a": 1}));
    let ret: Value = serde_json::from_str(result["RetMsg"].as_str().unwrap()).unwrap();
    assert_eq!(ret, json!({"event": {"a": 1}, "handler": "bootstrap.serve"}));
    let id = result["FunctionRequestId"].as_str().unwrap();
    assert!(result["Log"].as_str().unwrap().contains(&format!("serving {id}\n")));
}

#[test]
fn custom_runtime_that_fails() {
    let bootstrap = r#"#!/usr/bin/env python3
import http.client, os
api = http.client.HTTPConnection(os.environ["SCF_RUNTIME_API"], int(os.environ["SCF_RUNTIME_API_PORT"]))
def call(method, path, body=None):
    api.request(method, path, body)
    response = api.getresponse()
    return response.status, response.headers, response.read()
# Says ready by asking for work; asks twice, and gets the same.
while True:
    _, headers, event = call("GET", "/runtime/invocation/next")
    _, again, same = call("GET", "/runtime/invocation/next")
    assert headers["request_id"] == again["request_id"] and event == same
    assert headers["memory_limit_in_mb"] == "128" and headers["time_limit_in_ms"] == "3000"
    assert call("GET", "/other")[0] == 404
    assert call("POST", "/runtime/invocation/error", b"my reason")[0] == 200
    assert call("POST", "/runtime/invocation/response", b"late")[0] == 409
"#;
    let folder = Folder::new(&[("a/bootstrap", bootstrap), ("b/bootstrap", "#!/does/not/exist\n")]);
    folder.write("c/bootstrap", "");
    std::fs::set_permissions(
        folder.0.join("c/bootstrap"),
        std::os::unix::fs::PermissionsExt::from_mode(0o644),
    )
    .unwrap();
    let emulator = Emulator::start(&folder.0).unwrap();
    for _ in 0..2 {
        let ret = failed(&invoke(&emulator, "a", &json!({})), 443);
        assert_eq!(ret["stackTrace"], "my reason");
    }
    for (name, words) in [("b", "interpreter"), ("c", "chmod +x")] {
        let response = Tc3::new(&json!({"FunctionName": name})).send(&emulator);
        assert_eq!(response["Error"]["Code"], "FailedOperation.FunctionStatusError");
        let message = response["Error"]["Message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn not_ready_in_time() {
    let folder = Folder::new(&[
        ("a/bootstrap", "#!/bin/sh\nexec sleep 60\n"),
        ("a/function.json", "{\"init_timeout\": 0.2}"),
    ]);
    let emulator = start(&folder.0);
    let ret = failed(&invoke(&emulator, "a", &json!({})), 450);
    let message = ret["errorMessage"].as_str().unwrap();
    assert!(message.contains("bootstrap has to ask for /runtime/invocation/next"), "{message}");
}

#[test]
fn context_and_environment() {
    let folder = Folder::new(&[
        (
            "look/index.py",
            "import os\ndef main_handler(event, context):\n    return {'context': context, 'env': dict(os.environ), 'cwd': os.getcwd()}\n",
        ),
        (
            "look/function.json",
            "{\"environment\": {\"MINE\": \"yes\"}, \"memory\": 256, \"timeout\": 5, \"namespace\": \"prod\", \"qualifiers\": [\"live\"]}",
        ),
    ]);
    let emulator = start(&folder.0);
    let ask = |namespace: &str, qualifier: &str| {
        Tc3::new(&json!({"FunctionName": "look", "Namespace": namespace, "Qualifier": qualifier}))
            .send(&emulator)
    };
    let response = ask("prod", "live");
    let result = &response["Result"];
    let ret: Value = serde_json::from_str(result["RetMsg"].as_str().unwrap()).unwrap();
    let (context, env) = (&ret["context"], &ret["env"]);
    assert_eq!(context["memory_limit_in_mb"], 256);
    assert_eq!(context["time_limit_in_ms"], 5000);
    assert_eq!(context["request_id"], result["FunctionRequestId"]);
    assert_eq!(context["function_name"], "look");
    assert_eq!(context["namespace"], "prod");
    assert_eq!(context["tencentcloud_region"], "ap-guangzhou");
    assert_eq!(env["MINE"], "yes");
    assert_eq!(env["TENCENTCLOUD_RUNENV"], "SCF");
    assert_eq!(env["_HANDLER"], "index.main_handler");
    let cwd = ret["cwd"].as_str().unwrap();
    assert_eq!(env["USER_CODE_ROOT"], format!("{cwd}/"));
    // The emulator's own environment stays with it.
    assert!(env.get("CARGO_MANIFEST_DIR").is_none(), "{env}");

    assert_eq!(ask("default", "live")["Error"]["Code"], "ResourceNotFound.Function");
    assert_eq!(ask("prod", "7")["Error"]["Code"], "ResourceNotFound.Qualifier");
    assert!(ask("prod", "$DEFAULT").get("Result").is_some());
}

#[test]
fn an_instance_is_kept_until_its_code_changes() {
    let code = "import os\nruns = 0\ndef main_handler(event, context):\n    global runs\n    runs += 1\n    return '%d %d' % (os.getpid(), runs)\n";
    let folder = Folder::new(&[("count/index.py", code)]);
    let emulator = start(&folder.0);
    let run = || {
        let result = invoke(&emulator, "count", &json!({}));
        result["RetMsg"].as_str().unwrap().trim_matches('"').to_owned()
    };
    let first = run();
    let second = run();
    assert!(first.ends_with(" 1") && second.ends_with(" 2"), "{first}, {second}");
    assert_eq!(first.split(' ').next(), second.split(' ').next());
    folder.write("count/index.py", "def main_handler(event, context):\n    return 'new'\n");
    let later = std::time::SystemTime::now() + Duration::from_secs(5);
    let file = std::fs::File::options().write(true).open(folder.0.join("count/index.py")).unwrap();
    file.set_modified(later).unwrap();
    assert_eq!(run(), "new");
}

#[test]
fn a_change_of_what_is_ignored_keeps_the_instance() {
    let code = "import os\ndef main_handler(event, context): return os.getpid()\n";
    let folder = Folder::new(&[
        ("f/index.py", code),
        ("f/.scfignore", "# what tools write\n*.log\ndist/\n"),
    ]);
    let emulator = start(&folder.0);
    let pid = || result_of(&invoke(&emulator, "f", &json!({})));
    let first = pid();
    folder.write("f/trace.log", "written");
    folder.write("f/dist/out.js", "built");
    folder.write("f/node_modules/package/index.js", "installed");
    assert_eq!(pid(), first);
    folder.write("f/data.json", "{}");
    assert_ne!(pid(), first, "any other file is code");
}

#[test]
fn a_long_log_is_cut_to_its_end() {
    let folder = Folder::new(&[(
        "chatty/index.py",
        "import sys\ndef main_handler(event, context):\n    for i in range(10000):\n        print('line', i)\n    print('to stderr', file=sys.stderr)\n    print('bye', end='')\n",
    )]);
    let emulator = start(&folder.0);
    let result = invoke(&emulator, "chatty", &json!({}));
    let log = result["Log"].as_str().unwrap();
    assert!(log.len() <= 4096 && log.len() > 4000);
    let lines: Vec<&str> = log.lines().rev().take(6).collect();
    assert!(lines[0].starts_with("Report RequestId: "));
    assert!(lines[2].starts_with("Response RequestId:"));
    assert_eq!(&lines[3..], ["bye", "to stderr", "line 9999"]);
    assert_eq!(result["RetMsg"], "null");
}

/// Each instance connects to the test, and goes on once the connection closes.
#[test]
fn instances_run_at_the_same_time_up_to_the_limit() {
    let code = "import os, socket\ndef main_handler(event, context):\n    if event.get('port'):\n        socket.create_connection(('127.0.0.1', event['port'])).recv(1)\n    return os.getpid()\n";
    let folder =
        Folder::new(&[("meet/index.py", code), ("meet/function.json", "{\"timeout\": 60}")]);
    let emulator = Emulator::builder().functions_dir(&folder.0).max_instances(3).start().unwrap();
    let meeting = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let event = json!({"port": meeting.local_addr().unwrap().port()});
    let pids = std::thread::scope(|scope| {
        let calls: Vec<_> =
            (0..3).map(|_| scope.spawn(|| invoke(&emulator, "meet", &event))).collect();
        let all_there: Vec<_> = (0..3).map(|_| meeting.accept().unwrap()).collect();
        failed(&invoke(&emulator, "meet", &json!({})), 432);
        drop(all_there);
        calls
            .into_iter()
            .map(|call| call.join().unwrap()["RetMsg"].to_string())
            .collect::<std::collections::HashSet<_>>()
    });
    assert_eq!(pids.len(), 3);
    // All three wait for more, and one of them gets it.
    let next = invoke(&emulator, "meet", &json!({}));
    assert!(pids.contains(&next["RetMsg"].to_string()));
}

#[test]
fn names_of_functions() {
    let folder = Folder::new(&[
        ("b/index.py", ""),
        ("a/bootstrap", ""),
        ("not.a.name/index.py", ""),
        ("nothing/readme", ""),
        ("file", ""),
    ]);
    let emulator =
        Emulator::builder().functions_dir(&folder.0).function("c", |_| Ok("x")).start().unwrap();
    assert_eq!(emulator.function_names(), ["a", "b", "c"]);
    let response = Tc3::new(&json!({"FunctionName": "d"})).send(&emulator);
    let message = response["Error"]["Message"].as_str().unwrap();
    assert!(message.ends_with("There are: a, b, c."), "{message}");
}
