//! Every parameter of both actions, and the codes of what is wrong with one.

mod support;

use scf_emulator::{Action, Credential, HttpRequest, authorize};
use serde_json::{Value, json};
use support::{NOW, Tc3};

fn code(parameters: Value) -> String {
    Tc3::new(&parameters).code()
}

fn invoke_function(parameters: &Value) -> Tc3 {
    Tc3 { action: "InvokeFunction".into(), ..Tc3::new(parameters) }
}

#[test]
fn all_parameters_of_invoke() {
    let call = Tc3::new(&json!({
        "FunctionName": "hello",
        "InvocationType": "RequestResponse",
        "Qualifier": "live",
        "ClientContext": "{\"a\":1}",
        "LogType": "Tail",
        "Namespace": "prod",
        "RoutingKey": "{\"k\":\"v\"}",
    }))
    .authorize()
    .unwrap();
    assert_eq!(call.action, Action::Invoke);
    assert_eq!(call.function_name, "hello");
    assert!(call.synchronous && call.log_tail);
    assert_eq!(call.qualifier, "live");
    assert_eq!(call.event.as_deref(), Some("{\"a\":1}"));
    assert_eq!(call.namespace, "prod");
    assert_eq!(call.routing_key.as_deref(), Some("{\"k\":\"v\"}"));
    assert_eq!(call.region, "ap-guangzhou");
}

#[test]
fn defaults_and_null() {
    let bare = Tc3::hello().authorize().unwrap();
    let nulls = Tc3::new(&json!({
        "FunctionName": "hello",
        "InvocationType": null,
        "Qualifier": null,
        "ClientContext": null,
        "LogType": null,
        "Namespace": null,
        "RoutingKey": null,
    }))
    .authorize()
    .unwrap();
    for call in [bare, nulls] {
        assert!(call.synchronous && !call.log_tail);
        assert_eq!(call.qualifier, "$LATEST");
        assert_eq!(call.namespace, "default");
        assert_eq!((call.event, call.routing_key), (None, None));
    }
    let call = invoke_function(&json!({"FunctionName": "hello", "Event": "[]", "LogType": "None"}))
        .authorize()
        .unwrap();
    assert_eq!(call.action, Action::InvokeFunction);
    assert_eq!(call.qualifier, "$DEFAULT");
    assert_eq!(call.event.as_deref(), Some("[]"));
}

#[test]
fn action_version_and_region() {
    let with = |edit: &dyn Fn(&mut Tc3)| {
        let mut request = Tc3::hello();
        edit(&mut request);
        request.code()
    };
    assert_eq!(with(&|r| r.action = "DeleteFunction".into()), "InvalidAction");
    assert_eq!(with(&|r| r.action = String::new()), "MissingParameter");
    assert_eq!(with(&|r| r.version = "2017-03-12".into()), "NoSuchVersion");
    assert_eq!(with(&|r| r.version = String::new()), "MissingParameter");
    assert_eq!(with(&|r| r.region = String::new()), "MissingParameter");
    assert_eq!(with(&|r| r.region = "Guang Zhou".into()), "UnsupportedRegion");
    // New regions are not refused.
    let new = Tc3 { region: "xx-tomorrow-2".into(), ..Tc3::hello() };
    new.authorize().unwrap();
}

#[test]
fn names() {
    assert_eq!(code(json!({})), "MissingParameter");
    assert_eq!(code(json!({"FunctionName": ""})), "MissingParameter");
    for name in ["1a", "a-", "a.b", "../a", &"a".repeat(61)] {
        assert_eq!(code(json!({"FunctionName": name})), "InvalidParameter.FunctionName");
    }
    assert_eq!(code(json!({"FunctionName": 1})), "InvalidParameter");
    assert_eq!(code(json!({"FunctionName": ["a"]})), "InvalidParameter");
}

#[test]
fn parameters_of_the_other_action() {
    assert_eq!(code(json!({"FunctionName": "a", "Event": "{}"})), "UnknownParameter");
    assert_eq!(code(json!({"FunctionName": "a", "functionName": "b"})), "UnknownParameter");
    for name in ["InvocationType", "ClientContext"] {
        let request = invoke_function(&json!({"FunctionName": "a", name: "Event"}));
        assert_eq!(request.code(), "UnknownParameter");
    }
}

#[test]
fn bodies_that_are_no_object() {
    for body in ["", "{", "[]", "\"text\"", "{\"FunctionName\":\"a\"} x", "\u{0}"] {
        let request = Tc3 { body: body.into(), ..Tc3::hello() };
        assert_eq!(request.code(), "InvalidParameterValue.Param", "{body}");
    }
    let deep =
        Tc3 { body: format!("{{\"FunctionName\":{}", "[".repeat(100_000)).into(), ..Tc3::hello() };
    assert_eq!(deep.code(), "InvalidParameterValue.Param");
}

