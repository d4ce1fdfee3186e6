//! `tscf fault` against a running `tscf emulator`, its log, and its https.
#![cfg(unix)]

mod support;

use support::{Done, Server, examples, folder, http, run, scf};

const KEY: [(&str, &str); 3] = [
    ("TENCENTCLOUD_SECRET_ID", "AKIDEXAMPLE0123456789"),
    ("TENCENTCLOUD_SECRET_KEY", support::SECRET_KEY),
    ("TENCENTCLOUD_REGION", "ap-guangzhou"),
];

fn emulator(more: &[&str]) -> Server {
    let dir = examples();
    Server::start_with(&[&["emulator", dir.to_str().unwrap()], more].concat(), KEY)
}

fn tscf(emulator: &Server, arguments: &[&str]) -> Done {
    let mut command = scf(arguments);
    run(command.envs(KEY).args(["--endpoint", &emulator.url]))
}

fn invoke(emulator: &Server, name: &str) -> Done {
    tscf(emulator, &["invoke", name, "{}", "--attempts", "1"])
}

#[test]
fn the_explorer_offers_every_fault_of_the_help() {
    let help = run(&mut scf(&["fault", "--help"])).expect(0).stdout;
    let (_, list) = help.split_once("in seconds:\n").unwrap();
    let (list, _) = list.split_once("\n\n").unwrap();
    let lines = list.lines().filter_map(|line| line.strip_prefix("  "));
    let listed = lines.filter(|line| !line.starts_with(' ')).flat_map(|line| {
        let (names, _) = line.split_once("  ").unwrap_or((line, ""));
        names.split(", ").map(|name| name.split('=').next().unwrap_or_default().to_owned())
    });
    let page = include_str!("../page/js/live/faults.js");
    let (_, page) = page.split_once("const FAULTS = [").unwrap();
    let (page, _) = page.split_once("\n];").unwrap();
    let offered = page.lines().filter_map(|line| line.split('"').nth(1)).map(str::to_owned);
    let sorted = |names: Vec<String>| std::collections::BTreeSet::from_iter(names);
    assert_eq!(sorted(offered.collect()), sorted(listed.collect()));
}

#[test]
fn faults_are_armed_listed_and_taken_back_at_run_time() {
    let emulator = emulator(&[]);
    tscf(&emulator, &["fault", "throttle", "--function", "hello", "--times", "2"]).expect(0);
    tscf(&emulator, &["fault", "api=InternalError.System", "--function", "echo"]).expect(0);
    let done = invoke(&emulator, "hello").expect(4);
    assert!(done.stderr.contains("RequestLimitExceeded"), "{}", done.stderr);
    let list = tscf(&emulator, &["fault"]).expect(0);
    assert_eq!(
        list.stdout,
        "1: throttle for hello, 1 left\n2: api=InternalError.System for echo\n"
    );
    tscf(&emulator, &["fault", "--clear", "1"]).expect(0);
    invoke(&emulator, "hello").expect(0);
    invoke(&emulator, "echo").expect(4);
    tscf(&emulator, &["fault", "--clear"]).expect(0);
    invoke(&emulator, "echo").expect(0);
    assert_eq!(tscf(&emulator, &["fault"]).expect(0).stdout, "");
}

#[test]
fn faults_hit_the_url_of_a_function() {
    let emulator = emulator(&[]);
    tscf(&emulator, &["fault", "throttle", "--function", "hello", "--times", "1"]).expect(0);
    let request = "GET /_http/hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let status = || http(&emulator.url, request)["HTTP/1.1 ".len()..][..3].to_owned();
    assert_eq!([status(), status()], ["429", "200"]);
}

#[test]
fn faults_can_be_armed_from_the_start() {
    let emulator = emulator(&["--fault", "hello:throttle"]);
    invoke(&emulator, "hello").expect(4);
    invoke(&emulator, "echo").expect(0);
    let wrong = run(&mut scf(&["emulator", ".", "--fault", "hello:nothing"])).expect(2);
    assert!(wrong.stderr.contains("there are throttle"), "{}", wrong.stderr);
    let dir = examples();
    let arguments = ["emulator", dir.to_str().unwrap(), "--fault", "helo:throttle"];
    let unknown = run(&mut scf(&arguments)).expect(3);
    assert!(unknown.stderr.contains("no function \"helo\"; there are: big"), "{}", unknown.stderr);
}

