//! A signed request, ready to be emitted.

mod emit;
pub mod event;
pub(crate) mod form;
pub mod invocation;
#[cfg(feature = "v1")]
mod presigned;
pub mod region;
mod settings;
mod signed;
mod texts;
#[cfg(feature = "v1")]
mod v1;

use core::fmt;

pub(crate) use emit::{BUFFER_MIN, Emitter, Extent, Pass};
use emit::{Check, Fault};
#[cfg(feature = "v1")]
pub use presigned::presigned_url;
pub use settings::{Language, REQUEST_CLIENT_MAX, Settings, SettingsError, Signing, TRACE_ID_MAX};
pub use signed::SignedRequest;
pub(crate) use texts::Text;

use crate::request::event::{Content, Event};
use crate::request::invocation::{Invocation, InvocationError};
#[cfg(feature = "v1")]
use crate::sign::digest::MacV1;
use crate::sign::digest::Sha256;
use crate::sign::tc3::{self, Method, SignError, Signer, UNSIGNED_PAYLOAD};
use crate::wire::bytes::Loose;
use crate::wire::json::{self, Invalid};
use crate::wire::time::Day;

/// The longest query of a GET request, in bytes: 32 KiB.
pub const QUERY_MAX: usize = 32 << 10;

/// The longest body with a TC3 signature, in bytes: 10 MiB.
pub const BODY_MAX: usize = 10 << 20;

/// The longest body with a version 1 signature, in bytes: 1 MiB.
pub const FORM_MAX: usize = 1 << 20;

/// All that a request is made of but the payload itself.
#[derive(Clone, Copy)]
pub(crate) struct Request<'c> {
    settings: &'c Settings<'c>,
    invocation: &'c Invocation<'c>,
    /// Secret id and token.
    credential: [Option<&'c str>; 2],
    /// The holes that have no value, as bits.
    absent: u32,
    timestamp: Loose<u64>,
    /// The day of the key that signs.
    day: Day,
    /// The bytes of the text that was measured last: of a POST, the body.
    length: usize,
    /// The signature's bytes; how many count is for its form to say. Until it
    /// is made, the hash that it is made of.
    signature: [u8; 32],
    extent: Extent,
}

impl<'c> Request<'c> {
    /// A request that is neither checked nor signed.
    pub(crate) fn new<'s: 'c>(
        settings: &'c Settings<'c>,
        invocation: &'c Invocation<'c>,
        payload: &Event<'_>,
        signer: &Signer<'s>,
        timestamp: u64,
    ) -> Self {
        Self {
            settings,
            invocation,
            credential: [Some(signer.secret_id()), signer.session_token()],
            absent: texts::absent(settings, !matches!(payload.0, Content::None)),
            timestamp: Loose(timestamp),
            day: Day::FIRST,
            length: 0,
            signature: [0; 32],
            extent: Extent::NOTHING,
        }
    }

    /// Checks everything, measures and signs: after this only sending is left.
    ///
    /// `scratch` is what the payload is measured through; a source is rewound
    /// afterwards.
    ///
    /// Not inlined, so that what signing takes of the stack is free again
    /// while the request is on its way.
    #[inline(never)]
    pub(crate) fn prepare(
        &mut self,
        payload: &mut Event<'_>,
        signer: &mut Signer<'_>,
        scratch: &mut [u8],
    ) -> Result<(), RequestError> {
        if scratch.len() < BUFFER_MIN {
            return Err(RequestError::Buffer { needed: BUFFER_MIN });
        }
        // Past this a larger buffer only leaves the processor's cache.
        let chunk = scratch.len().min(16 << 10);
        let mut pen = Pen {
            content: &mut payload.0,
            scratch: scratch.get_mut(..chunk).unwrap_or_default(),
            extent: Extent::NOTHING,
            length: 0,
            feed: Feed::Hasher,
            hasher: &mut Sha256::new(),
            error: RequestError::Source,
        };
        match self.make(&mut pen, signer) {
            Some(()) => Ok(()),
            None => Err(pen.error),
        }
    }

