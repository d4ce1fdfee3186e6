//! One fixed form of the call, for images that count bytes.
//!
//! [`invoke`] runs a function by a POST over a connected byte stream: the event
//! is checked, the request built in one buffer, signed with x-tc-action, and the
//! result decoded into the same buffer. It has no parameters beyond the
//! function's name, no streaming and no retries. [`Client`](crate::Client) has
//! all of that, and takes half as much flash again.
//!
//! ```
//! use embedded_io::{ErrorKind, ErrorType, Read, Write};
//! use scf_invoke_core::lite::{self, Target};
//! use scf_invoke_core::{Region, Signer};
//!
//! // A connection to a server that answers at once.
//! struct Loopback(&'static [u8]);
//!
//! impl ErrorType for Loopback {
//!     type Error = ErrorKind;
//! }
//!
//! impl Write for Loopback {
//!     fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
//!         Ok(bytes.len())
//!     }
//!
//!     fn flush(&mut self) -> Result<(), ErrorKind> {
//!         Ok(())
//!     }
//! }
//!
//! impl Read for Loopback {
//!     fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
//!         Ok(std::io::Read::read(&mut self.0, out).unwrap())
//!     }
//! }
//!
//! let mut stream = Loopback(
//!     b"HTTP/1.1 200 OK\r\nContent-Length: 81\r\n\r\n\
//!       {\"Response\":{\"Result\":{\"RetMsg\":\"hello world\",\"InvokeResult\":0},\"RequestId\":\"1\"}}",
//! );
//! let mut signer = Signer::new("AKIDEXAMPLE", "the-secret-key")?;
//! let target = Target {
//!     host: "scf.tencentcloudapi.com",
//!     region: Region::AP_GUANGZHOU,
//!     function: "hello",
//! };
//! let mut buffer = [0; 1024];
//! let event = r#"{"name":"world"}"#;
//! let reply = lite::invoke(&mut stream, &mut signer, &target, event, 1_700_000_000, &mut buffer)?;
//! assert_eq!(reply.result, b"hello world");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod envelope;
mod error;

use embedded_io::{Read, Write};

pub use error::{LiteError, LiteErrorKind};

use self::envelope::Envelope;
use crate::attempt::{Delivery, Retry};
use crate::reply::error_code;
use crate::request::event::Json;
use crate::request::region::Region;
use crate::sign::day_signer::SignCall;
use crate::sign::digest::Sha256;
use crate::sign::tc3::{CanonicalFrame, Method, Signature};
use crate::wire::ascii;
use crate::wire::http::{DateHeader, ResponseDecoder};
use crate::wire::window::{Encoding, Window};

/// The function to run, and where.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Target<'a> {
    /// The host that is connected to, as it is signed.
    pub host: &'a str,
    /// The function's region.
    pub region: Region<'a>,
    /// The function's name.
    pub function: &'a str,
}

/// The reply of a function that ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LiteReply<'b> {
    /// The result as it came: JSON, as managed runtimes write it.
    pub result: &'b [u8],
    /// `true` where the function failed; the result is then the platform's
    /// account of the failure.
    pub is_failure: bool,
}

/// The local time, in unix seconds: a `u64`, or a [`RightTime`]. Sealed.
pub trait Now: sealed::Now {}

/// The time of a clock that is right. The response's `Date` header is then not
/// read, and an error tells no [`server_time`](LiteError::server_time).
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct RightTime(
    /// Unix seconds.
    pub u64,
);

impl Now for u64 {}
impl Now for RightTime {}

/// An event: text, which is checked, or [`Json`], which has been. Sealed.
pub trait LiteEvent: sealed::LiteEvent {}

impl LiteEvent for &str {}
impl LiteEvent for Json<'_> {}

mod sealed {
    use crate::request::event::Json;
    use crate::wire::http::{DateHeader, ReadDate, SkipDate};
    use crate::wire::json;

    pub trait LiteEvent {
        /// Returns the text, if it is JSON.
        fn text(&self) -> Option<&str>;
    }

    impl LiteEvent for &str {
        fn text(&self) -> Option<&str> {
            json::check_str(self).ok().map(|()| *self)
        }
    }

