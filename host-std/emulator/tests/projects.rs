//! Functions where people have them, and with the settings that they have.
#![cfg(unix)]

mod support;

use std::time::{Duration, SystemTime};

use scf_emulator::Emulator;
use serde_json::{Value, json};
use support::control::{Stream, control};
use support::{Folder, Tc3, failed, invoke, raw, result_of, start};

/// Answers what the function sees of itself.
const LOOK: &str = "import os\ndef main_handler(event, context):\n    return {'context': context, 'env': dict(os.environ), 'event': event}\n";

fn error_of(emulator: &Emulator, name: &str) -> String {
    let response = Tc3::new(&json!({"FunctionName": name})).send(emulator);
    response["Error"]["Message"].as_str().unwrap_or_else(|| panic!("{response}")).to_owned()
}

fn get(emulator: &Emulator, path: &str) -> support::Answer {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", emulator.addr());
    raw(emulator.addr(), request.as_bytes())
}

#[test]
fn a_folder_with_a_serverless_yml_is_one_function() {
    let folder = Folder::new(&[
        (
            "serverless.yml",
            "component: scf\nname: x\ninputs:\n  name: greeter\n  src: ./src\n  handler: index.main_handler\n  runtime: Python3.6\n  memorySize: 256\n  timeout: 20\n  environment:\n    variables:\n      MINE: yes\n",
        ),
        ("src/index.py", LOOK),
        ("src/.env", "OTHER='from the file'\nTENCENTCLOUD_SECRET_ID=deployment\n"),
    ]);
    let emulator = start(&folder.0);
    assert_eq!(emulator.function_names(), ["greeter"]);
    let seen = result_of(&invoke(&emulator, "greeter", &json!({})));
    assert_eq!(seen["context"]["memory_limit_in_mb"], 256);
    assert_eq!(seen["context"]["time_limit_in_ms"], 20_000);
    assert_eq!(seen["env"]["MINE"], "yes");
    assert_eq!(seen["env"]["OTHER"], "from the file");
    assert_eq!(seen["env"]["SCF_RUNTIME"], "Python3.6");
    assert!(seen["env"].get("TENCENTCLOUD_SECRET_ID").is_none());
}

#[test]
fn a_template_yaml_names_its_functions() {
    let folder = Folder::new(&[
        (
            "template.yaml",
            "Resources:\n  prod:\n    Type: TencentCloud::Serverless::Namespace\n    one:\n      Type: TencentCloud::Serverless::Function\n      Properties:\n        CodeUri: ./code\n        Handler: index.main_handler\n        Runtime: Python3.6\n        Timeout: 9\n",
        ),
        ("code/index.py", LOOK),
    ]);
    let emulator = start(&folder.0);
    assert!(emulator.function_names().contains(&"one".to_owned()));
    let response = Tc3::new(&json!({"FunctionName": "one", "Namespace": "prod"})).send(&emulator);
    let seen = result_of(&response["Result"]);
    assert_eq!(seen["context"]["namespace"], "prod");
    assert_eq!(seen["context"]["time_limit_in_ms"], 9000);
}

#[test]
fn a_named_handler_that_is_missing_gives_way_to_the_index() {
    let folder = Folder::new(&[
        (
            "f/serverless.yml",
            "inputs:\n  src: ./\n  handler: api_service.main_handler\n  runtime: Python3.6\n",
        ),
        ("f/index.py", "def main_handler(event, context):\n    return 'index'\n"),
    ]);
    let result = invoke(&start(&folder.0), "f", &json!({}));
    assert_eq!(result_of(&result), json!("index"));
    let note = "api_service.main_handler is not there; index.main_handler runs";
    assert!(result["Log"].as_str().unwrap().contains(note), "{result}");
}

#[test]
fn a_function_in_its_own_folder_is_served_under_the_folders_name() {
    let folder =
        Folder::new(&[("my.own function/index.js", "exports.main_handler = async () => 1;")]);
    let emulator = start(folder.0.join("my.own function"));
    assert_eq!(emulator.function_names(), ["my-own-function"]);
    assert_eq!(result_of(&invoke(&emulator, "my-own-function", &json!({}))), json!(1));
    // Beside others it has no name that a call could have.
    let emulator = start(&folder.0);
    assert_eq!(emulator.function_names(), Vec::<String>::new());
    assert_eq!(emulator.skipped_folders()[0].0, "my.own function");
}