#[test]
fn a_function_fails_with_any_status_and_without_a_run() {
    let emulator = emulator(&[]);
    for (status, meaning) in [("410", "balance too low"), ("429", "resource limit")] {
        let fault = format!("failure={status}");
        tscf(&emulator, &["fault", &fault, "--times", "1"]).expect(0);
        let done = invoke(&emulator, "hello").expect(1);
        assert!(done.stderr.contains(&format!("status {status} ({meaning}")), "{}", done.stderr);
    }
    let done = emulator.stop("-TERM").expect(0);
    assert!(!done.stderr.contains("greeting"), "{}", done.stderr);
}

#[test]
fn what_cannot_be_asked_is_told() {
    let emulator = emulator(&[]);
    let mut command = scf(&["fault", "--endpoint", &emulator.url]);
    command.envs(KEY).env("TENCENTCLOUD_SECRET_KEY", "another");
    let done = run(&mut command).expect(2);
    assert!(done.stderr.contains("secret id and key"), "{}", done.stderr);
    let done = run(scf(&["fault"]).envs(KEY)).expect(2);
    assert!(done.stderr.contains("--endpoint"), "{}", done.stderr);
    let unknown =
        run(scf(&["fault", "--clear", "7", "--endpoint", &emulator.url]).envs(KEY)).expect(2);
    assert!(unknown.stderr.contains("no fault 7"), "{}", unknown.stderr);
    let typo = tscf(&emulator, &["fault", "throttle", "--function", "helo"]).expect(2);
    assert!(typo.stderr.contains("no function \"helo\"; there are: big"), "{}", typo.stderr);
    // The secret key itself would go there.
    let elsewhere = ["fault", "--endpoint", "https://scf.tencentcloudapi.com"];
    let done = run(scf(&elsewhere).envs(KEY)).expect(2);
    assert!(done.stderr.contains("is not on this machine"), "{}", done.stderr);
}

#[test]
fn the_log_comes_line_by_line_as_text_or_json() {
    let emulator = emulator(&[]);
    invoke(&emulator, "hello").expect(0);
    invoke(&emulator, "nobody").expect(4);
    let done = emulator.stop("-TERM").expect(0);
    let position = |text: &str| done.stderr.find(text).unwrap_or_else(|| panic!("{}", done.stderr));
    assert!(position("hello: greeting SCF\n") < position("hello: status 200, "));
    assert!(done.stderr.contains("(request id "), "a refusal shows its id: {}", done.stderr);

    let emulator = self::emulator(&["--log", "json", "--fault", "echo:throttle"]);
    invoke(&emulator, "echo").expect(4);
    invoke(&emulator, "nobody").expect(4);
    invoke(&emulator, "hello").expect(0);
    let done = emulator.stop("-TERM").expect(0);
    let lines: Vec<serde_json::Value> =
        done.stderr.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let kinds: Vec<_> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.last(), Some(&"ran"), "{}", done.stderr);
    assert!(lines.iter().any(|line| line["kind"] == "log" && line["text"] == "greeting SCF"));
    assert_eq!(
        (&lines[0]["kind"], &lines[0]["function"], &lines[0]["code"]),
        (&"refused".into(), &"echo".into(), &"RequestLimitExceeded".into())
    );
    assert_eq!(lines[1]["code"], "ResourceNotFound.Function");
    assert_eq!(
        (&lines.last().unwrap()["function"], &lines.last().unwrap()["status"]),
        (&"hello".into(), &200.into())
    );
}

#[test]
fn https_is_served_with_a_ca_that_clients_take() {
    let ca = folder("emulator-tls").join("ca.pem");
    let ca = ca.to_str().unwrap();
    let emulator = emulator(&["--tls", ca]);
    assert!(emulator.url.starts_with("https://127.0.0.1:"), "{}", emulator.url);
    tscf(&emulator, &["invoke", "hello", "{}", "--ca-file", ca]).expect(0);
    tscf(&emulator, &["fault", "--ca-file", ca]).expect(0);
    let untrusted = tscf(&emulator, &["invoke", "hello", "{}"]).expect(5);
    assert!(untrusted.stdout.is_empty());
    let nowhere = run(&mut scf(&["emulator", ".", "--tls", "no/such/folder/ca.pem"])).expect(3);
    assert!(nowhere.stderr.contains("no/such/folder/ca.pem"), "{}", nowhere.stderr);
}