    fn make(&mut self, pen: &mut Pen<'_, '_>, signer: &mut Signer<'_>) -> Option<()> {
        pen.check(self.settings.check())?;
        pen.check(self.invocation.check())?;
        if let Content::Text(text) | Content::Checked(text) = *pen.content {
            pen.check_length(text.len(), self.invocation)?;
        }
        if let Content::Text(text) = *pen.content {
            pen.check(json::check(text.as_bytes()))?;
        }
        pen.content.rewind();
        match self.settings.signing {
            Signing::Tc3 { payload, .. } => self.sign(pen, signer, payload),
            #[cfg(feature = "v1")]
            Signing::V1 { algorithm, .. } => self.sign_v1(pen, signer, algorithm),
        }
    }

    /// Measures the body or query, and makes the signature.
    fn sign(&mut self, pen: &mut Pen<'_, '_>, signer: &mut Signer<'_>, hashed: bool) -> Option<()> {
        pen.feed = if hashed { Feed::Hasher } else { Feed::Nothing };
        if !self.is_get() {
            self.measure(Text::BODY, pen, BODY_MAX)?;
        }
        if let Feed::Nothing = pen.feed {
            pen.hasher.update(UNSIGNED_PAYLOAD.as_bytes());
        }
        pen.feed = Feed::Hasher;
        self.take_hash(pen);
        tc3::hash_start(self.settings.method_text(), pen.hasher);
        if self.is_get() {
            self.measure(Text::QUERY, pen, QUERY_MAX)?;
        }
        self.emit(Text::CANONICAL_REST, pen)?;
        self.take_hash(pen);
        let key = signer.day_key_for(self.timestamp.0, crate::SERVICE, pen.hasher);
        let key = pen.check(key)?;
        self.day = key.day();
        key.mac().start(pen.hasher);
        self.emit(Text::TO_SIGN, pen)?;
        key.mac().end(pen.hasher);
        self.signature = *pen.hasher.hash();
        Some(())
    }

    /// Takes the hash of what was emitted, to emit it in its turn.
    fn take_hash(&mut self, pen: &mut Pen<'_, '_>) {
        pen.hasher.end();
        self.signature = *pen.hasher.hash();
    }

    /// Emits `text`, which has the payload, and counts its bytes, of which
    /// there may be so many; a source is rewound afterwards.
    #[inline(never)]
    fn measure(&mut self, text: Text, pen: &mut Pen<'_, '_>, limit: usize) -> Option<()> {
        self.emit(text, pen)?;
        // Signature version 1 measures twice.
        if cfg!(feature = "v1") && self.length > 0 && !self.extent.same_source(&pen.extent) {
            return pen.refuse(RequestError::SourceChanged);
        }
        self.extent = pen.extent;
        self.length = pen.length;
        pen.content.rewind();
        let size = self.length;
        if size > limit { pen.refuse(RequestError::TooLarge { size, limit }) } else { Some(()) }
    }

    /// Emits `text` into the feed, and checks a payload that comes from a
    /// source.
    #[inline(never)]
    fn emit(&self, text: Text, pen: &mut Pen<'_, '_>) -> Option<()> {
        let mut check = Check::new();
        let mut emitter = const { Emitter::new() };
        pen.length = 0;
        while !emitter.is_done() {
            let bytes = if let Some(run) = emitter.run(pen.content, None) {
                run
            } else {
                let pass = Pass::Measure(&mut check);
                let filled = emitter.fill(self, text, pen.content, pen.scratch, pass);
                let Ok(count) = filled else {
                    return pen.refuse(match check.invalid {
                        Some(invalid) => RequestError::Event(invalid),
                        None => RequestError::Source,
                    });
                };
                // Also ends a source that would never end by itself.
                pen.check_length(emitter.extent().raw(), self.invocation)?;
                pen.scratch.get(..count).unwrap_or_default()
            };
            pen.feed.take(pen.hasher, bytes);
            pen.length = pen.length.saturating_add(bytes.len());
        }
        pen.extent = *emitter.extent();
        Some(())
    }

    /// What the payload was when it was measured.
    pub(crate) fn extent(&self) -> &Extent {
        &self.extent
    }

