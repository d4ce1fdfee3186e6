//! Whole calls, with the network played by slices: every split, every cut.

use crate::hostile::{CHUNKED, HOSTILE, HOSTILE_BODIES, HOSTILE_CHUNKS};
use crate::support::response::{DOCUMENTED, with_length};
use crate::support::{HELLO, NOW, feed, settings, signer, transmitted};
use scf_invoke_core::attempt::Retry;
use scf_invoke_core::call::Call;
use scf_invoke_core::error::{Delivery, Error, ProtocolError};
use scf_invoke_core::reply::{ReplyParts, Sink, SinkError, TextField};
use scf_invoke_core::request::SignedRequest;
use scf_invoke_core::request::event::Event;
use scf_invoke_core::wire::http::{HttpError, MAX_HEAD};

fn chunked(body: &str, size: usize) -> Vec<u8> {
    let mut response =
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
            .to_vec();
    for chunk in body.as_bytes().chunks(size) {
        response.extend_from_slice(format!("{:X};name=\"a;b\"\r\n", chunk.len()).as_bytes());
        response.extend_from_slice(chunk);
        response.extend_from_slice(b"\r\n");
    }
    response.extend_from_slice(b"0\r\nTrailer: value\r\n\r\n");
    response
}

/// The part of a call that its caller sees.
#[derive(Debug, PartialEq)]
struct Seen {
    result: Option<String>,
    log: Option<String>,
    request_id: String,
    function_request_id: String,
    memory: Option<i64>,
    nanos: Option<u64>,
    billed: Option<i64>,
    keep_alive: bool,
}

type Outcome = Result<Seen, Error<()>>;

/// Runs a call against `response`, given out in pieces of the sizes that
/// `piece` says; the peer then closes.
fn run(response: &[u8], buffer: usize, piece: impl FnMut() -> usize) -> Outcome {
    let mut signer = signer();
    let settings = settings();
    let mut buffer = vec![0; buffer];
    let mut request =
        SignedRequest::new(&settings, &HELLO, Event::none(), &mut signer, NOW, &mut buffer)
            .map_err(Error::Request)?;
    let mut parts = ReplyParts::new();
    let mut call = Call::new(&mut request, &mut parts, None);
    transmitted(&mut call).unwrap();
    let exchange = feed(&mut call, response, piece);
    let keep_alive = call.keep_alive();
    call.finish(exchange)?;
    let reply = parts.reply(&buffer)?;
    Ok(Seen {
        result: reply.result_text().ok().map(str::to_owned),
        log: reply.log().map(str::to_owned),
        request_id: reply.request_id().to_owned(),
        function_request_id: reply.function_request_id().to_owned(),
        memory: reply.memory_bytes(),
        nanos: reply.duration().map(|duration| duration.as_nanos()),
        billed: reply.billed_duration(),
        keep_alive,
    })
}

fn documented(keep_alive: bool) -> Seen {
    Seen {
        result: Some("hello from scf".into()),
        log: Some(String::new()),
        request_id: "c2af8a64-c922-4d55-aee0-bd86a5c2cd12".into(),
        function_request_id: "6add56fa-58f1-11e8-89a9-5254005d5fdb".into(),
        memory: Some(3_207_168),
        nanos: Some(826_000),
        billed: Some(100),
        keep_alive,
    }
}

#[test]
fn the_documented_answer_is_understood_however_it_is_framed_and_split() {
    let closed = format!("HTTP/1.0 200 OK\r\n\r\n{DOCUMENTED}").into_bytes();
    for (response, keep_alive) in [
        (with_length("200 OK", DOCUMENTED), true),
        (chunked(DOCUMENTED, 7), true),
        (chunked(DOCUMENTED, 1000), true),
        (closed, false),
    ] {
        let sizes = if cfg!(miri) { 7..8 } else { 1..response.len() + 1 };
        for size in sizes {
            assert_eq!(run(&response, 256, || size), Ok(documented(keep_alive)), "{size}");
        }
        // A first piece of every size, then the rest at once.
        let splits = if cfg!(miri) { 100..101 } else { 1..response.len() };
        for split in splits {
            let mut first = true;
            let outcome =
                run(
                    &response,
                    4096,
                    || {
                        if std::mem::take(&mut first) { split } else { usize::MAX }
                    },
                );
            assert_eq!(outcome, Ok(documented(keep_alive)), "{split}");
        }
    }
}

