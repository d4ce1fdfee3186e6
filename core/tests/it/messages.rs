//! The texts of errors, which show nothing that is secret.

use crate::support;
use std::error::Error as _;
use std::fmt::{Debug, Display};

use scf_invoke_core::attempt::Retry;
use scf_invoke_core::error::{Delivery, Error, Excerpt, ProtocolError};
use scf_invoke_core::reply::{
    Duration, Member, Output, ReplyError, Sink, SinkError, TextField, Utf8Error,
};
use scf_invoke_core::request::event::{Event, Source, SourceError, from_fn};
use scf_invoke_core::request::{RequestError, SettingsError};
use scf_invoke_core::sign::credential::{CredentialError, Part};
use scf_invoke_core::sign::tc3::SignError;
use scf_invoke_core::transport::StreamError;
use scf_invoke_core::wire::http::HttpError;
use scf_invoke_core::wire::json::{Invalid, ScanError};
use scf_invoke_core::wire::time::Day;

/// Returns the messages, of which none is missing and no two are the same.
fn distinct<T: Display>(all: &[T]) -> Vec<String> {
    let texts: Vec<_> = all.iter().map(T::to_string).collect();
    for (index, text) in texts.iter().enumerate() {
        assert!(text.len() > 10, "{text}");
        assert!(!texts[..index].contains(text), "{text} twice");
    }
    texts
}

#[test]
fn requests() {
    let texts = distinct(&[
        RequestError::Settings(SettingsError::Host),
        RequestError::Settings(SettingsError::Path),
        RequestError::Settings(SettingsError::RequestClient),
        RequestError::Settings(SettingsError::TraceId),
        RequestError::Sign(SignError::Timestamp),
        RequestError::Sign(SignError::Service),
        RequestError::Sign(SignError::DayKeyVersion1),
        #[cfg(feature = "v1")]
        RequestError::Settings(SettingsError::Presigned),
        RequestError::Sign(SignError::DayKeyService),
        RequestError::Sign(SignError::DayKeyDate {
            key: Day::parse("2019-02-25").unwrap(),
            request: Day::parse("2019-02-26").unwrap(),
        }),
        RequestError::Event(Invalid { error: Some(ScanError::Number), offset: 7 }),
        RequestError::Event(Invalid { error: None, offset: 7 }),
        RequestError::PayloadTooLarge { limit: 131_072 },
        RequestError::Source,
        RequestError::SourceChanged,
        RequestError::TooLarge { size: 40_000, limit: 32_768 },
        RequestError::Buffer { needed: 64 },
    ]);
    for part in ["2019-02-25", "2019-02-26", "131072", "40000", "32768", "64"] {
        assert!(texts.iter().any(|text| text.contains(part)), "{part}");
    }
    distinct(&[
        CredentialError::Empty(Part::SecretId),
        CredentialError::Empty(Part::SecretKey),
        CredentialError::Character(Part::Token),
    ]);
}

#[test]
fn responses() {
    use HttpError::*;
    let http = [
        StatusLine,
        Version,
        Upgraded,
        HeadTooLong,
        LineEnd,
        HeaderName,
        HeaderValue,
        Folded,
        ContentLength,
        TransferEncoding,
        Ambiguous,
        ChunkSize,
        ChunkLine,
        ChunkEnd,
        BodyTooLarge,
        Truncated,
    ];
    distinct(&http.map(ProtocolError::Http));
    distinct(&[
        ScanError::Unexpected,
        ScanError::Trailing,
        ScanError::Control,
        ScanError::Escape,
        ScanError::Surrogate,
        ScanError::Number,
        ScanError::TooDeep,
        ScanError::Incomplete,
    ]);
    distinct(&[
        ProtocolError::Status(502),
        ProtocolError::Reply(ReplyError::Json(ScanError::Trailing)),
        ProtocolError::Reply(ReplyError::NotAnEnvelope),
        ProtocolError::Reply(ReplyError::WrongType(Member::Code)),
        ProtocolError::Reply(ReplyError::Duplicate(Member::Code)),
        ProtocolError::Reply(ReplyError::Sink),
        ProtocolError::Reply(ReplyError::NoResult),
        ProtocolError::Utf8,
    ]);
    assert_eq!(Utf8Error.to_string(), ProtocolError::Utf8.to_string());
    assert_ne!(SourceError.to_string(), SinkError.to_string());
}

#[test]
fn calls() {
    type E = Error<StreamError<std::fmt::Error>>;
    let delivery = Delivery::Unknown;
    let io = StreamError::Io(std::fmt::Error);
    let excerpt = Excerpt::default();
    let errors: [E; 8] = [
        Error::Request(RequestError::Source),
        Error::Transport { error: io, delivery },
        Error::Transport { error: StreamError::WriteZero, delivery },
        Error::Transport { error: StreamError::NotReusable, delivery: Delivery::NotSent },
        Error::Transport { error: StreamError::Closed, delivery },
        Error::Protocol { error: ProtocolError::Status(502), excerpt, delivery },
        Error::Buffer { needed: 1000 },
        Error::Sink,
    ];
    distinct(&errors);
    let sources: Vec<_> = errors.iter().map(|error| error.source().is_some()).collect();
    assert_eq!(sources, [false; 8]);
    assert!(io.source().is_none());
    assert!(StreamError::<std::fmt::Error>::WriteZero.source().is_none());
    let deliveries: Vec<_> = errors.iter().map(|error| error.delivery().to_string()).collect();
    assert_eq!(
        deliveries,
        [
            "not sent", "unknown", "unknown", "not sent", "unknown", "unknown", "executed",
            "executed"
        ]
    );
    assert_eq!(Delivery::Refused.as_str(), "refused");
    let retries: Vec<_> = errors.iter().map(E::retry).collect();
    assert_eq!(retries.iter().filter(|retry| **retry == Retry::AfterBackoff).count(), 1);
}