    impl LiteEvent for Json<'_> {
        fn text(&self) -> Option<&str> {
            Some(self.as_str())
        }
    }

    pub trait Now {
        type Date: DateHeader;

        fn seconds(self) -> u64;
    }

    impl Now for u64 {
        type Date = ReadDate;

        fn seconds(self) -> u64 {
            self
        }
    }

    impl Now for super::RightTime {
        type Date = SkipDate;

        fn seconds(self) -> u64 {
            self.0
        }
    }
}

/// Runs a function; the result is in `buffer`.
///
/// `event` is text, or [`Json`] that is not checked again. `now` is the local time in
/// unix seconds, or the [`RightTime`] of a clock that needs no correction: each of the
/// two leaves out code that the image then does not have. `buffer` holds the body of the
/// request, and then the result: the event, its escapes, the function's name and
/// 110 bytes are what it needs, and twice the result.
///
/// # Errors
/// Returns an error where there is no reply; it says whether the function may
/// have run.
#[inline]
pub fn invoke<'b, S: Read + Write, N: Now>(
    stream: &mut S,
    signer: &mut impl SignCall,
    target: &Target<'_>,
    event: impl LiteEvent,
    now: N,
    buffer: &'b mut [u8],
) -> Result<LiteReply<'b>, LiteError> {
    if let Err(kind) = send(stream, signer, target, &event, now.seconds(), buffer) {
        return Err(kind.not_sent());
    }
    receive::<S, N::Date>(stream, buffer)
}

/// The bytes beside the body that the head is written through.
const HEAD_ROOM: usize = 64;

/// Sends the request, whose body and head are written into `buffer`.
#[inline(never)]
fn send<S: Write>(
    stream: &mut S,
    signer: &mut impl SignCall,
    target: &Target<'_>,
    event: &impl LiteEvent,
    now: u64,
    buffer: &mut [u8],
) -> Result<(), LiteErrorKind> {
    let event = event.text().ok_or(LiteErrorKind::EventNotJson)?;
    let length = write_body(target, event, buffer)?;
    let (body, room) = buffer.split_at_mut_checked(length).unwrap_or_default();
    let timestamp = signer.timestamp(now);
    let mut signature = Signature::NONE;
    sign(signer, target, body, timestamp, &mut signature)?;
    let mut sent = 0usize;
    loop {
        let mut head = Window::new(sent, room);
        head.put("POST / HTTP/1.1\r\nHost: ");
        head.put(target.host);
        head.put("\r\nContent-Type: application/json\r\nContent-Length: ");
        head.put_number(body.len() as u64);
        head.put("\r\nX-TC-Action: Invoke\r\nX-TC-Version: 2018-04-16\r\nX-TC-Timestamp: ");
        head.put_number(timestamp);
        head.put("\r\nX-TC-Region: ");
        head.put(target.region.name());
        head.put_field("\r\nX-TC-Token: ", signer.session_token());
        head.put("\r\nAuthorization: TC3-HMAC-SHA256 Credential=");
        head.put(signer.secret_id());
        head.put("/");
        head.put_bytes(signature.date());
        head.put("/scf/tc3_request, SignedHeaders=content-type;host;x-tc-action, Signature=");
        head.put_bytes(signature.hex());
        head.put("\r\n\r\n");
        let (length, is_whole) = head.end();
        write(stream, room.get(..length).unwrap_or_default())?;
        if is_whole {
            return write(stream, body);
        }
        sent = sent.saturating_add(length);
    }
}

/// Writes the body into `buffer`; returns its length.
fn write_body(target: &Target<'_>, event: &str, buffer: &mut [u8]) -> Result<usize, LiteErrorKind> {
    if !ascii::is_made_of(target.function, b"-_") {
        return Err(LiteErrorKind::FunctionName);
    }
    if !ascii::is_graphic(target.host) {
        return Err(LiteErrorKind::Host);
    }
    let size = buffer.len();
    let mut body = Window::new(0, buffer);
    body.put("{\"FunctionName\":\"");
    body.put(target.function);
    body.put("\",\"ClientContext\":\"");
    body.put_encoded(Encoding::Json, event);
    body.put("\"}");
    let (length, _) = body.end();
    // None is left where the body does not fit either.
    if size - length < HEAD_ROOM {
        return Err(LiteErrorKind::Buffer);
    }
    Ok(length)
}