#[test]
fn an_answer_that_is_cut_anywhere_is_an_error_with_unknown_delivery() {
    for response in [with_length("200 OK", DOCUMENTED), chunked(DOCUMENTED, 50)] {
        let step = if cfg!(miri) { 197 } else { 1 };
        for cut in (0..response.len()).step_by(step) {
            let error = run(&response[..cut], 512, || usize::MAX).unwrap_err();
            assert_eq!(error.delivery(), Delivery::Unknown, "{cut}");
            assert_eq!(error.retry(), Retry::Never);
            assert!(
                matches!(
                    error,
                    Error::Protocol { error: ProtocolError::Http(HttpError::Truncated), .. }
                ),
                "{cut}: {error:?}"
            );
        }
    }
}

#[test]
fn a_buffer_that_is_too_small_for_the_result_names_the_size_that_works() {
    let text = "0123456789\u{1f600}".repeat(40);
    let escaped = text.replace('\u{1f600}', "\\ud83d\\ude00");
    let body = format!(
        r#"{{"Response":{{"Result":{{"Log":"a log","RetMsg":"{escaped}"}},"RequestId":"r"}}}}"#
    );
    let response = with_length("200 OK", &body);
    let sizes: &[usize] = if cfg!(miri) { &[12] } else { &[1, 5, 11, 12, 13, 50, 5000] };
    for &size in sizes {
        let Err(Error::Buffer { needed }) = run(&response, 128, || size) else {
            panic!("no error");
        };
        assert!((565..620).contains(&needed), "{needed}");
        let seen = run(&response, needed, || size).unwrap();
        assert_eq!(seen.result.unwrap(), text);
        assert_eq!(seen.log.unwrap(), "a log");
    }
}

#[test]
fn the_smallest_buffer_takes_whatever_goes_to_a_sink() {
    #[derive(Default)]
    struct Texts {
        result: Vec<u8>,
        log: Vec<u8>,
    }
    impl Sink for Texts {
        fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError> {
            match field {
                TextField::Result => self.result.extend_from_slice(piece),
                TextField::Log => self.log.extend_from_slice(piece),
                other => panic!("{other:?}"),
            }
            Ok(())
        }
    }
    let text = "line \\\"one\\\"\\n\\u4e2d\\ud83d\\ude00 中😀".repeat(40);
    let body = format!(
        r#"{{"Response":{{"Result":{{"Log":"L\\g","RetMsg":"{text}"}},"RequestId":"r"}}}}"#
    );
    let expected = "line \"one\"\n中😀 中😀".repeat(40);
    let response = chunked(&body, 33);
    let mut signer = signer();
    let settings = settings();
    let mut sink = Texts::default();
    let mut buffer = [0; scf_invoke_core::call::CALL_BUFFER_MIN];
    let mut request =
        SignedRequest::new(&settings, &HELLO, Event::none(), &mut signer, NOW, &mut buffer)
            .unwrap();
    let mut parts = ReplyParts::new();
    let mut call = Call::new(&mut request, &mut parts, Some(&mut sink));
    transmitted(&mut call).unwrap();
    feed(&mut call, &response, || usize::MAX).unwrap();
    call.finish::<()>(Ok(())).unwrap();
    let reply = parts.reply(&[]).unwrap();
    assert_eq!(reply.request_id(), "r");
    assert_eq!(reply.result_text(), Ok(""));
    assert_eq!(String::from_utf8(sink.result).unwrap(), expected);
    assert_eq!(sink.log, b"L\\g");
}

#[test]
fn errors_of_the_api_say_what_may_be_done() {
    let answer = |code: &str| {
        with_length(
            "200 OK",
            &format!(
                r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"why"}},"RequestId":"r"}}}}"#
            ),
        )
    };
    for (code, delivery, retry) in [
        ("ResourceNotFound.Function", Delivery::Refused, Retry::Never),
        ("RequestLimitExceeded", Delivery::Refused, Retry::AfterBackoff),
        ("AuthFailure.SignatureExpire", Delivery::Refused, Retry::AfterClockCorrection),
        ("InternalError.System", Delivery::Unknown, Retry::Never),
        ("AuthFailure.SomethingNew", Delivery::Refused, Retry::Never),
        ("Brand.New", Delivery::Unknown, Retry::Never),
    ] {
        let error = run(&answer(code), 512, || usize::MAX).unwrap_err();
        assert_eq!((error.delivery(), error.retry()), (delivery, retry), "{code}");
        let Error::Api(api) = error else { panic!("{code}") };
        assert_eq!(api.code_text(), code);
        assert_eq!(api.to_string(), format!("{code}: why (request id r)"));
        assert_eq!(api.server_time(), Some(NOW));
    }
}

