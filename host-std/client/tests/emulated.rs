//! The client against the emulator, which verifies what it sends.

mod support;

use scf_emulator::{Emulator, Fault, FunctionError};
use scf_invoke::scf_invoke_core::sign::day_key::DayKey;
use scf_invoke::scf_invoke_core::wire::time::Day;
use scf_invoke::{
    Action, Client, Credentials, Delivery, Error, Invocation, LogType, Method, Query, Retry,
    RetryPolicy, Signing,
};

fn emulator() -> Emulator {
    Emulator::builder()
        .function("echo", |event| Ok(event.json()))
        .function("fail", |event| {
            event.log("about to fail");
            Err::<String, _>(FunctionError::new("as asked\u{1b}"))
        })
        .function("long", |_| Ok("é".repeat(2_500_000)))
        .start()
        .unwrap()
}

fn builder(emulator: &Emulator) -> scf_invoke::ClientBuilder {
    let credential = emulator.credential();
    let credentials =
        Credentials::new(credential.secret_id(), credential.secret_key(), None).unwrap();
    support::builder(&emulator.url()).credentials(credentials)
}

fn client(emulator: &Emulator) -> Client {
    builder(emulator).build().unwrap()
}

#[test]
fn a_function_runs_in_every_form_of_request() {
    let emulator = emulator();
    let event = r#"{"text":"é\n\"\\ \ud83d\ude00","list":[1,2,{}]}"#;
    let parsed: serde_json::Value = serde_json::from_str(event).unwrap();
    let mut forms = vec![];
    for method in [Method::Post, Method::Get] {
        for (action, payload) in [(true, true), (false, true), (true, false)] {
            forms.push((method, Signing::Tc3 { action, payload }));
        }
        #[cfg(feature = "v1")]
        for algorithm in [
            scf_invoke::scf_invoke_core::sign::v1::Algorithm::HmacSha1,
            scf_invoke::scf_invoke_core::sign::v1::Algorithm::HmacSha256,
        ] {
            forms.push((method, Signing::V1 { algorithm, nonce: 0 }));
        }
    }
    for (method, signing) in forms {
        let client = builder(&emulator).method(method).signing(signing).build().unwrap();
        for action in [Action::Invoke, Action::InvokeFunction] {
            let reply =
                client.call(Invocation::new("echo").action(action)).event(event).send().unwrap();
            let echoed: serde_json::Value = serde_json::from_str(reply.result_text()).unwrap();
            assert_eq!(echoed, parsed, "{method:?} {signing:?}");
            assert!(!reply.request_id().is_empty());
            assert!(!reply.function_request_id().is_empty());
            assert!(reply.duration().is_some() && reply.billed_duration().is_some());
        }
    }
}

