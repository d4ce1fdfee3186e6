//! `defmt::Format` of the public types.

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