/// Signs the request. Not inlined, so that what it takes of the stack is free when
/// the request is sent.
#[inline(never)]
fn sign<S: SignCall>(
    signer: &mut S,
    target: &Target<'_>,
    body: &[u8],
    timestamp: u64,
    signature: &mut Signature,
) -> Result<(), LiteErrorKind> {
    let mut hasher = Sha256::<S::Compression>::new();
    let mut hash = [0; 32];
    hasher.update(body);
    hasher.finish(&mut hash);
    let frame = CanonicalFrame {
        method: Method::Post,
        content_type: "application/json",
        host: target.host,
        signed_action: Some("invoke"),
    };
    frame.hash_start(&mut hasher);
    frame.hash_rest(&mut hasher, &mut hash, signature);
    Ok(signer.sign(timestamp, &mut hash, &mut hasher, signature)?)
}

/// Writes all of `bytes`.
#[inline(never)]
fn write<S: Write>(stream: &mut S, bytes: &[u8]) -> Result<(), LiteErrorKind> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match stream.write(rest) {
            Ok(count) if count > 0 => rest = rest.get(count..).unwrap_or_default(),
            _ => return Err(LiteErrorKind::Transport),
        }
    }
    Ok(())
}

/// Receives the response; the result stays at the front of `buffer`. Not inlined, so
/// that the decoders are not on the stack while the request is signed.
#[inline(never)]
fn receive<'b, S: Read + Write, D: DateHeader>(
    stream: &mut S,
    buffer: &'b mut [u8],
) -> Result<LiteReply<'b>, LiteError> {
    let half = buffer.len() / 2;
    let (texts, window) = buffer.split_at_mut_checked(half).unwrap_or_default();
    let mut http = ResponseDecoder::<D>::start();
    let mut envelope = const { Envelope::new() };
    match read(stream, &mut http, &mut envelope, texts, window) {
        Ok(()) => finish(&http, &mut envelope, texts),
        Err(kind) => Err(kind.with(Delivery::Unknown)),
    }
}

/// Reads the response through `window`, its result into `texts`.
fn read<S: Read + Write>(
    stream: &mut S,
    http: &mut ResponseDecoder<impl DateHeader>,
    envelope: &mut Envelope,
    texts: &mut [u8],
    window: &mut [u8],
) -> Result<(), LiteErrorKind> {
    stream.flush().map_err(|_| LiteErrorKind::Transport)?;
    loop {
        let count = stream.read(window).map_err(|_| LiteErrorKind::Transport)?;
        if count == 0 {
            // Whether that ends the response or is an error shows below.
            let _ = http.closed();
        }
        let mut input = window.get(..count).unwrap_or_default() as &[u8];
        loop {
            let bytes = http.step(&mut input);
            if !bytes.is_empty() {
                envelope.push(bytes, texts);
            } else if let Some(error) = http.error() {
                return Err(LiteErrorKind::Http(error));
            } else if http.is_complete() {
                return Ok(());
            } else if input.is_empty() {
                break;
            }
        }
    }
}

/// Returns the reply, or the error, of a complete response.
fn finish<'b>(
    http: &ResponseDecoder<impl DateHeader>,
    envelope: &mut Envelope,
    texts: &'b [u8],
) -> Result<LiteReply<'b>, LiteError> {
    let is_api = envelope.finish();
    let has_result = envelope.has_result();
    let mut error = LiteErrorKind::NotApi.with(Delivery::Unknown);
    error.detail = http.date().unwrap_or_default();
    if is_api && envelope.has_error() {
        error.kind = LiteErrorKind::Api;
        if !has_result {
            (error.delivery, error.retry) = error_code::judge(envelope.code());
        }
    } else if http.status() != 200 {
        error.kind = LiteErrorKind::HttpStatus;
        // What answers in the API's place with 4xx has not passed it on.
        if matches!(http.status(), 400..=499) && !has_result {
            error.delivery = Delivery::Refused;
            if http.status() == 429 {
                error.retry = Retry::AfterBackoff;
            }
        }
    } else if is_api && has_result {
        error.delivery = Delivery::Executed;
        error.kind = LiteErrorKind::ResultRoom;
        error.detail = envelope.result_length as u64;
        if let Some(result) = texts.get(..envelope.result_length) {
            return Ok(LiteReply { result, is_failure: envelope.has_failed });
        }
    }
    Err(error)
}
