//! `defmt::Format` of the public types.

use std::cell::RefCell;

use scf_invoke_core::attempt::{AttemptEnd, Attempts, Clock, Next, Outcome, Received};
use scf_invoke_core::call::{Call, ExchangeError, Head};
use scf_invoke_core::client::{AsyncClient, Client};
use scf_invoke_core::error::{ApiError, Error, Excerpt, ProtocolError};
use scf_invoke_core::lite::{LiteError, LiteErrorKind, LiteReply, Target};
use scf_invoke_core::reply::{self, BoundedStr, Decoder, FailureDetails, Fields, Member, Output};
use scf_invoke_core::request::event::{Event, FromFn, Json, SourceError};
use scf_invoke_core::request::invocation::{
    Action, InvocationError, InvocationType, LogType, Parameter,
};
use scf_invoke_core::request::region::{Endpoint, Region};
use scf_invoke_core::request::{Language, RequestError, Settings, SettingsError};
use scf_invoke_core::request::{SignedRequest, Signing};
use scf_invoke_core::sign::credential::{CredentialError, Part};
use scf_invoke_core::sign::day_key::ImportError;
use scf_invoke_core::sign::tc3::{CanonicalRequest, Method, PayloadHash, SignError, Signature};
use scf_invoke_core::transport::{Stream, StreamError};
use scf_invoke_core::wire::http::{HttpError, HttpEvent, ResponseDecoder};
use scf_invoke_core::wire::json::{Invalid, ScanError, Scanner, Token, Utf8Char, Validator};
use scf_invoke_core::wire::time::Day;
use scf_invoke_core::{
    DayKey, DaySigner, Delivery, ErrorCode, Invocation, Retry, RetryPolicy, Signer,
};

use crate::support::scripted::Scripted;
use crate::support::{HELLO, NOW, SECRET_ID, SECRET_KEY, settings, signer};

/// Is compiled for a type that can be logged, and for no other.
fn is_logged<T: defmt::Format>() {}

macro_rules! are_logged {
    ($($type:ty),* $(,)?) => { $(is_logged::<$type>();)* };
}

