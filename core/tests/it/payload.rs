//! Events: from memory, from values and from sources, of every size.

use crate::support::source::{Fickle, Pieces};
use crate::support::{AWKWARD, HELLO, NOW, Parsed, authorization, emit, settings, sha256, signer};
use scf_invoke_core::call::Call;
use scf_invoke_core::reply::ReplyParts;
use scf_invoke_core::request::event::{self, Event, Json, Source, SourceError};
use scf_invoke_core::request::invocation::InvocationType;
use scf_invoke_core::request::{RequestError, SignedRequest};
use scf_invoke_core::sign::tc3::{Method, PayloadHash};
use serde_json::Value;

#[test]
fn every_buffer_and_every_source_sends_the_same_bytes() {
    for method in [Method::Post, Method::Get] {
        let settings = settings().method(method);
        let invocation = HELLO.namespace("na\"me").routing_key("{\"\\u00e9\":\"\\\\\"}");
        let whole = emit(&settings, &invocation, AWKWARD.into(), 64 << 10).unwrap();
        let sizes = if cfg!(miri) { 65..66 } else { 64..400 };
        for buffer in sizes {
            let sent = emit(&settings, &invocation, AWKWARD.into(), buffer).unwrap();
            assert_eq!(sent, whole, "{buffer}");
            let checked = Json::new(AWKWARD).unwrap();
            assert_eq!(emit(&settings, &invocation, checked.into(), buffer).unwrap(), whole);
            for size in [1, 7, 1000] {
                let mut source = Pieces::new(AWKWARD, size);
                let payload = Event::source(&mut source);
                assert_eq!(emit(&settings, &invocation, payload, buffer).unwrap(), whole);
            }
        }
    }
}

#[test]
fn long_runs_without_escapes_are_sent_as_they_are() {
    let run = |length: usize| "x".repeat(length);
    // Runs that meet, runs that do not, the longest at either end.
    let short = [[100, 600, 0], [512, 511, 513]];
    let long = [[600, 20_000, 40_000], [70_000, 500, 600]];
    for runs in short.iter().chain(if cfg!(miri) { &[][..] } else { &long }) {
        let event = format!("[\"{}\",\"{}\\n{}\"]", run(runs[0]), run(runs[1]), run(runs[2]));
        let escaped = event.replace('\\', "\\\\").replace('"', "\\\"");
        let expected = format!("{{\"FunctionName\":\"hello\",\"ClientContext\":\"{escaped}\"}}");
        for buffer in [64, 700, 16 << 10] {
            let sent = emit(&settings(), &HELLO, event.as_str().into(), buffer).unwrap();
            let request = Parsed::new(&sent);
            assert_eq!(request.body, expected);
            let hash = PayloadHash::Sha256(sha256(request.body.as_bytes()));
            let authorization = authorization(&request, Some("Invoke"), hash);
            assert_eq!(request.field("Authorization").unwrap(), authorization);
        }
    }
}

#[test]
fn six_megabytes_go_through_half_a_kilobyte() {
    let readings = if cfg!(miri) { 20 } else { 380_000 };
    let mut source = event::from_fn(|index, piece| {
        let open = if index == 0 { "[" } else { "," };
        let close = if index + 1 == readings { "]" } else { "" };
        let written =
            core::fmt::write(piece, format_args!("{open}{{\"n\":{}}}{close}", index % 100_000));
        written.map_err(|_| SourceError)?;
        Ok(index < readings)
    });
    let sent = emit(&settings(), &HELLO, Event::source(&mut source), 512).unwrap();
    let request = Parsed::new(&sent);
    assert_eq!(request.field("Content-Length").unwrap(), request.body.len().to_string());
    let body: Value = serde_json::from_str(&request.body).unwrap();
    let event: Value = serde_json::from_str(body["ClientContext"].as_str().unwrap()).unwrap();
    assert_eq!(event.as_array().unwrap().len(), readings as usize);
    let hash = PayloadHash::Sha256(sha256(request.body.as_bytes()));
    assert_eq!(
        request.field("Authorization").unwrap(),
        authorization(&request, Some("Invoke"), hash)
    );
}

