//! The table of cases that this relay and the one in JavaScript share.

mod support;

use scf_relay::Limits;
use serde_json::Value;
use support::{Endpoint, HELLO, Request};

fn changed(base: &Value, case: &Value) -> Request {
    let field = |name: &str| case.get(name).unwrap_or(&base[name]);
    let body = field("body").as_str().unwrap_or_default();
    let mut request = Request::with_body(body)
        .method(field("method").as_str().unwrap())
        .target(field("target").as_str().unwrap());
    request.headers.retain(|(name, _)| name == "Content-Length");
    let headers = |of: &Value| of["headers"].as_object().cloned().unwrap_or_default();
    for (name, value) in headers(base).into_iter().chain(headers(case)) {
        request = match value.as_str() {
            Some(value) => request.with(&name, value),
            None => request.without(&name),
        };
    }
    request
}

#[test]
fn the_shared_cases() {
    let table: Value = serde_json::from_str(include_str!("cases.json")).unwrap();
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, _log) = endpoint.relay(|builder| {
        let limits = Limits { rate: 10_000, ..Limits::default() };
        builder.origin("https://app.example".parse().unwrap()).limits(limits)
    });
    for case in table["cases"].as_array().unwrap() {
        let name = &case["name"];
        let expect = &case["expect"];
        let answer = changed(&table["base"], case).send(relay.addr());
        assert_eq!(u64::from(answer.status), expect["status"], "{name}: {}", answer.text());
        assert_eq!(answer.header("X-SCF-Relay"), expect["X-SCF-Relay"].as_str(), "{name}");
        assert_eq!(answer.code(), expect["code"].as_str().unwrap_or_default(), "{name}");
        for (header, value) in expect["headers"].as_object().into_iter().flatten() {
            assert_eq!(answer.header(header), value.as_str(), "{name}: {header}");
        }
    }
}
