//! The call in one fixed form.

use scf_invoke_core::attempt::{Delivery, Retry};
use scf_invoke_core::lite::{self, LiteError, LiteErrorKind, LiteReply, RightTime, Target};
use scf_invoke_core::request::event::Json;
use scf_invoke_core::wire::http::HttpError;
use scf_invoke_core::wire::time::Day;
use scf_invoke_core::{DayKey, DaySigner, Region, Signer};

use crate::support::response::{DOCUMENTED, with_length};
use crate::support::scripted::Scripted;
use crate::support::table::{Way, rows};
use crate::support::{AWKWARD, HELLO, HOST, NOW, SECRET_ID, SECRET_KEY, emit, settings, signer};

const TARGET: Target<'static> =
    Target { host: HOST, region: Region::AP_GUANGZHOU, function: "hello" };

fn invoke<'b>(
    stream: &mut Scripted,
    event: &str,
    buffer: &'b mut [u8],
) -> Result<LiteReply<'b>, LiteError> {
    lite::invoke(stream, &mut signer(), &TARGET, event, NOW, buffer)
}

/// Makes a call whose response has this body.
fn ending(status: &str, body: &str) -> Result<(Vec<u8>, bool), LiteError> {
    let mut stream = Scripted::responding(&[with_length(status, body)]);
    let mut buffer = [0; 1024];
    let reply = invoke(&mut stream, "{}", &mut buffer)?;
    Ok((reply.result.to_vec(), reply.is_failure))
}

#[test]
fn sends_the_same_bytes_as_a_client_through_any_buffer_that_fits() {
    let whole = emit(&settings(), &HELLO, AWKWARD.into(), 4096).unwrap();
    let body = whole.len() - whole.windows(4).position(|part| part == b"\r\n\r\n").unwrap() - 4;
    for size in [body + 64, body + 65, body + 200, 4096] {
        let mut stream = Scripted::responding(&[with_length("200 OK", DOCUMENTED)]);
        let mut buffer = vec![0; size];
        let reply = invoke(&mut stream, AWKWARD, &mut buffer).unwrap();
        assert_eq!(reply, LiteReply { result: b"hello from scf", is_failure: false });
        assert_eq!(stream.0.borrow().sent, [whole.as_slice()], "{size}");
    }
    for size in 0..body + 64 {
        let mut stream = Scripted::responding(&[]);
        let error = invoke(&mut stream, AWKWARD, &mut vec![0; size]).unwrap_err();
        assert_eq!((error.kind(), error.code()), (LiteErrorKind::Buffer, 49));
        assert!(stream.0.borrow().sent.is_empty());
    }
}

#[test]
fn a_days_key_signs_as_its_secret_and_bounds_the_clock() {
    let day = Day::of_timestamp(NOW).unwrap();
    let key = DayKey::derive(SECRET_KEY, day, "scf").unwrap();
    let sent = |now: u64, by_day: bool| {
        let mut stream = Scripted::responding(&[with_length("200 OK", DOCUMENTED)]);
        let mut buffer = [0; 1024];
        let mut of_day = DaySigner::new(SECRET_ID, &key).unwrap();
        let mut of_secret = signer();
        if by_day {
            lite::invoke(&mut stream, &mut of_day, &TARGET, "1", now, &mut buffer).unwrap();
        } else {
            lite::invoke(&mut stream, &mut of_secret, &TARGET, "1", now, &mut buffer).unwrap();
        }
        stream.0.borrow().sent.clone()
    };
    assert_eq!(sent(NOW, true), sent(NOW, false));
    // A clock at 1970, and one that is past midnight.
    let (first, last) = (day.first_second(), day.first_second() + 86_399);
    assert_eq!(sent(12, true), sent(first, false));
    assert_eq!(sent(last + 60, true), sent(last, false));
}