#[test]
fn invocation_and_log_types() {
    let with = |name: &str, value: &str| code(json!({"FunctionName": "a", name: value}));
    assert_eq!(with("InvocationType", "event"), "InvalidParameterValue");
    assert_eq!(with("LogType", "All"), "InvalidParameterValue");
    let asynchronous = |log: Value| {
        Tc3::new(&json!({"FunctionName": "a", "InvocationType": "Event", "LogType": log}))
            .authorize()
    };
    assert_eq!(asynchronous("Tail".into()).unwrap_err().code, "InvalidParameterValue");
    assert!(!asynchronous(Value::Null).unwrap().synchronous);
    assert!(!asynchronous("None".into()).unwrap().synchronous);
}

#[test]
fn events() {
    for event in ["{", "nothing", "{} {}", &"[".repeat(100_000)] {
        assert_eq!(
            code(json!({"FunctionName": "a", "ClientContext": event})),
            "InvalidParameterValue.Param"
        );
        assert_eq!(
            invoke_function(&json!({"FunctionName": "a", "Event": event})).code(),
            "InvalidParameterValue.ClientContext"
        );
    }
    for event in ["null", "1", "\"text\"", "[1,2]", "{}", " {} "] {
        let call =
            Tc3::new(&json!({"FunctionName": "a", "ClientContext": event})).authorize().unwrap();
        assert_eq!(call.event.as_deref(), Some(event));
    }
}

fn text_of(size: usize) -> String {
    format!("\"{}\"", "x".repeat(size - 2))
}

#[test]
fn sizes_of_events() {
    const MB6: usize = 6 * 1024 * 1024;
    const KB128: usize = 128 * 1024;
    let invoke = |kind: &str, size: usize| {
        Tc3::new(&json!({
            "FunctionName": "a", "InvocationType": kind, "ClientContext": text_of(size),
        }))
        .authorize()
    };
    invoke("RequestResponse", MB6).unwrap();
    invoke("Event", KB128).unwrap();
    for refused in [invoke("RequestResponse", MB6 + 1), invoke("Event", KB128 + 1)] {
        assert_eq!(refused.unwrap_err().code, "RequestSizeLimitExceeded");
    }
    let function = |size: usize| {
        invoke_function(&json!({"FunctionName": "a", "Event": text_of(size)})).authorize()
    };
    function(MB6).unwrap();
    assert_eq!(function(MB6 + 1).unwrap_err().code, "InvalidParameter.RequestTooLarge");
}

#[test]
fn sizes_of_requests() {
    let mut large = Tc3::hello();
    large.body.resize(10 * 1024 * 1024 + 1, b' ');
    let error = large.authorize_signed("00").unwrap_err();
    assert_eq!(error.code, "RequestSizeLimitExceeded");

    let query = format!("FunctionName=hello&RoutingKey={}", "x".repeat(32 * 1024));
    let error = Tc3::get(&query).authorize_signed("00").unwrap_err();
    assert_eq!(error.code, "RequestSizeLimitExceeded");

    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let body = vec![b'x'; 1024 * 1024 + 1];
    let request =
        HttpRequest { method: "POST", path: "/", query: "", headers: &headers, body: &body };
    let error = authorize(&request, &[Credential::development()], NOW).unwrap_err();
    assert_eq!(error.code, "RequestSizeLimitExceeded");
}

#[test]
fn routing_keys() {
    let with = |key: &str| Tc3::new(&json!({"FunctionName": "a", "RoutingKey": key})).authorize();
    with("{}").unwrap();
    let longest = format!("{{\"k\":\"{}\"}}", "v".repeat(1024 - 8));
    assert_eq!(longest.len(), 1024);
    with(&longest).unwrap();
    let longer = format!("{{\"k\":\"{}\"}}", "v".repeat(1024 - 7));
    for (key, code) in [
        (longer.as_str(), "InvalidParameterValue"),
        ("{\"k\":1}", "InvalidParameterValue"),
        ("[]", "InvalidParameterValue"),
        ("k=v", "InvalidParameterValue.Param"),
    ] {
        assert_eq!(with(key).unwrap_err().code, code, "{key}");
    }
}

#[test]
fn methods_and_content_types() {
    for method in ["PUT", "DELETE", "OPTIONS", "HEAD", "post"] {
        let request = Tc3 { method: method.into(), ..Tc3::hello() };
        assert_eq!(request.code(), "UnsupportedProtocol");
    }
    for (kind, code) in
        [("multipart/form-data; boundary=x", "InvalidRequest"), ("text/plain", "InvalidParameter")]
    {
        let request = Tc3 { content_type: kind.into(), ..Tc3::hello() };
        assert_eq!(request.code(), code);
    }
}

#[test]
fn get_parameters() {
    let call = Tc3::get("FunctionName=hello&InvocationType=Event&ClientContext=%22a+b%22")
        .authorize()
        .unwrap();
    assert!(!call.synchronous);
    assert_eq!(call.event.as_deref(), Some("\"a b\""));
    assert_eq!(Tc3::get("FunctionName=hello&x=1").code(), "UnknownParameter");
    assert_eq!(Tc3::get("FunctionName=%ff").code(), "InvalidParameter");
    assert_eq!(Tc3::get("").code(), "MissingParameter");
}