/// Members of each trigger's event, as the cloud's documentation has them.
const DOCUMENTED: [(&str, &[&str]); 9] = [
    (
        "apigw",
        &[
            "/requestContext/serviceId",
            "/requestContext/path",
            "/requestContext/httpMethod",
            "/requestContext/requestId",
            "/requestContext/identity/secretId",
            "/requestContext/sourceIp",
            "/requestContext/stage",
            "/headers/host",
            "/body",
            "/pathParameters/path",
            "/queryStringParameters",
            "/headerParameters",
            "/stageVariables/stage",
            "/path",
            "/queryString",
            "/httpMethod",
        ],
    ),
    ("timer", &["/Type", "/TriggerName", "/Time", "/Message"]),
    (
        "cos",
        &[
            "/Records/0/cos/cosSchemaVersion",
            "/Records/0/cos/cosObject/url",
            "/Records/0/cos/cosObject/meta/x-cos-request-id",
            "/Records/0/cos/cosObject/vid",
            "/Records/0/cos/cosObject/key",
            "/Records/0/cos/cosObject/size",
            "/Records/0/cos/cosBucket/region",
            "/Records/0/cos/cosBucket/name",
            "/Records/0/cos/cosBucket/appid",
            "/Records/0/cos/cosNotificationId",
            "/Records/0/event/eventName",
            "/Records/0/event/eventVersion",
            "/Records/0/event/eventTime",
            "/Records/0/event/eventSource",
            "/Records/0/event/requestParameters/requestSourceIP",
            "/Records/0/event/requestParameters/requestHeaders/Authorization",
            "/Records/0/event/eventQueue",
            "/Records/0/event/reservedInfo",
            "/Records/0/event/reqid",
        ],
    ),
    (
        "ckafka",
        &[
            "/Records/1/Ckafka/topic",
            "/Records/1/Ckafka/partition",
            "/Records/1/Ckafka/offset",
            "/Records/1/Ckafka/msgKey",
            "/Records/1/Ckafka/msgBody",
        ],
    ),
    (
        "cmq",
        &[
            "/Records/0/CMQ/type",
            "/Records/0/CMQ/topicOwner",
            "/Records/0/CMQ/topicName",
            "/Records/0/CMQ/subscriptionName",
            "/Records/0/CMQ/publishTime",
            "/Records/0/CMQ/msgId",
            "/Records/0/CMQ/requestId",
            "/Records/0/CMQ/msgBody",
            "/Records/0/CMQ/msgTag",
        ],
    ),
    ("cls", &["/clslogs/data"]),
    (
        "mps",
        &[
            "/EventType",
            "/WorkflowTaskEvent/TaskId",
            "/WorkflowTaskEvent/Status",
            "/WorkflowTaskEvent/ErrCode",
            "/WorkflowTaskEvent/InputInfo/CosInputInfo/Object",
            "/WorkflowTaskEvent/MetaData/VideoStreamSet/0/Codec",
            "/WorkflowTaskEvent/MediaProcessResultSet/0/TranscodeTask/Output/Path",
        ],
    ),
    ("clb", &["/headers/X-Real-IP", "/headers/X-Method", "/payload", "/isBase64Encoded"]),
    (
        "eventbridge",
        &[
            "/specversion",
            "/id",
            "/type",
            "/source",
            "/subject",
            "/time",
            "/region",
            "/datacontenttype",
            "/data/topic",
            "/data/msgBody",
        ],
    ),
];

#[test]
fn samples_of_every_trigger_have_the_documented_members_and_can_be_changed() {
    for (trigger, members) in DOCUMENTED {
        let done = run(&mut scf(&["event", trigger])).expect(0);
        let sample: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
        for member in members {
            assert!(sample.pointer(member).is_some(), "{trigger}: {member}");
        }
    }
    let set = ["--set", "Message=hello"];
    let done = run(scf(&["event", "timer"]).args(set)).expect(0);
    let sample: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((&sample["Type"], &sample["Message"]), (&"Timer".into(), &"hello".into()));
    let set = ["--set", "Records.0.cos.cosObject.size=5"];
    let done = run(scf(&["event", "cos"]).args(set)).expect(0);
    assert!(done.stdout.contains("\"size\": 5"), "{}", done.stdout);
    for (wrong, what) in [
        ("Records.9.cos=1", "Records is a list of 1, and has no item 9"),
        ("Records.0.cos.cosSchemaVersion.x=1", "cosSchemaVersion is no object"),
        ("Records", "give PATH=VALUE"),
    ] {
        let done = run(&mut scf(&["event", "cos", "--set", wrong])).expect(2);
        assert!(done.stderr.contains(what), "{}", done.stderr);
    }
}