#[test]
fn a_source_that_changes_never_completes_its_declared_length() {
    for second in ["[1,2,4]", "[1,2]", "[1,2,33]", "", "[1,2,3]   ", "[\"\"\"\"\"]", "[1,2,3] "] {
        for method in [Method::Post, Method::Get] {
            let settings = settings().method(method);
            let mut source = Fickle { texts: ["[1,2,3]", second], pass: 0, at: 0 };
            let mut signer = signer();
            let mut buffer = [0; 64];
            let payload = Event::source(&mut source);
            let mut request =
                SignedRequest::new(&settings, &HELLO, payload, &mut signer, NOW, &mut buffer)
                    .unwrap();
            let mut parts = ReplyParts::new();
            let mut call = Call::new(&mut request, &mut parts, None);
            let mut sent = Vec::new();
            let error = loop {
                match call.transmit() {
                    Ok([]) => panic!("{second:?} was sent"),
                    Ok(bytes) => sent.extend_from_slice(bytes),
                    Err(error) => break error,
                }
            };
            assert_eq!(error, RequestError::SourceChanged);
            assert!(!call.is_sent());
            if let Some((head, body)) = String::from_utf8(sent).unwrap().split_once("\r\n\r\n") {
                assert_eq!(method, Method::Post);
                let length = head.split("Content-Length: ").nth(1).unwrap();
                let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
                assert!(body.len() < length, "{second:?}");
            }
        }
    }
}

#[test]
fn a_source_that_fails_or_never_ends_or_lies_is_an_error() {
    let endless = |_: u32, piece: &mut event::Piece| {
        piece.push_str("1111111111").map(|()| true).map_err(|_| SourceError)
    };
    let mut source = event::from_fn(endless);
    let event = HELLO.invocation_type(InvocationType::Event);
    if !cfg!(miri) {
        assert_eq!(
            emit(&settings(), &event, Event::source(&mut source), 512),
            Err(RequestError::PayloadTooLarge { limit: 128 << 10 })
        );
    }
    let mut source = event::from_fn(|_, _| Err(SourceError));
    assert_eq!(
        emit(&settings(), &HELLO, Event::source(&mut source), 512),
        Err(RequestError::Source)
    );
    struct Liar;
    impl Source for Liar {
        fn rewind(&mut self) {}
        fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
            Ok(out.len() + 1)
        }
    }
    assert_eq!(emit(&settings(), &HELLO, Event::source(&mut Liar), 512), Err(RequestError::Source));
    let mut source = Pieces::new("{\"half\":", 3);
    assert!(matches!(
        emit(&settings(), &HELLO, Event::source(&mut source), 512),
        Err(RequestError::Event(_))
    ));
}

#[test]
fn events_that_are_not_json_or_too_large_are_refused() {
    for wrong in ["", "{", "{'a':1}", "hello", "[1,]", "{}{}", "\"\n\"", "01", "nul", "\u{feff}{}"]
    {
        let error = emit(&settings(), &HELLO, wrong.into(), 512).unwrap_err();
        assert!(matches!(error, RequestError::Event(_)), "{wrong}");
        assert!(error.to_string().starts_with("the event is not JSON: "), "{error}");
        assert!(Json::new(wrong).is_err());
    }
    if cfg!(miri) {
        return;
    }
    let string = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
    let event = HELLO.invocation_type(InvocationType::Event);
    for (invocation, limit) in [(HELLO, 6 << 20), (event, 128 << 10)] {
        let fits = string(limit);
        assert!(emit(&settings(), &invocation, fits.as_str().into(), 4096).is_ok());
        let over = string(limit + 1);
        let expected = Err(RequestError::PayloadTooLarge { limit });
        assert_eq!(emit(&settings(), &invocation, over.as_str().into(), 4096), expected);
        let checked = Json::new(&over).unwrap();
        assert_eq!(emit(&settings(), &invocation, checked.into(), 4096), expected);
        let mut source = Pieces::new(&over, 4096);
        let payload = Event::source(&mut source);
        assert_eq!(emit(&settings(), &invocation, payload, 4096), expected);
    }
    // 6 MiB of quotes are 12 MiB as a JSON string, over the request's limit.
    let dense = format!("[{}0]", "\"\",".repeat((6 << 20) / 3 - 1));
    assert!(matches!(
        emit(&settings(), &HELLO, dense.as_str().into(), 4096),
        Err(RequestError::TooLarge { limit: 10_485_760, .. })
    ));
    // A GET takes 32 KiB of query.
    let get = settings().method(Method::Get);
    let room = (32 << 10) - "FunctionName=hello&ClientContext=".len() - 2 * 2;
    assert!(emit(&get, &HELLO, string(room).as_str().into(), 512).is_ok());
    assert_eq!(
        emit(&get, &HELLO, string(room + 1).as_str().into(), 512),
        Err(RequestError::TooLarge { size: 32_769, limit: 32_768 })
    );
}

#[cfg(feature = "serde")]
#[test]
fn a_value_becomes_a_payload() {
    #[derive(serde::Serialize)]
    struct Reading<'a> {
        sensor: &'a str,
        celsius: i8,
    }
    let reading = Reading { sensor: "roof \"north\"", celsius: -3 };
    let mut scratch = [0; 64];
    let json = Json::from_value(&reading, &mut scratch).unwrap();
    assert_eq!(json.as_str(), r#"{"sensor":"roof \"north\"","celsius":-3}"#);
    assert!(Json::from_value(&reading, &mut [0; 8]).is_err());
}