#[test]
fn versions_aliases_and_routing_keys() {
    let folder = Folder::new(&[
        (
            "f/index.py",
            "def main_handler(event, context):\n    return context['function_version']\n",
        ),
        (
            "f/function.json",
            r#"{"qualifiers": ["7"], "aliases": {"live": "3", "half": {"1": 0.5, "2": 0.5}}}"#,
        ),
    ]);
    let emulator = start(&folder.0);
    let version = |qualifier: &str, key: Option<&str>| {
        let mut parameters = json!({"FunctionName": "f", "Qualifier": qualifier});
        if let Some(key) = key {
            parameters["RoutingKey"] = json!({"user": key}).to_string().into();
        }
        result_of(&Tc3::new(&parameters).send(&emulator)["Result"])
    };
    assert_eq!(version("$LATEST", None), "$LATEST");
    assert_eq!(version("7", None), "7");
    assert_eq!(version("live", None), "3");
    let steered: Vec<Value> =
        ["a", "b", "c", "d", "e", "f", "g", "h"].map(|key| version("half", Some(key))).into();
    assert!(steered.contains(&json!("1")) && steered.contains(&json!("2")), "{steered:?}");
    assert_eq!(version("half", Some("a")), steered[0]);
}

#[test]
fn layers_are_on_the_paths() {
    let folder = Folder::new(&[
        (
            "f/index.py",
            "import shared, other\ndef main_handler(event, context):\n    return [shared.VALUE, other.VALUE]\n",
        ),
        ("f/function.json", r#"{"layers": ["../one", "../two"]}"#),
        ("one/shared.py", "VALUE = 'one'\n"),
        ("two/other.py", "VALUE = 'two'\n"),
    ]);
    assert_eq!(result_of(&invoke(&start(&folder.0), "f", &json!({}))), json!(["one", "two"]));
}

#[test]
fn the_layers_of_a_serverless_yml_are_folders_from_its_own_or_told() {
    let folder = Folder::new(&[
        (
            "f/serverless.yml",
            "base: &base\n  handler: index.main_handler\n  timeout: 9\ninputs:\n  <<: *base\n  src: ./src\n  layers:\n    - ./one\n    - src: ../two\n    - name: pandas\n      version: 3\n",
        ),
        (
            "f/src/index.py",
            "import shared, other\ndef main_handler(event, context):\n    return [shared.VALUE, other.VALUE, context['time_limit_in_ms']]\n",
        ),
        ("f/one/shared.py", "VALUE = 'one'\n"),
        ("two/other.py", "VALUE = 'two'\n"),
        ("gone/serverless.yml", "inputs:\n  src: ./\n  layers: [./layer]\n"),
        ("gone/index.py", LOOK),
    ]);
    let emulator = start(&folder.0);
    let result = invoke(&emulator, "f", &json!({}));
    assert_eq!(result_of(&result), json!(["one", "two", 9000]));
    let log = result["Log"].as_str().unwrap();
    assert_eq!(log.matches("layers").count(), 2, "{log}");
    assert!(log.contains("f/serverless.yml: layers: the layer pandas is in the cloud"), "{log}");
    let message = error_of(&emulator, "gone");
    assert!(message.contains("gone/serverless.yml: layers: "), "{message}");
    assert!(message.contains("gone/./layer is no folder"), "{message}");
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_its_name_and_the_rest_goes_on() {
    let folder = Folder::new(&[
        ("good/index.py", LOOK),
        ("yaml/serverless.yml", "inputs: [\n"),
        ("yaml/index.py", LOOK),
        ("none/serverless.yml", "component: scf\n"),
        ("where/serverless.yml", "inputs:\n  src: ./gone\n"),
        ("php/function.json", r#"{"runtime": "Php7"}"#),
        ("cron/function.json", r#"{"timers": [{"cron": "* * *"}]}"#),
        ("cron/index.py", LOOK),
        ("reserved/function.json", r#"{"environment": {"SCF_X": "1"}}"#),
        ("digit/function.json", r#"{"environment": {"1_X": "1"}}"#),
        ("quote/.env", "A=1\nB=\"secret\n"),
        ("quote/index.py", LOOK),
        ("empty/function.json", "{}"),
    ]);
    std::process::Command::new("mkfifo").arg(folder.0.join("good/../pipe")).status().unwrap();
    std::fs::create_dir(folder.0.join("fifo")).unwrap();
    std::fs::rename(folder.0.join("pipe"), folder.0.join("fifo/function.json")).unwrap();
    let emulator = start(&folder.0);
    for (name, words) in [
        ("yaml", "yaml/serverless.yml: "),
        ("none", "it has no inputs"),
        ("where", "where/./gone cannot be read"),
        ("php", "the runtime \"Php7\" is not run here"),
        ("cron", "cron/function.json: timers: the cron expression \"* * *\" has 3 fields"),
        ("reserved", "\"SCF_X\" is reserved"),
        ("digit", "\"1_X\" must begin with a letter"),
        ("quote", "quote/.env: line 2 is not NAME=VALUE"),
        ("empty", "has neither an executable bootstrap nor a handler's file"),
        ("fifo", "fifo/function.json: it is not a regular file"),
    ] {
        let message = error_of(&emulator, name);
        assert!(message.contains(words) && message.contains("did not run"), "{name}: {message}");
        assert!(!message.contains("secret"), "{message}");
        // The start lists it too.
        let unable = emulator.unable_functions();
        let (_, reason) = unable.iter().find(|(unable, _)| unable == name).unwrap();
        assert!(reason.contains(words) && !reason.contains("did not run"), "{name}: {reason}");
    }
    result_of(&invoke(&emulator, "good", &json!({})));
}

#[test]
fn any_file_in_the_folder_counts_and_a_running_call_ends_on_the_old_code() {
    let code = "import json, os, socket\nTEXT = open(os.environ['USER_CODE_ROOT'] + 'deep/data.txt').read()\ndef main_handler(event, context):\n    if event:\n        socket.create_connection(('127.0.0.1', event)).recv(1)\n    return TEXT\n";
    let folder = Folder::new(&[("f/index.py", code), ("f/deep/data.txt", "old")]);
    let emulator = start(&folder.0);
    let test = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = json!(test.local_addr().unwrap().port());
    std::thread::scope(|scope| {
        let running = scope.spawn(|| result_of(&invoke(&emulator, "f", &port)));
        let held = test.accept().unwrap();
        folder.write("f/deep/data.txt", "new");
        assert_eq!(result_of(&invoke(&emulator, "f", &json!(0))), json!("new"));
        drop(held);
        assert_eq!(running.join().unwrap(), json!("old"));
    });
    assert_eq!(result_of(&invoke(&emulator, "f", &json!(0))), json!("new"));
}

#[test]
fn a_timer_fires_an_event_and_tells_its_source() {
    let code = "import json, os, socket\ndef main_handler(event, context):\n    with socket.create_connection(('127.0.0.1', int(os.environ['PORT']))) as test:\n        test.sendall(json.dumps([event, os.environ.get('TRIGGER_SRC')]).encode())\n";
    let test = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let config = json!({
        "environment": {"PORT": test.local_addr().unwrap().port().to_string()},
        "timers": [
            {"name": "tick", "cron": "* * * * * * *", "message": "hi"},
            {"name": "off", "cron": "* * * * * * *", "enabled": false},
        ],
    });
    let folder = Folder::new(&[("f/index.py", code), ("f/function.json", &config.to_string())]);
    let emulator = start(&folder.0);
    let next = emulator.timers();
    assert_eq!((next.len(), next[0].timer_name.as_str()), (1, "tick"));
    assert!(next[0].time <= SystemTime::now() + Duration::from_secs(1));
    let seen: Value = serde_json::from_reader(test.accept().unwrap().0).unwrap();
    assert_eq!(seen[0]["Type"], "Timer");
    assert_eq!(seen[0]["TriggerName"], "tick");
    assert_eq!(seen[0]["Message"], "hi");
    assert_eq!(seen[1], "timer");
}

#[test]
fn an_event_of_a_timer_that_runs_again_tells_its_source_again() {
    let code =
        "import os\ndef main_handler(event, context):\n    return os.environ.get('TRIGGER_SRC')\n";
    let config = r#"{"timers": [{"name": "tick", "cron": "* * * * * * *"}]}"#;
    let folder = Folder::new(&[("f/index.py", code), ("f/function.json", config)]);
    let emulator = start(&folder.0);
    let mut stream = Stream::open(&emulator);
    let fired = stream.find("invocation", |data| data["state"] == "succeeded");
    assert_eq!(fired["trigger"], "timer");
    let id = fired["requestId"].as_str().unwrap();
    let again = control(&emulator, "POST", &format!("invocations/{id}/again"), "");
    let again = stream.find("invocation", |data| {
        data["requestId"] == again["requestId"] && data["state"] == "succeeded"
    });
    let id = again["requestId"].as_str().unwrap();
    let shown = control(&emulator, "GET", &format!("invocations/{id}"), "");
    assert_eq!((&shown["resultText"], &shown["trigger"]), (&json!("\"timer\""), &json!("timer")));
}

#[test]
fn an_event_function_answers_http() {
    let code = "import base64\ndef main_handler(event, context):\n    if event['path'] == '/raise':\n        raise ValueError('no')\n    if event['path'] == '/plain':\n        return 'plain'\n    if event['path'] == '/bytes':\n        return {'statusCode': 200, 'isBase64Encoded': True, 'body': base64.b64encode(b'\\xff\\x00').decode(), 'headers': {'Content-Type': 'image/x'}}\n    return {'statusCode': 201, 'headers': {'Content-Type': 'text/html', 'X-Mine': 'yes'}, 'body': '%s %s %s' % (event['httpMethod'], event['path'], event['queryString'])}\n";
    let folder = Folder::new(&[("f/index.py", code)]);
    let emulator = start(&folder.0);
    let answer = get(&emulator, "/_http/f/a/b?x=1&y=%C3%A9");
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("content-type"), Some("text/html"));
    assert_eq!(answer.header("x-mine"), Some("yes"));
    assert_eq!(answer.text(), "GET /a/b {'x': '1', 'y': 'é'}");
    let answer = get(&emulator, "/_http/f/?a=1&a=2&b&c=");
    assert_eq!(answer.text(), "GET / {'a': ['1', '2'], 'b': True, 'c': ''}");
    let answer = get(&emulator, "/_http/f/bytes");
    assert_eq!(
        (answer.body.as_slice(), answer.header("content-type")),
        (&b"\xff\x00"[..], Some("image/x"))
    );
    assert_eq!(get(&emulator, "/_http/f/plain").text(), "\"plain\"");
    let answer = get(&emulator, "/_http/f/raise");
    assert_eq!((answer.status, &answer.json()["statusCode"]), (502, &json!(430)));
    assert_eq!(get(&emulator, "/_http/nobody").status, 404);
    // By a name of its own too.
    let request =
        "POST /c HTTP/1.1\r\nHost: f.localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";
    assert_eq!(raw(emulator.addr(), request.as_bytes()).text(), "POST /c {}");
}

#[test]
fn a_body_that_makes_an_event_of_more_than_6_mb_is_status_406() {
    let folder = Folder::new(&[("f/index.py", LOOK)]);
    let emulator = start(&folder.0);
    let length = 6 * 1024 * 1024;
    let mut request = format!(
        "POST /_http/f HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    .into_bytes();
    request.extend(std::iter::repeat_n(b'x', length));
    let answer = raw(emulator.addr(), &request);
    assert_eq!((answer.status, &answer.json()["statusCode"]), (502, &json!(406)));
}

#[cfg(target_os = "linux")]
#[test]
fn an_instance_that_waits_for_long_ends() {
    let folder = Folder::new(&[(
        "f/index.py",
        "import os\ndef main_handler(event, context):\n    return os.getpid()\n",
    )]);
    let emulator = Emulator::builder()
        .functions_dir(&folder.0)
        .default_timeout(support::LONG)
        .idle_expiry(Duration::from_millis(50))
        .start()
        .unwrap();
    let first = result_of(&invoke(&emulator, "f", &json!({})));
    while std::path::Path::new(&format!("/proc/{first}")).exists() {
        std::thread::yield_now();
    }
    assert_ne!(result_of(&invoke(&emulator, "f", &json!({}))), first);
}

#[test]
fn concurrency_of_a_function_bounds_its_instances() {
    let code = "import socket\ndef main_handler(event, context):\n    socket.create_connection(('127.0.0.1', event)).recv(1)\n";
    let folder = Folder::new(&[("f/index.py", code), ("f/function.json", r#"{"concurrency": 1}"#)]);
    let emulator = start(&folder.0);
    let test = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = json!(test.local_addr().unwrap().port());
    std::thread::scope(|scope| {
        let running = scope.spawn(|| invoke(&emulator, "f", &port));
        let held = test.accept().unwrap();
        failed(&invoke(&emulator, "f", &port), 432);
        drop(held);
        result_of(&running.join().unwrap());
    });
}

#[test]
fn a_handler_that_is_a_link_out_of_its_folder_is_noted() {
    let folder = Folder::new(&[("outside.py", LOOK), ("f/readme", "")]);
    std::os::unix::fs::symlink("../outside.py", folder.0.join("f/index.py")).unwrap();
    let result = invoke(&start(&folder.0), "f", &json!({}));
    let log = result["Log"].as_str().unwrap();
    assert!(log.contains("f/index.py is a link to ") && log.contains("copy it"), "{log}");
}

#[test]
fn a_folder_that_is_empty_or_gone_is_told() {
    let folder = Folder::new(&[("readme", "")]);
    let emulator = start(&folder.0);
    assert!(error_of(&emulator, "f").ends_with("There are none."));
    std::fs::remove_dir_all(&folder.0).unwrap();
    assert!(error_of(&emulator, "f").ends_with("is not there any more."));
}