#[test]
fn a_token_is_sent() {
    let mut stream = Scripted::responding(&[with_length("200 OK", DOCUMENTED)]);
    let mut signer = signer().token("the-token").unwrap();
    let mut buffer = [0; 1024];
    lite::invoke(&mut stream, &mut signer, &TARGET, "1", NOW, &mut buffer).unwrap();
    let sent = String::from_utf8(stream.0.borrow().sent.concat()).unwrap();
    assert!(sent.contains("\r\nX-TC-Token: the-token\r\nAuthorization: "), "{sent}");
}

#[test]
fn judges_what_comes_back_as_every_other_face() {
    for row in rows("Tue, 14 Nov 2023 22:13:20 GMT").iter().filter(|row| !row.asynchronous) {
        let bytes = row.bytes();
        let responses = if bytes.is_empty() { vec![] } else { vec![bytes] };
        let mut stream = Scripted::responding(&responses);
        let mut buffer = [0; 2048];
        let ended = invoke(&mut stream, "{}", &mut buffer);
        let outcome = row.outcome(Way::Whole);
        match ended {
            // Whether a function that failed was started is in its result.
            Ok(reply) if reply.is_failure => {}
            Ok(_) => assert!(outcome.starts_with("executed; done"), "{}: {outcome}", row.name),
            Err(error) => {
                let delivery = error.delivery().as_str();
                assert!(outcome.starts_with(delivery), "{}: {outcome}, not {error}", row.name);
                let waits = outcome.ends_with("again after a wait");
                assert_eq!(error.retry() == Retry::AfterBackoff, waits, "{}", row.name);
            }
        }
    }
}

#[test]
fn a_wrong_clock_is_told_with_the_right_time() {
    let body = r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"x"},"RequestId":"1"}}"#;
    let error = ending("200 OK", body).unwrap_err();
    assert_eq!(error.retry(), Retry::AfterClockCorrection);
    assert_eq!(error.server_time(), Some(1_700_000_000));
    assert_eq!((error.code(), error.delivery()), (81, Delivery::Refused));
    assert_eq!(error.to_string(), "error 81 (refused)");
}

#[test]
fn a_clock_that_is_right_needs_no_date() {
    let expired = r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"x"},"RequestId":"1"}}"#;
    for (body, ended) in [(DOCUMENTED, Ok(&b"hello from scf"[..])), (expired, Err(None))] {
        let mut stream = Scripted::responding(&[with_length("200 OK", body)]);
        let mut buffer = [0; 1024];
        let now = RightTime(NOW);
        let result = lite::invoke(&mut stream, &mut signer(), &TARGET, "{}", now, &mut buffer);
        let result = result.map(|reply| reply.result).map_err(|error| error.server_time());
        assert_eq!(result, ended);
        assert_eq!(
            stream.0.borrow().sent,
            [emit(&settings(), &HELLO, "{}".into(), 4096).unwrap().as_slice()]
        );
    }
}

