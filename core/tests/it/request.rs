//! Requests as they go over the wire.

use crate::support;
use crate::support::{
    AWKWARD, HELLO, HOST, NOW, Parsed, authorization, emit, settings, sha256, signer,
};
use scf_invoke_core::call::Call;
use scf_invoke_core::reply::ReplyParts;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::{Action, InvocationType, LogType};
use scf_invoke_core::request::{Language, RequestError, SignedRequest, Signing};
use scf_invoke_core::sign::tc3::{Method, PayloadHash};
use serde_json::{Value, json};

#[test]
fn a_post_has_every_header_and_parameter() {
    let settings =
        settings().language(Language::EnUs).request_client("scf-test_1.0").trace_id("trace-1");
    let invocation = HELLO
        .invocation_type(InvocationType::RequestResponse)
        .qualifier("$LATEST")
        .log_type(LogType::Tail)
        .namespace("blue")
        .routing_key(r#"{"k":"v"}"#);
    let event = r#"{"name":"wörld","path":"C:\\"}"#;
    let request = Parsed::new(&emit(&settings, &invocation, event.into(), 512).unwrap());

    assert_eq!(request.line, "POST / HTTP/1.1");
    let names: Vec<_> = request.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Host",
            "Content-Type",
            "Content-Length",
            "X-TC-Action",
            "X-TC-Version",
            "X-TC-Timestamp",
            "X-TC-Region",
            "X-TC-Language",
            "X-TC-RequestClient",
            "X-TC-TraceId",
            "Authorization",
        ]
    );
    for (name, value) in [
        ("Host", HOST),
        ("Content-Type", "application/json"),
        ("Content-Length", &request.body.len().to_string()),
        ("X-TC-Action", "Invoke"),
        ("X-TC-Version", "2018-04-16"),
        ("X-TC-Timestamp", "1700000000"),
        ("X-TC-Region", "ap-guangzhou"),
        ("X-TC-Language", "en-US"),
        ("X-TC-RequestClient", "scf-test_1.0"),
        ("X-TC-TraceId", "trace-1"),
    ] {
        assert_eq!(request.field(name), Some(value), "{name}");
    }
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(
        body,
        json!({
            "FunctionName": "hello",
            "InvocationType": "RequestResponse",
            "Qualifier": "$LATEST",
            "LogType": "Tail",
            "Namespace": "blue",
            "RoutingKey": r#"{"k":"v"}"#,
            "ClientContext": event,
        })
    );
    let hash = PayloadHash::Sha256(sha256(request.body.as_bytes()));
    assert_eq!(
        request.field("Authorization").unwrap(),
        authorization(&request, Some("Invoke"), hash)
    );
}

