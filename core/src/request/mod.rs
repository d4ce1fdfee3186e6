//! A signed request, ready to be emitted.

mod emit;
#[cfg(feature = "v1")]
mod presigned;
mod settings;
mod signed;
mod texts;
#[cfg(feature = "v1")]
mod v1;

use core::fmt;

pub(crate) use emit::{BUFFER_MIN, Emitter, Extent, Pass};
#[cfg(feature = "v1")]
pub use presigned::presigned_url;
pub use settings::{Language, REQUEST_CLIENT_MAX, Settings, SettingsError, Signing, TRACE_ID_MAX};
pub use signed::SignedRequest;
pub(crate) use texts::Text;

use crate::bytes;
use crate::bytes::Loose;
use crate::digest::Sha256;
use crate::form;
use crate::invocation::{Invocation, InvocationError};
use crate::json::{self, Invalid, Validator};
use crate::payload::{Content, Payload};
use crate::tc3::{
    CANONICAL_REST, CANONICAL_START, Method, SignError, Signer, TO_SIGN, UNSIGNED_PAYLOAD,
};

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
    has_content: bool,
    timestamp: Loose<u64>,
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
        payload: &Payload<'_>,
        signer: &Signer<'s>,
        timestamp: u64,
    ) -> Self {
        Self {
            settings,
            invocation,
            credential: [Some(signer.secret_id()), signer.session_token()],
            has_content: !matches!(payload.0, Content::None),
            timestamp: Loose(timestamp),
            length: 0,
            signature: [0; 32],
            extent: Extent::default(),
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
        payload: &mut Payload<'_>,
        signer: &mut Signer<'_>,
        scratch: &mut [u8],
    ) -> Result<(), RequestError> {
        if scratch.len() < BUFFER_MIN {
            return Err(RequestError::Buffer { needed: BUFFER_MIN });
        }
        let invocation = self.invocation;
        self.settings.check()?;
        invocation.check()?;
        if let Content::Text(text) = payload.0 {
            check_length(text.len(), invocation)?;
            json::check(text.as_bytes())?;
        } else if let Content::Checked(text) = payload.0 {
            check_length(text.len(), invocation)?;
        }
        let mut pen = Pen { emitter: const { Emitter::new() }, content: &mut payload.0, scratch };
        match self.settings.signing {
            Signing::Tc3 { payload: hashed, .. } => {
                self.hash(&mut pen, hashed)?;
                self.sign(signer)?;
            }
            #[cfg(feature = "v1")]
            Signing::V1 { algorithm, .. } => self.sign_v1(&mut pen, signer, algorithm)?,
        }
        pen.emitter.restart(pen.content);
        Ok(())
    }

    /// Measures the body or query, and hashes the canonical request.
    ///
    /// Apart, so that its hasher is gone when the hash is signed.
    #[inline(never)]
    fn hash(&mut self, pen: &mut Pen<'_, '_>, hashed: bool) -> Result<(), RequestError> {
        let mut hasher = Sha256::new();
        if !self.is_get() {
            self.measure(Text::BODY, pen, BODY_MAX, &mut |bytes| {
                if hashed {
                    hasher.update(bytes);
                }
            })?;
        }
        if !hashed {
            hasher.update(UNSIGNED_PAYLOAD.as_bytes());
        }
        hasher.finish(&mut self.signature);
        let feed = &mut |bytes: &[u8]| hasher.update(bytes);
        form::fill_in(CANONICAL_START, self, feed);
        if self.is_get() {
            self.measure(Text::QUERY, pen, QUERY_MAX, feed)?;
        }
        form::fill_in(CANONICAL_REST, self, feed);
        hasher.finish(&mut self.signature);
        Ok(())
    }

    /// Signs the hash of the canonical request.
    fn sign(&mut self, signer: &mut Signer<'_>) -> Result<(), SignError> {
        let key = signer.day_key_for(self.timestamp.0, crate::SERVICE)?;
        let mut signature = [0; 32];
        key.mac(&mut |take| form::fill_in(TO_SIGN, self, take), &mut signature);
        bytes::copy(&mut self.signature, &signature);
        Ok(())
    }

    /// Emits `text` into `feed` and counts its bytes, of which there may be so
    /// many; checks and measures a payload that comes from a source.
    #[inline(never)]
    fn measure(
        &mut self,
        text: Text,
        pen: &mut Pen<'_, '_>,
        limit: usize,
        feed: &mut dyn FnMut(&[u8]),
    ) -> Result<(), RequestError> {
        let Pen { emitter, content, scratch } = pen;
        // Past this a larger buffer only leaves the processor's cache.
        let chunk = scratch.len().min(16 << 10);
        let scratch = scratch.get_mut(..chunk).unwrap_or_default();

        let mut validator = const { Validator::new() };
        emitter.restart(content);
        self.length = 0;
        while !emitter.is_done() {
            let bytes = if let Some(run) = emitter.run(content, None) {
                run
            } else {
                let pass = Pass::Measure(&mut validator);
                let count = emitter.fill(self, text, content, scratch, pass)?;
                // Also ends a source that would never end by itself.
                check_length(emitter.extent().raw(), self.invocation)?;
                scratch.get(..count).unwrap_or_default()
            };
            feed(bytes);
            self.length = self.length.saturating_add(bytes.len());
        }
        if let Content::Source(_) = content {
            validator.finish()?;
            // Signature version 1 measures twice.
            if self.extent != Extent::default() && !self.extent.same_source(emitter.extent()) {
                return Err(RequestError::SourceChanged);
            }
        }
        self.extent = emitter.extent();
        let size = self.length;
        if size > limit { Err(RequestError::TooLarge { size, limit }) } else { Ok(()) }
    }

    /// What the payload was when it was measured.
    pub(crate) fn extent(&self) -> &Extent {
        &self.extent
    }

    /// Whether the method is GET, so that all is in the request line.
    pub(crate) fn is_get(&self) -> bool {
        self.settings.method == Method::Get
    }
}

/// What a request is measured with.
struct Pen<'p, 'c> {
    emitter: Emitter,
    content: &'p mut Content<'c>,
    scratch: &'p mut [u8],
}

/// Refuses an event over the API's limit.
#[inline(never)]
fn check_length(length: usize, invocation: &Invocation<'_>) -> Result<(), RequestError> {
    let limit = invocation.payload_max();
    if length > limit { Err(RequestError::PayloadTooLarge { limit }) } else { Ok(()) }
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
    Payload(Invalid),
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
            Self::Payload(error) => {
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

impl From<Invalid> for RequestError {
    fn from(error: Invalid) -> Self {
        Self::Payload(error)
    }
}
