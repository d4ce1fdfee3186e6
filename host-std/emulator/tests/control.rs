//! The control interface, and what is recorded of requests.

mod support;

use base64::Engine;
use scf_emulator::{Emulator, Fault, RecordState};
use serde_json::{Value, json};
use support::Tc3;
use support::control::{authorization, control, request};

fn emulator() -> Emulator {
    Emulator::builder()
        .function("hello", |event| {
            event.log("greeting");
            Ok(event.json())
        })
        .function("other", |_| Ok("other"))
        .start()
        .unwrap()
}

#[test]
fn it_takes_the_emulators_key_and_nothing_else() {
    let emulator = emulator();
    let wrong = base64::engine::general_purpose::STANDARD.encode("AKIDEMULATOR:wrong");
    for more in ["".to_owned(), format!("Authorization: Basic {wrong}\r\n")] {
        for path in ["", "functions", "invocations", "stream", "faults"] {
            let answer = request(&emulator, "GET", path, &more, "");
            assert_eq!(answer.status, 401, "{path}");
            assert!(answer.header("www-authenticate").unwrap().starts_with("Basic "));
        }
    }
    let page = format!("{}Origin: https://evil.example\r\n", authorization(&emulator));
    assert_eq!(request(&emulator, "GET", "functions", &page, "").status, 403);
    assert_eq!(control(&emulator, "GET", "", "")["functions"], json!(["hello", "other"]));
}

#[test]
fn invocations_are_listed_shown_and_run_again() {
    let emulator = emulator();
    let mut call = Tc3::new(&json!({"FunctionName": "hello", "ClientContext": "{\"n\":1}"}));
    call.extra.push(("X-TC-TraceId".into(), "trace-1".into()));
    let response = call.send(&emulator);
    Tc3::new(&json!({"FunctionName": "other"})).send(&emulator);
    Tc3 { secret_key: "wrong".into(), ..Tc3::hello() }.send(&emulator);

    let list = control(&emulator, "GET", "invocations", "");
    let states: Vec<_> =
        list["invocations"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["answered", "succeeded", "succeeded"]);
    let list = control(&emulator, "GET", "invocations?function=hello", "");
    assert_eq!(list["invocations"].as_array().unwrap().len(), 1);
    let id = response["RequestId"].as_str().unwrap();
    let shown = control(&emulator, "GET", &format!("invocations/{id}"), "");
    assert_eq!((&shown["event"], &shown["traceId"]), (&json!("{\"n\":1}"), &json!("trace-1")));
    assert!(shown["log"].as_str().unwrap().contains("greeting\n"), "{shown}");
    let redacted = shown["headers"].to_string();
    assert!(redacted.contains("Signature=…"), "{redacted}");

    let again = control(&emulator, "POST", &format!("invocations/{id}/again"), "");
    emulator.wait_for_events();
    let ran = emulator.records_of("hello");
    assert_eq!(ran.len(), 2);
    assert_eq!(ran[1].request_id, again["requestId"].as_str().unwrap());
    assert_eq!((ran[1].state, &ran[1].event), (RecordState::Succeeded, &ran[0].event));
    let missing = request(&emulator, "GET", "invocations/x", &authorization(&emulator), "");
    assert_eq!(missing.status, 404);
}

#[test]
fn faults_are_armed_listed_and_taken_back() {
    let emulator = emulator();
    let hello = Tc3::hello();
    let body = r#"{"fault":"throttle","function":"hello","times":2}"#;
    let armed = control(&emulator, "POST", "faults", body);
    let other = Tc3::new(&json!({"FunctionName": "other"}));
    assert!(other.send(&emulator).get("Error").is_none(), "it waits for hello alone");
    control(&emulator, "POST", "faults", r#"{"fault":"status=503","function":"other"}"#);
    assert_eq!(hello.send(&emulator)["Error"]["Code"], "RequestLimitExceeded");
    let faults = control(&emulator, "GET", "faults", "");
    assert_eq!(
        (&faults["faults"][0]["left"], &faults["faults"][1]["left"]),
        (&json!(1), &Value::Null)
    );
    control(&emulator, "DELETE", &format!("faults/{}", armed["id"]), "");
    assert!(hello.send(&emulator).get("Error").is_none());
    control(&emulator, "DELETE", "faults", "");
    assert!(emulator.armed().is_empty());
    for wrong in [
        "",
        "{}",
        r#"{"fault":"nothing"}"#,
        r#"{"fault":"cut","times":0}"#,
        r#"{"fault":"cut","function":"nobody"}"#,
    ] {
        let answer = request(&emulator, "POST", "faults", &authorization(&emulator), wrong);
        assert_eq!(answer.status, 400, "{wrong}");
    }
}

#[test]
fn requests_that_a_fault_ends_are_recorded_with_their_event() {
    let emulator = emulator();
    for fault in
        [Fault::CloseBeforeRun, Fault::CloseAfterRun, Fault::HttpStatus(502), Fault::rate_limited()]
    {
        emulator.clear_records();
        emulator.inject_into("hello", fault.clone());
        Tc3::new(&json!({"FunctionName": "hello", "ClientContext": "7"})).exchange(&emulator);
        let [record] = &*emulator.records() else { panic!("one request") };
        assert_eq!((record.event.as_deref(), record.fault.as_ref()), (Some("7"), Some(&fault)));
        assert_eq!(record.region.as_deref(), Some("ap-guangzhou"));
    }
}

#[test]
fn tests_that_share_an_emulator_take_no_fault_of_each_other() {
    let emulator = emulator();
    emulator.inject_into("hello", Fault::HttpStatus(500));
    let other = Tc3::new(&json!({"FunctionName": "other"}));
    assert_eq!(other.exchange(&emulator).status, 200);
    assert_eq!(Tc3::hello().exchange(&emulator).status, 500);
    assert_eq!(Tc3::hello().exchange(&emulator).status, 200);
}

#[test]
fn a_clock_can_be_wrong_for_one_function() {
    let emulator = emulator();
    emulator.inject_into("hello", Fault::WrongClock(86_400));
    let other = Tc3::new(&json!({"FunctionName": "other"}));
    assert!(other.send(&emulator).get("Error").is_none());
    assert_eq!(Tc3::hello().send(&emulator)["Error"]["Code"], "AuthFailure.SignatureExpire");
    assert!(Tc3::hello().send(&emulator).get("Error").is_none());
}