#[test]
fn what_is_not_set_is_not_sent() {
    let request = Parsed::new(&emit(&settings(), &HELLO, Event::none(), 512).unwrap());
    assert_eq!(request.body, r#"{"FunctionName":"hello"}"#);
    let invocation = HELLO.action(Action::InvokeFunction);
    let request = Parsed::new(&emit(&settings(), &invocation, "[1]".into(), 512).unwrap());
    assert_eq!(request.body, r#"{"FunctionName":"hello","Event":"[1]"}"#);
    assert_eq!(request.field("X-TC-Action"), Some("InvokeFunction"));
}

#[test]
fn all_forms_of_tc3_are_signed_as_sent() {
    for action in [false, true] {
        for payload in [false, true] {
            for method in [Method::Post, Method::Get] {
                let settings = settings().signing(Signing::Tc3 { action, payload }).method(method);
                let event = r#"{"a b":"/+&=?#"}"#;
                let sent = emit(&settings, &HELLO, event.into(), 128).unwrap();
                let request = Parsed::new(&sent);
                let hash = if payload {
                    PayloadHash::Sha256(sha256(request.body.as_bytes()))
                } else {
                    PayloadHash::Unsigned
                };
                assert_eq!(
                    request.field("Authorization").unwrap(),
                    authorization(&request, action.then_some("Invoke"), hash)
                );
                let unsigned = request.field("X-TC-Content-SHA256");
                assert_eq!(unsigned, (!payload).then_some("UNSIGNED-PAYLOAD"));
                if method == Method::Get {
                    assert_eq!(
                        request.line,
                        "GET /?FunctionName=hello&ClientContext=\
                         %7B%22a%20b%22%3A%22%2F%2B%26%3D%3F%23%22%7D HTTP/1.1"
                    );
                    assert_eq!(request.body, "");
                    assert_eq!(request.field("Content-Length"), None);
                    assert_eq!(
                        request.field("Content-Type"),
                        Some("application/x-www-form-urlencoded")
                    );
                }
            }
        }
    }
}

#[test]
fn a_token_goes_into_its_own_header() {
    let mut signer = signer().token("temporary").unwrap();
    let settings = settings().keep_alive(false).path("/relay/scf");
    let mut buffer = [0; 256];
    let mut request =
        SignedRequest::new(&settings, &HELLO, Event::none(), &mut signer, NOW, &mut buffer)
            .unwrap();
    let mut parts = ReplyParts::new();
    let mut call = Call::new(&mut request, &mut parts, None);
    let request = Parsed::new(&support::transmitted(&mut call).unwrap());
    assert_eq!(request.field("X-TC-Token"), Some("temporary"));
    assert_eq!(request.field("Connection"), Some("close"));
    // The path is where a relay listens; what is signed stays the API's.
    assert_eq!(request.line, "POST /relay/scf HTTP/1.1");
    let hash = PayloadHash::Sha256(sha256(request.body.as_bytes()));
    assert_eq!(
        request.field("Authorization").unwrap(),
        authorization(&request, Some("Invoke"), hash)
    );
}

#[test]
fn a_buffer_that_is_too_small_names_the_size() {
    for buffer in 0..64 {
        let error = emit(&settings(), &HELLO, Event::none(), buffer).unwrap_err();
        assert_eq!(error, RequestError::Buffer { needed: 64 });
    }
}

#[test]
fn the_head_alone_is_what_the_message_begins_with() {
    for method in [Method::Post, Method::Get] {
        let settings = settings().method(method);
        let whole = emit(&settings, &HELLO, AWKWARD.into(), 4096).unwrap();
        let mut signer = signer();
        let mut buffer = [0; 100];
        let mut request =
            SignedRequest::new(&settings, &HELLO, AWKWARD.into(), &mut signer, NOW, &mut buffer)
                .unwrap();
        let mut parts = ReplyParts::new();
        let mut call = Call::new(&mut request, &mut parts, None);
        let needed = match call.head(&mut [0; 64]) {
            Err(RequestError::Buffer { needed }) => needed,
            other => panic!("{other:?}"),
        };
        assert!(call.head(&mut vec![0; needed - 1]).is_err());
        let mut out = vec![0; needed];
        let head = call.head(&mut out).unwrap();
        assert_eq!(head.as_bytes(), &whole[..needed]);
        let parsed = Parsed::new(&whole);
        assert_eq!(format!("{} {} HTTP/1.1", head.method(), head.target()), parsed.line);
        let fields: Vec<_> =
            head.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(fields, parsed.fields);
        assert_eq!(call.is_sent(), method == Method::Get);
        let mut body = Vec::new();
        loop {
            match call.body().unwrap() {
                [] => break,
                bytes => body.extend_from_slice(bytes),
            }
        }
        assert_eq!(body, parsed.body.as_bytes());
        assert!(call.is_sent());
    }
}

#[test]
fn a_name_alone_is_an_invocation() {
    let invocation = scf_invoke_core::Invocation::from("hello");
    assert_eq!(invocation.function_name(), "hello");
    assert_eq!(invocation, HELLO);
}