#[test]
fn a_question_runs_nothing_and_gives_the_response_as_it_is() {
    let emulator = emulator();
    let client = client(&emulator);
    let functions = client.query(Query::ListFunctions, r#"{"Limit":10}"#).unwrap();
    let functions: serde_json::Value = serde_json::from_str(&functions).unwrap();
    assert_eq!(functions["Response"]["TotalCount"], 3);
    let absent = client.query(Query::GetFunction, r#"{"FunctionName":"nosuch"}"#).unwrap();
    assert!(absent.contains(r#""Code":"ResourceNotFound.Function""#), "{absent}");
}

#[test]
fn an_event_may_be_none_or_large() {
    let emulator = emulator();
    let client = client(&emulator);
    client.call("echo").send().unwrap();
    let event = format!("\"{}\"", "é".repeat((6 << 20) / 2 - 1));
    assert_eq!(event.len(), 6 << 20);
    let error = client.invoke("echo", format!("{event} ").as_str()).unwrap_err();
    assert!(matches!(error, Error::Request(_)), "{error:?}");
    let reply = client.invoke("long", event.as_str()).unwrap();
    assert_eq!(reply.result_text().chars().filter(|&c| c == 'é').count(), 2_500_000);
    let accepted = client.call("echo").event("{}").queue().unwrap();
    assert!(!accepted.function_request_id().is_empty());
}

#[test]
fn a_failure_of_the_function_is_an_error_with_all_that_is_known() {
    let emulator = emulator();
    let invocation = Invocation::new("fail").log_type(LogType::Tail);
    let error = client(&emulator).call(invocation).event("{}").send().unwrap_err();
    assert_eq!(error.delivery(), Delivery::Executed);
    assert!(error.request_id().is_some());
    assert!(!error.to_string().contains('\u{1b}'));
    let Error::Function(error) = error else { panic!("{error:?}") };
    assert_eq!(error.status_code(), Some(430));
    assert_eq!(error.status_meaning(), Some("user code raised an exception"));
    assert!(error.log().unwrap().contains("about to fail"));
    assert!(error.result_text().contains("as asked"));

    let mut written = vec![];
    let again = client(&emulator).call(invocation).event("{}").send_to(&mut written).unwrap_err();
    let Error::Function(again) = again else { panic!("{again:?}") };
    assert_eq!(again.status_code(), Some(430));
    assert!(!written.is_empty());
}

#[test]
fn a_wrong_clock_is_corrected_once_and_remembered() {
    let emulator = emulator();
    let client = client(&emulator);
    for offset in [80_000, -80_000, 0] {
        emulator.set_clock_offset_secs(offset);
        for _ in 0..2 {
            assert_eq!(client.invoke("echo", "1").unwrap().result_text(), "1", "{offset}");
        }
    }
}

#[test]
fn a_clock_is_not_corrected_by_more_than_a_day() {
    let emulator = emulator();
    emulator.set_clock_offset_secs(100_000);
    let client = client(&emulator);
    for _ in 0..2 {
        let error = client.invoke("echo", "1").unwrap_err();
        assert_eq!(
            (error.delivery(), error.retry()),
            (Delivery::Refused, Retry::AfterClockCorrection)
        );
    }
}

#[test]
fn without_retries_a_clock_is_corrected_for_the_next_call() {
    let emulator = emulator();
    emulator.set_clock_offset_secs(1000);
    let client = builder(&emulator).retry(RetryPolicy::NONE).build().unwrap();
    let error = client.invoke("echo", "1").unwrap_err();
    assert_eq!((error.delivery(), error.retry()), (Delivery::Refused, Retry::AfterClockCorrection));
    assert_eq!(emulator.records().len(), 1);
    assert_eq!(client.invoke("echo", "1").unwrap().result_text(), "1");
}

#[test]
fn the_rate_limit_is_waited_for() {
    let emulator = emulator();
    emulator.inject_times(2, &Fault::rate_limited());
    assert_eq!(client(&emulator).invoke("echo", "1").unwrap().result_text(), "1");

    emulator.inject_times(3, &Fault::rate_limited());
    let error = client(&emulator).invoke("echo", "1").unwrap_err();
    assert_eq!(error.delivery(), Delivery::Refused, "{error}");
}

#[test]
fn an_answer_lost_on_its_way_leaves_the_run_unknown() {
    let emulator = emulator();
    let client = client(&emulator);
    for fault in [Fault::CloseBeforeRun, Fault::CloseAfterRun, Fault::CutResponse] {
        emulator.inject(fault.clone());
        let error = client.invoke("echo", "1").unwrap_err();
        assert_eq!(error.delivery(), Delivery::Unknown, "{fault:?}: {error}");
    }
}

#[test]
fn a_day_key_signs_on_its_day() {
    let emulator = emulator();
    let credential = emulator.credential();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let mut text = [0; 200];
    let mut export = |day| {
        let key = DayKey::derive(credential.secret_key(), day, "scf").unwrap();
        key.export(credential.secret_id(), &mut text).unwrap().to_owned()
    };
    // Midnight may come between here and there: then both are wrong days.
    let today = export(Day::of_timestamp(now.as_secs()).unwrap());
    let client = support::builder(&emulator.url()).day_key(today).build().unwrap();
    assert_eq!(client.invoke("echo", "1").unwrap().result_text(), "1");
    assert!(format!("{client:?}").contains("DayKey"));

    let past = export(Day::parse("2020-01-01").unwrap());
    let client = support::builder(&emulator.url()).day_key(past).build().unwrap();
    let error = client.invoke("echo", "1").unwrap_err();
    assert!(error.to_string().contains("2020-01-01"), "{error}");
    let error = support::builder(&emulator.url()).day_key("nonsense").build().unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error:?}");
}

#[test]
fn the_endpoint_and_the_signed_host_are_two_settings() {
    let emulator = emulator();
    let client = builder(&emulator).host("scf.tencentcloudapi.com").build().unwrap();
    assert_eq!(client.invoke("echo", "1").unwrap().result_text(), "1");

    let mut written = vec![];
    let client = support::builder("https://relay.example.com:8443/scf/v1")
        .host("scf.tencentcloudapi.com")
        .build()
        .unwrap();
    client.call("echo").event("1").write_request(Some(1_700_000_000), &mut written).unwrap();
    let text = String::from_utf8(written).unwrap();
    let start = "POST /scf/v1 HTTP/1.1\r\nHost: scf.tencentcloudapi.com\r\n";
    assert!(text.starts_with(start), "{text}");
    assert!(!text.contains(support::SECRET_KEY));

    for (region, host) in [
        ("ap-shanghai-fsi", "scf.ap-shanghai-fsi.tencentcloudapi.com"),
        ("ap-tokyo", "scf.tencentcloudapi.com"),
    ] {
        let credentials = Credentials::new("AKIDEXAMPLE", "key", None).unwrap();
        let client = Client::builder().region(region).credentials(credentials).build().unwrap();
        assert_eq!((client.host(), client.endpoint().host()), (host, host));
    }
}

#[test]
fn settings_that_cannot_be_right_are_refused() {
    let credentials = || Credentials::new("AKIDEXAMPLE", "key", None).unwrap();
    for builder in [
        Client::builder().region("ap guangzhou"),
        Client::builder().region("ap-guangzhou").host("UPPER.example.com"),
        Client::builder().region("ap-guangzhou").request_client("a b"),
    ] {
        let error = builder.credentials(credentials()).build().unwrap_err();
        assert!(matches!(error, Error::Configuration(_)), "{error:?}");
        assert_eq!(error.delivery(), Delivery::NotSent);
    }
}