#[test]
fn what_a_proxy_answers_is_told_from_what_the_api_answers() {
    let page = "<html>\u{1b}[31m Bad Gateway é</html>";
    for (status, delivery) in [
        ("502 Bad Gateway", Delivery::Unknown),
        ("403 Forbidden", Delivery::Refused),
        ("301 Moved", Delivery::Unknown),
    ] {
        let error = run(&with_length(status, page), 512, || usize::MAX).unwrap_err();
        assert_eq!(error.delivery(), delivery);
        let text = error_text(&error);
        assert!(text.contains(&status[..3]), "{text}");
        assert!(text.ends_with("it begins: <html>.[31m Bad Gateway ..</html>"), "{text}");
    }
    let error = run(&with_length("200 OK", page), 512, || usize::MAX).unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
    assert!(error_text(&error).contains("<html>"));
    assert!(run(&with_length("200 OK", ""), 512, || usize::MAX).is_err());
    // A gateway's status with the API's own error: the error says more.
    let body =
        r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":""},"RequestId":"r"}}"#;
    let error = run(&with_length("503 Busy", body), 512, || usize::MAX).unwrap_err();
    assert!(matches!(error, Error::Api(_)));
    let limited = run(&with_length("429 Too Many", "slow down"), 512, || usize::MAX).unwrap_err();
    assert_eq!(limited.retry(), Retry::AfterBackoff);
}

fn error_text(error: &Error<()>) -> String {
    match error {
        Error::Protocol { error, excerpt, .. } => {
            format!("{error}; it begins: {}", excerpt.as_str())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn results_that_are_not_utf8_are_an_error() {
    let mut response =
        with_length("200 OK", r#"{"Response":{"Result":{"RetMsg":"??"},"RequestId":"r"}}"#);
    let at = response.windows(2).position(|two| two == b"??").unwrap();
    response[at] = 0xff;
    assert!(matches!(
        run(&response, 512, || usize::MAX),
        Err(Error::Protocol { error: ProtocolError::Utf8, delivery: Delivery::Executed, .. })
    ));
}

#[test]
fn bytes_after_the_answer_end_the_connection() {
    let mut response = with_length("200 OK", DOCUMENTED);
    response.extend_from_slice(b"HTTP/1.1 200 OK\r\n\r\n");
    assert_eq!(run(&response, 4096, || usize::MAX), Ok(documented(false)));
}

/// Checks that a hostile response is the same error in pieces of any size, and
/// says that the function may have run.
fn refused(response: &[u8], expected: ProtocolError) {
    let pieces: &[usize] = if cfg!(miri) { &[64] } else { &[1, 7, usize::MAX] };
    for &piece in pieces {
        let error = run(response, 256, || piece).unwrap_err();
        let text = String::from_utf8_lossy(response);
        match &error {
            Error::Protocol { error, .. } => assert_eq!(*error, expected, "{text}"),
            other => panic!("{other:?}: {text}"),
        }
        assert_eq!((error.delivery(), error.retry()), (Delivery::Unknown, Retry::Never), "{text}");
    }
}

#[test]
fn hostile_responses_are_errors_of_the_call() {
    // Under Miri a few of each are enough: the decoder's own tests have all.
    let step = if cfg!(miri) { 17 } else { 1 };
    for (response, error) in HOSTILE.iter().step_by(step) {
        refused(response.as_bytes(), ProtocolError::Http(*error));
    }
    for (body, error) in HOSTILE_CHUNKS.iter().step_by(step) {
        refused(format!("{CHUNKED}{body}").as_bytes(), ProtocolError::Http(*error));
    }
    for (body, error) in HOSTILE_BODIES.iter().step_by(step) {
        refused(&with_length("200 OK", body), ProtocolError::Reply(*error));
        if !body.is_empty() {
            refused(&chunked(body, 3), ProtocolError::Reply(*error));
        }
    }
    if !cfg!(miri) {
        let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "a".repeat(MAX_HEAD.into()));
        refused(long.as_bytes(), ProtocolError::Http(HttpError::HeadTooLong));
        let hints = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000);
        refused(hints.as_bytes(), ProtocolError::Http(HttpError::HeadTooLong));
    }
}

#[test]
fn a_message_that_is_cut_says_so() {
    for (length, shown) in [(128, "mmm (request id r)"), (129, "mmm... (request id r)")] {
        let message = "m".repeat(length);
        let body = format!(
            r#"{{"Response":{{"Error":{{"Code":"InternalError","Message":"{message}"}},"RequestId":"r"}}}}"#
        );
        let error = run(&with_length("200 OK", &body), 512, || usize::MAX).unwrap_err();
        let Error::Api(error) = error else { panic!("{error:?}") };
        assert!(error.to_string().ends_with(shown), "{error}");
    }
}
