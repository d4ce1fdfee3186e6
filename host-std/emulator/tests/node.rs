//! Node.js functions: each test holds a fact of how the cloud runs them.
#![cfg(unix)]

mod support;

use serde_json::{Value, json};
use support::control::Stream;
use support::{Folder, Tc3, failed, invoke, result_of, start};

fn node(code: &str) -> Folder {
    Folder::new(&[("f/index.js", code)])
}

/// Runs `exports.main_handler` of a new function once.
fn run(code: &str, event: &Value) -> Value {
    let folder = node(code);
    invoke(&start(&folder.0), "f", event)
}

#[test]
fn done_succeed_and_fail_of_the_context_are_the_callback() {
    let code = "exports.main_handler = (event, context) => { context[event.how](...event.with); };";
    let folder = node(code);
    let emulator = start(&folder.0);
    let call = |how: &str, with: Value| invoke(&emulator, "f", &json!({"how": how, "with": with}));
    assert_eq!(result_of(&call("done", json!([null, 1]))), json!(1));
    assert_eq!(result_of(&call("succeed", json!([2]))), json!(2));
    let ret = failed(&call("fail", json!(["no"])), 430);
    assert_eq!(ret["stackTrace"], "no");
}

#[test]
fn an_answer_that_comes_before_the_work_ends_has_no_figures() {
    let code = "exports.main_handler = (event, context, callback) => { callback(null, 'early'); setTimeout(() => { console.log('late'); }, 300); };";
    let folder = node(code);
    let emulator = scf_emulator::Emulator::builder()
        .functions_dir(&folder.0)
        .default_timeout(support::LONG)
        .max_instances(1)
        .start()
        .unwrap();
    let result = invoke(&emulator, "f", &json!({}));
    assert_eq!(result["RetMsg"], "\"early\"");
    assert_eq!((&result["Log"], &result["Duration"]), (&json!(""), &json!(0.0)));
    // The instance is busy until then.
    failed(&invoke(&emulator, "f", &json!({})), 432);
}

#[test]
fn what_is_printed_after_an_early_answer_is_in_the_record() {
    let code = "exports.main_handler = (event, context, callback) => { console.log('first'); callback(null, 'early'); setTimeout(() => { console.log('late'); }, 300); };";
    let folder = node(code);
    let emulator = start(&folder.0);
    let mut stream = Stream::open(&emulator);
    assert_eq!(invoke(&emulator, "f", &json!({}))["Log"], "");
    stream.find("log", |data| data["text"].as_str().unwrap().ends_with("\tlate\n"));
    let log = &emulator.records_of("f")[0].log;
    let lines = support::lines(log);
    let lines: Vec<_> = lines.iter().map(|line| line.rsplit('\t').next().unwrap()).collect();
    assert_eq!(lines, ["first", "late"]);
}

#[test]
fn a_handler_may_not_wait_for_the_empty_event_loop() {
    let code = "exports.main_handler = (event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; setInterval(() => {}, 1000); callback(null, process.pid); };";
    let folder = node(code);
    let emulator = start(&folder.0);
    let first = invoke(&emulator, "f", &json!({}));
    assert!(first["Log"].as_str().unwrap().contains("Report RequestId: "), "{first}");
    // The process is the same, and goes on where it was stopped.
    assert_eq!(invoke(&emulator, "f", &json!({}))["RetMsg"], first["RetMsg"]);
}

#[test]
fn a_handler_that_never_calls_back_gives_null_or_what_it_returned() {
    assert_eq!(run("exports.main_handler = () => {};", &json!({}))["RetMsg"], "null");
    assert_eq!(run("exports.main_handler = () => 7;", &json!({}))["RetMsg"], "7");
}

#[test]
fn the_console_writes_time_request_id_and_text() {
    let result = run(
        "exports.main_handler = async () => { console.log('a %d', 1, { b: 2 }); };",
        &json!({}),
    );
    let id = result["FunctionRequestId"].as_str().unwrap();
    let log = result["Log"].as_str().unwrap();
    let line = log.lines().find(|line| line.ends_with("\ta 1 { b: 2 }")).unwrap();
    let mut parts = line.split('\t');
    assert!(parts.next().unwrap().ends_with('Z'), "{line}");
    assert_eq!(parts.next(), Some(id));
}