#[test]
fn an_excerpt_ends_the_message() {
    let mut signer = support::signer();
    let settings = support::settings();
    let hello = scf_invoke_core::request::invocation::Invocation::new("hello");
    let mut buffer = [0; 64];
    let none = Event::none();
    let mut request = scf_invoke_core::request::SignedRequest::new(
        &settings,
        &hello,
        none,
        &mut signer,
        support::NOW,
        &mut buffer,
    )
    .unwrap();
    let mut parts = scf_invoke_core::reply::ReplyParts::new();
    let mut call = scf_invoke_core::call::Call::new(&mut request, &mut parts, None);
    call.response_head(502, None);
    call.response_body(b"<html>\n\x1b[2J");
    call.response_end();
    let error = call.finish::<std::fmt::Error>(Ok(())).unwrap_err();
    assert!(error.to_string().ends_with("; it begins: <html>..[2J"), "{error}");
}

fn shown<T: Debug>(value: T) -> String {
    format!("{value:?}")
}

#[test]
fn what_is_printed_has_no_secret_and_no_payload() {
    let signer = support::signer().token("temporary-token").unwrap();
    let printed = shown(&signer);
    assert!(printed.contains(support::SECRET_ID));
    assert!(!printed.contains(support::SECRET_KEY) && !printed.contains("temporary-token"));

    assert_eq!(shown(Event::none()), "Event(none)");
    assert_eq!(shown(Event::from("[\"private\"]")), "Event(text)");
    let mut source = from_fn(|_, _| Ok(false));
    source.rewind();
    assert_eq!(shown(&source), "FromFn { next: 0, .. }");
    assert_eq!(shown(Event::source(&mut source)), "Event(source)");
    assert_eq!(shown(Output::Buffer(&mut [1, 2])), "Buffer");
    struct Nothing;
    impl Sink for Nothing {
        fn write(&mut self, _: TextField, _: &[u8]) -> Result<(), SinkError> {
            Ok(())
        }
    }
    assert_eq!(shown(Output::Sink(&mut Nothing)), "Sink");
    assert_eq!(Duration::from_nanos(1_234_567).as_micros(), 1234);
}

#[test]
fn defaults_are_what_new_gives() {
    use scf_invoke_core::reply::Decoder;
    use scf_invoke_core::request::Signing;
    use scf_invoke_core::wire::http::ResponseDecoder;
    use scf_invoke_core::wire::json::Scanner;
    assert_eq!(shown(ResponseDecoder::default()), shown(ResponseDecoder::new()));
    assert_eq!(shown(Scanner::default()), shown(Scanner::new()));
    assert_eq!(shown(Decoder::default()), shown(Decoder::new()));
    assert_eq!(Signing::default(), Signing::Tc3 { action: true, payload: true });
}

#[test]
fn an_error_of_the_api_is_shown_as_it_came() {
    let body =
        br#"{"Response":{"Error":{"Code":"LimitExceeded","Message":"why"},"RequestId":"r"}}"#;
    let (mut signer, settings) = (support::signer(), support::settings());
    let hello = scf_invoke_core::request::invocation::Invocation::new("hello")
        .log_type(scf_invoke_core::request::invocation::LogType::None);
    let mut buffer = [0; 256];
    let none = Event::none();
    let now = support::NOW;
    let mut request = scf_invoke_core::request::SignedRequest::new(
        &settings,
        &hello,
        none,
        &mut signer,
        now,
        &mut buffer,
    )
    .unwrap();
    let mut parts = scf_invoke_core::reply::ReplyParts::new();
    let mut call = scf_invoke_core::call::Call::new(&mut request, &mut parts, None);
    let sent = support::transmitted(&mut call).unwrap();
    assert!(String::from_utf8(sent).unwrap().ends_with(r#""LogType":"None"}"#));
    call.response_head(200, None);
    call.response_body(body);
    call.response_end();
    let error = call.finish::<std::fmt::Error>(Ok(())).unwrap_err();
    assert_eq!(error.to_string(), "LimitExceeded: why (request id r)");
    let Error::Api(api) = error else { panic!("{error:?}") };
    assert_eq!(api.code(), scf_invoke_core::reply::error_code::ErrorCode::LimitExceeded);
}

#[test]
fn a_field_is_named_as_it_stands_in_the_reply() {
    for (member, name) in [
        (Member::Response, "Response"),
        (Member::OldCode, "code"),
        (Member::RetMsg, "RetMsg"),
        (Member::BillDuration, "BillDuration"),
        (Member::FunctionRequestId, "FunctionRequestId"),
        (Member::Message, "Message"),
    ] {
        assert_eq!(member.as_str(), name);
        let text = ReplyError::Duplicate(member).to_string();
        assert!(text.ends_with(&format!(": {name}")), "{text}");
    }
}