    /// Whether the method is GET, so that all is in the request line.
    pub(crate) fn is_get(&self) -> bool {
        self.settings.method == Method::Get
    }

    /// Whether the service answers before the function has run.
    pub(crate) fn is_asynchronous(&self) -> bool {
        self.invocation.is_event()
    }
}

/// What a request is made with.
///
/// Its error is put here by whoever finds it: handed up through every `?` it
/// would be copied each time, which takes flash.
struct Pen<'p, 'c> {
    content: &'p mut Content<'c>,
    scratch: &'p mut [u8],
    /// Of the text that was emitted last: what the payload was, and its bytes.
    extent: Extent,
    length: usize,
    feed: Feed,
    hasher: &'p mut Sha256,
    error: RequestError,
}

/// What the bytes that are emitted are given to.
enum Feed {
    Nothing,
    Hasher,
    #[cfg(feature = "v1")]
    Mac(MacV1),
}

impl Feed {
    fn take(&mut self, hasher: &mut Sha256, bytes: &[u8]) {
        match self {
            Self::Nothing => {}
            Self::Hasher => hasher.update(bytes),
            #[cfg(feature = "v1")]
            Self::Mac(mac) => mac.update(bytes),
        }
    }
}

impl Pen<'_, '_> {
    /// What there is if nothing is wrong.
    fn check<T, E: Into<RequestError>>(&mut self, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => self.refuse(error.into()),
        }
    }

    /// Refuses an event over the API's limit.
    #[inline(never)]
    fn check_length(&mut self, length: usize, invocation: &Invocation<'_>) -> Option<()> {
        let limit = invocation.payload_max();
        if length > limit { self.refuse(RequestError::PayloadTooLarge { limit }) } else { Some(()) }
    }

    fn refuse<T>(&mut self, error: RequestError) -> Option<T> {
        self.error = error;
        None
    }
}

/// Why no request could be made; nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// A parameter breaks the API's rules.
    Invocation(InvocationError),
    /// A setting is unusable.
    Settings(SettingsError),
    /// The request cannot be signed.
    Sign(SignError),
    /// The event is not JSON.
    Event(Invalid),
    /// The event is over the limit of 6 MiB, or of 128 KiB for an
    /// asynchronous call.
    PayloadTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The source of the event failed.
    Source,
    /// The source of the event wrote something else the second time.
    SourceChanged,
    /// The request with all its parameters is over the limit for its form:
    /// 10 MiB for POST, 32 KiB for GET, 1 MiB for a version 1 form.
    TooLarge {
        /// The request's size, in bytes.
        size: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The buffer is too small to work in.
    Buffer {
        /// The size that is needed, in bytes.
        needed: usize,
    },
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invocation(error) => error.fmt(f),
            Self::Settings(error) => error.fmt(f),
            Self::Sign(error) => error.fmt(f),
            Self::Event(error) => {
                f.write_str("the event is not JSON: ")?;
                error.fmt(f)
            }
            Self::PayloadTooLarge { limit } => write!(f, "the event is over {limit} bytes"),
            Self::Source => f.write_str("the source of the event could not give its bytes"),
            Self::SourceChanged => {
                f.write_str("the source of the event wrote something else the second time")
            }
            Self::TooLarge { size, limit } => {
                write!(f, "the request has {size} bytes, over the limit of {limit}")
            }
            Self::Buffer { needed } => {
                write!(f, "the buffer is too small: at least {needed} bytes are needed")
            }
        }
    }
}

impl core::error::Error for RequestError {}

impl From<InvocationError> for RequestError {
    fn from(error: InvocationError) -> Self {
        Self::Invocation(error)
    }
}

impl From<SettingsError> for RequestError {
    fn from(error: SettingsError) -> Self {
        Self::Settings(error)
    }
}

impl From<SignError> for RequestError {
    fn from(error: SignError) -> Self {
        Self::Sign(error)
    }
}

impl From<Fault> for RequestError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Source => Self::Source,
            Fault::Changed => Self::SourceChanged,
        }
    }
}

impl From<Invalid> for RequestError {
    fn from(error: Invalid) -> Self {
        Self::Event(error)
    }
}