#[test]
fn an_event_that_was_checked_is_not_checked_again() {
    let sent = |event: Json<'_>| {
        let mut stream = Scripted::responding(&[with_length("200 OK", DOCUMENTED)]);
        let mut buffer = [0; 1024];
        lite::invoke(&mut stream, &mut signer(), &TARGET, event, NOW, &mut buffer).unwrap();
        stream.0.borrow().sent.concat()
    };
    let whole = emit(&settings(), &HELLO, AWKWARD.into(), 4096).unwrap();
    assert_eq!(sent(Json::new(AWKWARD).unwrap()), whole);
    // What is no JSON is the service's to refuse.
    assert!(sent(Json::unchecked("{")).ends_with(br#""ClientContext":"{"}"#));
}

#[test]
fn an_old_code_of_zero_is_no_error_and_hides_none() {
    let body = r#"{"code":0,"codeDesc":"Success","Response":{"Result":{"RetMsg":"a"}}}"#;
    assert_eq!(ending("200 OK", body), Ok((b"a".to_vec(), false)));
    let body = r#"{"code":4000,"codeDesc":"x","Response":{"Result":{"InvokeResult":0}}}"#;
    let error = ending("200 OK", body).unwrap_err();
    assert_eq!((error.code(), error.delivery()), (81, Delivery::Unknown));
}

#[test]
fn a_function_that_failed_is_a_reply() {
    for failure in [r#""InvokeResult":1"#, r#""InvokeResult":"-1""#, r#""ErrMsg":"x""#] {
        let body = format!(
            r#"{{"Response":{{"Result":{{"RetMsg":"{{\"a\":1}}",{failure}}},"RequestId":"1"}}}}"#
        );
        assert_eq!(ending("200 OK", &body), Ok((br#"{"a":1}"#.to_vec(), true)), "{failure}");
    }
    for success in [r#""InvokeResult":0"#, r#""InvokeResult":"200""#, r#""ErrMsg":"""#] {
        let body = format!(
            r#"{{"Response":{{"Deep":[{{"RetMsg":"no"}}],"Result":{{"Log":"l","RetMsg":"\u4e2d",{success}}},"RequestId":"1"}}}}"#
        );
        assert_eq!(ending("200 OK", &body), Ok(("中".into(), false)), "{success}");
    }
}

#[test]
fn a_result_that_does_not_fit_says_that_the_function_ran() {
    let body = format!(r#"{{"Response":{{"Result":{{"RetMsg":"{}"}}}}}}"#, "x".repeat(600));
    let mut stream = Scripted::responding(&[with_length("200 OK", &body)]);
    let mut buffer = [0; 1024];
    let error = invoke(&mut stream, "{}", &mut buffer).unwrap_err();
    assert_eq!(error.kind(), LiteErrorKind::ResultRoom);
    assert_eq!((error.result_length(), error.server_time()), (Some(600), None));
    assert_eq!((error.code(), error.delivery()), (90, Delivery::Executed));
    assert_eq!(buffer[..512], [b'x'; 512]);
}

#[test]
fn members_that_contradict_are_not_the_apis() {
    for body in [
        r#"{"Response":{"Result":{"RetMsg":"a","RetMsg":"b"}}}"#,
        r#"{"Response":{"Result":{"RetMsg":1}}}"#,
        r#"{"Response":{"Result":"x"}}"#,
        r#"{"Response":{"Result":{"RetMsg":{"a":1}}}}"#,
        r#"{"Response":[]}"#,
        r#"[{"Response":{"Result":{"RetMsg":"a"}}}]"#,
        r#""text""#,
        "7",
    ] {
        let error = ending("200 OK", body).unwrap_err();
        assert_eq!((error.kind(), error.code()), (LiteErrorKind::NotApi, 86), "{body}");
        assert_eq!(error.delivery(), Delivery::Unknown);
    }
}

#[test]
fn what_cannot_be_sent_is_not_sent() {
    let mut buffer = [0; 512];
    for (host, function, event, code) in [
        ("", "hello", "{}", 39),
        ("a b", "hello", "{}", 39),
        (HOST, "", "{}", 31),
        (HOST, "a\"b", "{}", 31),
        (HOST, "hello", "{", 43),
        (HOST, "hello", "", 43),
    ] {
        let target = Target { host, function, ..TARGET };
        let mut stream = Scripted::responding(&[]);
        let error =
            lite::invoke(&mut stream, &mut signer(), &target, event, NOW, &mut buffer).unwrap_err();
        assert_eq!((error.code(), error.delivery()), (code, Delivery::NotSent), "{event:?}");
        assert!(stream.0.borrow().sent.is_empty());
    }
    let mut stream = Scripted::responding(&[]);
    let error = lite::invoke(&mut stream, &mut signer(), &TARGET, "1", u64::MAX, &mut buffer);
    assert_eq!(error.unwrap_err().kind(), LiteErrorKind::Timestamp);
}

#[test]
fn a_lost_connection_is_not_sent_until_the_request_is_whole() {
    let whole = emit(&settings(), &HELLO, "{}".into(), 4096).unwrap().len();
    for limit in [0, 1, whole - 1] {
        let mut stream =
            Scripted::responding(&[]).change(|script| script.write_limit = Some(limit));
        let error = invoke(&mut stream, "{}", &mut [0; 512]).unwrap_err();
        assert_eq!((error.code(), error.delivery()), (82, Delivery::NotSent), "{limit}");
        assert_eq!(error.retry(), Retry::AfterBackoff);
    }
    let mut stream = Scripted::responding(&[]);
    let error = invoke(&mut stream, "{}", &mut [0; 512]).unwrap_err();
    assert_eq!((error.code(), error.delivery()), (82, Delivery::Unknown));
    assert_eq!(error.kind(), LiteErrorKind::Http(HttpError::Truncated));
}

#[test]
fn the_signer_of_a_days_key_sends_its_token_and_never_prints_its_key() {
    let day = Day::of_timestamp(NOW).unwrap();
    let key = DayKey::derive(SECRET_KEY, day, "scf").unwrap();
    let mut exported = [0; 256];
    let exported = key.export(SECRET_ID, &mut exported).unwrap().to_owned();
    let mut signer = DaySigner::new(SECRET_ID, &key).unwrap().token("the-token").unwrap();
    assert_eq!(signer.day(), day);
    let printed = format!("{signer:?}");
    let (_, hex) = exported.rsplit_once('/').unwrap();
    assert!(printed.contains(SECRET_ID) && !printed.contains(hex), "{printed}");

    let mut stream = Scripted::responding(&[with_length("200 OK", DOCUMENTED)]);
    lite::invoke(&mut stream, &mut signer, &TARGET, "1", NOW, &mut [0; 1024]).unwrap();
    let sent = String::from_utf8(stream.0.borrow().sent.concat()).unwrap();
    assert!(sent.contains("\r\nX-TC-Token: the-token\r\n"), "{sent}");
}

#[test]
fn keys_and_clocks_that_do_not_fit_are_errors_before_anything_is_sent() {
    let day = Day::of_timestamp(NOW).unwrap();
    let key = |service| DayKey::derive(SECRET_KEY, day, service).unwrap();
    let by_key = |service| Signer::with_day_key(SECRET_ID, key(service)).unwrap();
    for (mut signer, now, kind, code) in [
        (signer(), u64::MAX, LiteErrorKind::Timestamp, 62),
        (by_key("scf"), NOW + 86_400, LiteErrorKind::DayKeyDay, 63),
        (by_key("cvm"), NOW, LiteErrorKind::DayKeyService, 64),
    ] {
        let mut stream = Scripted::responding(&[]);
        let mut buffer = [0; 1024];
        let result = lite::invoke(&mut stream, &mut signer, &TARGET, "1", now, &mut buffer);
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.code()), (kind, code));
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert!(stream.0.borrow().sent.is_empty());
    }
    let mut stream = Scripted::responding(&[]);
    let of_cvm = key("cvm");
    let mut signer = DaySigner::new(SECRET_ID, &of_cvm).unwrap();
    let mut buffer = [0; 1024];
    let result = lite::invoke(&mut stream, &mut signer, &TARGET, "1", NOW, &mut buffer);
    assert_eq!(result.unwrap_err().kind(), LiteErrorKind::DayKeyService);
    assert!(stream.0.borrow().sent.is_empty());
}

#[test]
fn responses_of_others_have_the_numbers_of_the_c_face() {
    assert_eq!(ending("404 Not Found", "no").unwrap_err().code(), 84);
    let mut stream = Scripted::responding(&[b"SSH-2.0\r\n".to_vec()]);
    let error = invoke(&mut stream, "1", &mut [0; 1024]).unwrap_err();
    let LiteErrorKind::Http(http) = error.kind() else { panic!("{error:?}") };
    assert_eq!(error.code(), 99 + http as u16);
}