#[test]
fn the_context_has_every_key() {
    let code = "exports.main_handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() });";
    let folder = Folder::new(&[
        ("f/index.js", code),
        ("f/function.json", r#"{"environment": {"MINE": "yes"}, "memory": 256, "timeout": 50}"#),
    ]);
    let emulator = start(&folder.0);
    let result = invoke(&emulator, "f", &json!({}));
    let context = result_of(&result);
    assert_eq!(context["request_id"], result["FunctionRequestId"]);
    assert_eq!(context["memory_limit_in_mb"], 256);
    assert_eq!(context["time_limit_in_ms"], 50_000);
    assert_eq!(context["environ"], "MINE=yes;SCF_NAMESPACE=default");
    assert_eq!(context["environment"], r#"{"MINE":"yes","SCF_NAMESPACE":"default"}"#);
    assert_eq!(context["function_name"], "f");
    assert_eq!(context["function_version"], "$LATEST");
    assert_eq!(context["namespace"], "default");
    assert_eq!(context["callbackWaitsForEmptyEventLoop"], true);
    let left = context["left"].as_u64().unwrap();
    assert!((40_000..=50_000).contains(&left), "{left}");
    for key in ["tencentcloud_region", "tencentcloud_appid", "tencentcloud_uin"] {
        assert!(context[key].is_string(), "{key}");
    }
}

#[test]
fn what_is_thrown_rejected_or_never_caught_fails_with_the_users_stack() {
    for code in [
        "exports.main_handler = async function mine() { throw new TypeError('why'); };",
        "exports.main_handler = function mine() { throw new TypeError('why'); };",
        "exports.main_handler = function mine(e, c, callback) { callback(new TypeError('why')); };",
        "exports.main_handler = (e, c, callback) => { setImmediate(function mine() { throw new TypeError('why'); }); };",
        "exports.main_handler = (e, c, callback) => { (async function mine() { throw new TypeError('why'); })(); setTimeout(callback, 1000); };",
    ] {
        let ret = failed(&run(code, &json!({})), 430);
        let trace = ret["stackTrace"].as_str().unwrap();
        assert!(trace.starts_with("TypeError: why\n    at "), "{code}: {trace}");
        assert!(trace.contains("mine") && trace.contains("/index.js:1:"), "{code}: {trace}");
        assert!(!trace.contains("[eval"), "{code}: {trace}");
    }
}

#[test]
fn a_result_without_a_json_form_fails() {
    let ret = failed(&run("exports.main_handler = async () => 1n;", &json!({})), 430);
    assert!(ret["stackTrace"].as_str().unwrap().contains("BigInt"));
}

#[test]
fn modules_of_both_kinds_and_packages_beside_the_code_or_above() {
    let folder = Folder::new(&[
        ("node_modules/above/index.js", "module.exports = 'above';"),
        (
            "es/index.mjs",
            "import above from 'above'; import { beside } from './beside.mjs'; export const main_handler = async () => [above, beside];",
        ),
        ("es/beside.mjs", "export const beside = 'beside';"),
        ("typed/package.json", r#"{"type": "module"}"#),
        ("typed/index.js", "export async function main_handler() { return import.meta.url; }"),
        (
            "common/index.js",
            "exports.main_handler = async () => [require('above'), require('own')];",
        ),
        ("common/node_modules/own/index.js", "module.exports = 'own';"),
    ]);
    let emulator = start(&folder.0);
    assert_eq!(result_of(&invoke(&emulator, "es", &json!({}))), json!(["above", "beside"]));
    let url = result_of(&invoke(&emulator, "typed", &json!({})));
    assert!(url.as_str().unwrap().ends_with("/index.js"), "{url}");
    assert_eq!(result_of(&invoke(&emulator, "common", &json!({}))), json!(["above", "own"]));
}

#[test]
fn a_handler_anywhere_and_one_that_is_missing() {
    let folder = Folder::new(&[
        (
            "deep/src/app.js",
            "const { name } = require('./sibling'); exports.run = async () => name;",
        ),
        ("deep/src/sibling.js", "exports.name = 'sibling';"),
        ("deep/function.json", r#"{"handler": "src/app.run", "runtime": "Nodejs18.15"}"#),
        ("nofile/other.js", ""),
        ("nofile/function.json", r#"{"runtime": "Nodejs18.15"}"#),
        ("nofunction/index.js", "exports.other = 1;"),
    ]);
    let emulator = start(&folder.0);
    assert_eq!(result_of(&invoke(&emulator, "deep", &json!({}))), json!("sibling"));
    let ret = failed(&invoke(&emulator, "nofile", &json!({})), 437);
    assert!(ret["errorMessage"].as_str().unwrap().contains("there is no index.js"), "{ret}");
    let ret = failed(&invoke(&emulator, "nofunction", &json!({})), 437);
    assert!(ret["errorMessage"].as_str().unwrap().contains("main_handler"), "{ret}");
}

#[test]
fn a_package_that_is_not_installed_is_told_with_the_command() {
    let folder = Folder::new(&[
        ("f/index.js", "require('express');"),
        ("f/package.json", r#"{"dependencies": {"express": "^5"}}"#),
    ]);
    let ret = failed(&invoke(&start(&folder.0), "f", &json!({})), 430);
    let trace = ret["stackTrace"].as_str().unwrap();
    let command = format!("npm install --prefix {}", folder.0.join("f").display());
    assert!(trace.contains(&command), "{trace}");
}

#[test]
fn an_interpreter_that_is_not_there_is_named() {
    let folder = Folder::new(&[
        ("f/index.js", ""),
        ("f/function.json", r#"{"interpreter": "node-of-tomorrow"}"#),
    ]);
    let response = Tc3::new(&json!({"FunctionName": "f"})).send(&start(&folder.0));
    let message = response["Error"]["Message"].as_str().unwrap();
    assert!(message.contains("node-of-tomorrow was not found; install Node.js"), "{message}");
    assert!(message.contains("did not run"), "{message}");
}