#[test]
fn every_public_type_can_be_logged() {
    are_logged!(AttemptEnd<'_>, Attempts, Clock, Delivery, Next, Outcome, Received<'_>, Retry);
    are_logged!(RetryPolicy, Call<'_>, ExchangeError<u8>, Head<'_>, Client<'_, ()>);
    are_logged!(AsyncClient<'_, ()>, ApiError, Error<u8>, Excerpt, ProtocolError, LiteError);
    are_logged!(LiteErrorKind, LiteReply<'_>, Target<'_>, BoundedStr<8>, Decoder, FailureDetails);
    are_logged!(Fields, Member, Output<'_>, reply::Duration, reply::FunctionError<'_>);
    are_logged!(reply::Reply<'_>, reply::ReplyClass, reply::ReplyError, reply::ReplyParts);
    are_logged!(reply::SinkError, reply::TextField, reply::TextLayout, reply::Utf8Error, ErrorCode);
    are_logged!(Event<'_>, FromFn<()>, Json<'_>, SourceError, Action, Invocation<'_>);
    are_logged!(InvocationError, InvocationType, LogType, Parameter, Endpoint, Region<'_>);
    are_logged!(Language, RequestError, Settings<'_>, SettingsError, SignedRequest<'_>, Signing);
    are_logged!(CredentialError, Part, DayKey, ImportError, DaySigner<'_>, CanonicalRequest<'_>);
    are_logged!(Method, PayloadHash, SignError, Signature, Signer<'_>, Stream<Scripted>);
    are_logged!(StreamError<u8>, HttpError, HttpEvent<'_>, ResponseDecoder, Invalid, ScanError);
    are_logged!(Scanner, Token<'_>, Utf8Char, Validator, Day);
    #[cfg(feature = "serde")]
    are_logged!(reply::ResultError<'_>);
    #[cfg(feature = "v1")]
    are_logged!(scf_invoke_core::sign::v1::Algorithm);
    #[cfg(feature = "json-table")]
    are_logged!(scf_invoke_core::wire::json::Table);
}

thread_local! {
    /// The bytes that the test on this thread has logged.
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

#[defmt::global_logger]
struct Logger;

#[allow(unsafe_code, reason = "defmt's trait is unsafe")]
// SAFETY: The bytes of each thread are its own, so nothing has to be locked.
unsafe impl defmt::Logger for Logger {
    fn acquire() {}
    unsafe fn flush() {}
    unsafe fn release() {}

    unsafe fn write(bytes: &[u8]) {
        LOGGED.with_borrow_mut(|logged| logged.extend_from_slice(bytes));
    }
}

defmt::timestamp!("");

/// Logs a value; returns the bytes, in which texts stand as they are.
fn logged(value: &dyn Fn()) -> String {
    LOGGED.take();
    value();
    String::from_utf8_lossy(&LOGGED.take()).into_owned()
}

macro_rules! logged {
    ($value:expr) => {{
        let value = $value;
        logged(&|| defmt::println!("{}", value))
    }};
}

#[test]
fn a_signer_is_logged_without_its_secrets() {
    let mut signer = signer().token("the-token").unwrap();
    let hello = HELLO;
    let settings = settings();
    let mut buffer = [0; 1024];
    let event = Event::from("{}");
    let request =
        SignedRequest::new(&settings, &hello, event, &mut signer, NOW, &mut buffer).unwrap();
    drop(request);
    let key = signer.day_key().unwrap().clone();
    let mut text = [0; 160];
    let hex = key.export("", &mut text).unwrap().rsplit('/').next().unwrap().to_owned();
    let of_day = DaySigner::new(SECRET_ID, &key).unwrap();
    for text in [logged!(&signer), logged!(&of_day), logged!(&key)] {
        assert!(text.contains("2023-11-14"), "{text}");
        assert!(!text.contains(SECRET_KEY) && !text.contains("the-token"), "{text}");
        assert!(!text.contains(&hex), "{text}");
    }
    assert!(logged!(&signer).contains(SECRET_ID) && logged!(&of_day).contains(SECRET_ID));
}

#[test]
fn what_has_a_text_is_logged_by_it() {
    let mut decoder = Decoder::new();
    let body = r#"{"Response":{"Error":{"Code":"InternalError","Message":"m"},"RequestId":"r-1"}}"#;
    decoder.push(body.as_bytes(), &mut Output::Buffer(&mut [])).unwrap();
    assert!(!logged!(&decoder).contains("InternalError"), "a parser has only its name");
    let (fields, layout) = decoder.into_parts();
    let text = logged!(&fields);
    assert!(text.contains("InternalError") && text.contains("r-1"), "{text}");
    assert!(!logged!(&layout).is_empty());
    assert!(!logged!(Output::Buffer(&mut [])).is_empty());
    assert!(!logged!(Event::from("{}")).contains("{}"));
}

#[test]
fn a_call_and_its_client_are_logged_without_what_is_signed() {
    let (hello, settings) = (HELLO, settings());
    let mut buffer = [0; 1024];
    let mut signer = signer();
    let event = Event::from("{}");
    let mut request =
        SignedRequest::new(&settings, &hello, event, &mut signer, NOW, &mut buffer).unwrap();
    assert!(!logged!(&request).contains(SECRET_ID));
    let mut parts = reply::ReplyParts::new();
    let mut call = Call::new(&mut request, &mut parts, None);
    let mut out = [0; 1024];
    let text = logged!(call.head(&mut out).unwrap());
    assert!(text.contains("POST") && !text.contains(SECRET_ID), "{text}");
    assert!(!logged!(&call).contains(SECRET_ID));
    let stream = Stream::new(Scripted::default());
    assert!(!logged!(&stream).is_empty());
    for text in [
        logged!(Client::new((), settings, signer.clone())),
        logged!(AsyncClient::new((), settings, signer.clone())),
    ] {
        assert!(!text.is_empty() && !text.contains(SECRET_ID), "{text}");
    }
    let body = r#"{"Response":{"Error":{"Code":"InternalError","Message":"m"},"RequestId":"r"}}"#;
    call.response_head(200, None);
    call.response_body(body.as_bytes());
    call.response_end();
    let error = call.finish::<u8>(Ok(())).unwrap_err();
    assert!(logged!(&error).contains("InternalError"));
    let bounded = reply::ReplyParts::new();
    assert!(!logged!(&bounded).is_empty());
    assert!(!logged!(Scanner::new()).is_empty() && !logged!(Validator::new()).is_empty());
    assert!(!logged!(ResponseDecoder::new()).is_empty());
}
