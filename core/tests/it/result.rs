//! The caller's views of a reply: the result, a value, or the failure.

use crate::support::{NOW, settings, signer};
use scf_invoke_core::call::Call;
use scf_invoke_core::reply::{Reply, ReplyParts, ResultError};
use scf_invoke_core::request::SignedRequest;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::Invocation;
use serde::Deserialize;

/// Checks the reply that has this Result.
fn with_reply(result: &str, check: impl FnOnce(Reply<'_>)) {
    let body = format!(r#"{{"Response":{{"Result":{result},"RequestId":"r-1"}}}}"#);
    let (mut signer, settings) = (signer(), settings());
    let hello = Invocation::new("hello");
    let mut buffer = [0; 512];
    let none = Event::none();
    let mut request =
        SignedRequest::new(&settings, &hello, none, &mut signer, NOW, &mut buffer).unwrap();
    let mut parts = ReplyParts::new();
    let mut call = Call::new(&mut request, &mut parts, None);
    call.response_head(200, None);
    call.response_body(body.as_bytes());
    call.response_end();
    call.finish::<()>(Ok(())).unwrap();
    check(parts.reply(&buffer).unwrap());
}

#[derive(Debug, Deserialize, PartialEq)]
struct Setting<'a> {
    interval: u32,
    unit: &'a str,
}

#[test]
fn a_success() {
    let result = r#"{"RetMsg":"{\"interval\":5,\"unit\":\"s\"}","Log":"l","MemUsage":7,
        "Duration":1.5,"BillDuration":2,"FunctionRequestId":"f-1","InvokeResult":0}"#;
    with_reply(result, |reply| {
        assert_eq!(reply.result_text(), Ok(r#"{"interval":5,"unit":"s"}"#));
        assert_eq!(reply.result(), Ok(Setting { interval: 5, unit: "s" }));
        assert_eq!((reply.log(), reply.memory_bytes()), (Some("l"), Some(7)));
        assert_eq!(reply.duration().unwrap().as_micros(), 1500);
        assert_eq!(reply.billed_duration(), Some(2));
        assert_eq!((reply.request_id(), reply.function_request_id()), ("r-1", "f-1"));
        assert_eq!(reply.fields().invoke_result(), Some(0));
        let wrong = reply.result::<u32>().unwrap_err();
        assert!(matches!(wrong, ResultError::Json(_)));
        assert!(wrong.to_string().contains("not of the wanted form"), "{wrong}");
    });
}

#[test]
fn a_failure() {
    let result = r#"{"RetMsg":"{\"errorCode\":-1,\"errorMessage\":\"user code exception caught\",\"stackTrace\":\"at x\",\"statusCode\":430}","InvokeResult":1,"ErrMsg":"failed"}"#;
    with_reply(result, |reply| {
        let error = reply.result_text().unwrap_err();
        assert_eq!(error.details().status_code, Some(430));
        assert_eq!(error.to_string(), "the function failed: user code exception caught: at x");
        assert!(error.result_text().starts_with("{\"errorCode\""));
        let of_value = reply.result::<u32>().unwrap_err();
        assert_eq!(of_value.to_string(), error.to_string());
    });
    // A failure that is no JSON is shown as it is.
    with_reply(r#"{"RetMsg":"out of luck","InvokeResult":-1}"#, |reply| {
        let error = reply.result_text().unwrap_err();
        assert_eq!(error.to_string(), "the function failed: out of luck");
    });
    with_reply(r#"{"ErrMsg":"no"}"#, |reply| {
        assert_eq!(reply.result_text().unwrap_err().result_text(), "");
    });
}

#[test]
fn an_accepted_event() {
    with_reply(r#"{"FunctionRequestId":"f-1","RetMsg":null}"#, |reply| {
        assert_eq!(reply.result_text(), Ok(""));
        assert_eq!(reply.function_request_id(), "f-1");
    });
}

#[test]
fn a_result_that_is_not_json_is_a_text() {
    use heapless::String;
    let text = |ret_msg: &str| {
        let result = format!(r#"{{"RetMsg":{}}}"#, serde_json::to_string(ret_msg).unwrap());
        let mut read = None;
        with_reply(&result, |reply| read = Some(reply.result::<String<16>>().ok()));
        read.unwrap().map(|text| text.as_str().to_owned())
    };
    assert_eq!(text(r#""hello""#).as_deref(), Some("hello"));
    assert_eq!(text("hello").as_deref(), Some("hello"));
    assert_eq!(text("7 apples").as_deref(), Some("7 apples"));
    assert_eq!(text("").as_deref(), Some(""));
    assert_eq!(text("7"), None, "a number is JSON");
    assert_eq!(text("a text that is longer than its place"), None);

    with_reply(r#"{"RetMsg":"hello"}"#, |reply| {
        assert_eq!(reply.result::<&str>(), Ok("hello"));
        let error = reply.result::<u32>().unwrap_err();
        assert_eq!(error, ResultError::NotJson);
        assert_eq!(error.to_string(), "the result is not JSON");
    });
}

#[test]
fn a_failed_function_says_whether_it_was_run() {
    use scf_invoke_core::attempt::{Delivery, Retry};
    for (result, delivery, retry) in [
        (
            r#"{"RetMsg":"{\"statusCode\":432}","InvokeResult":1}"#,
            Delivery::Refused,
            Retry::AfterBackoff,
        ),
        (r#"{"RetMsg":"{\"statusCode\":435}","InvokeResult":1}"#, Delivery::Refused, Retry::Never),
        (r#"{"RetMsg":"{\"statusCode\":430}","InvokeResult":1}"#, Delivery::Executed, Retry::Never),
        (
            r#"{"RetMsg":"{\"statusCode\":432}","InvokeResult":1,"MemUsage":1}"#,
            Delivery::Executed,
            Retry::Never,
        ),
        (
            r#"{"RetMsg":"{\"statusCode\":70000}","InvokeResult":1}"#,
            Delivery::Executed,
            Retry::Never,
        ),
        (r#"{"RetMsg":"no","InvokeResult":1}"#, Delivery::Executed, Retry::Never),
    ] {
        with_reply(result, |reply| {
            let error = reply.result_text().unwrap_err();
            assert_eq!((error.delivery(), error.retry()), (delivery, retry), "{result}");
        });
    }
}
