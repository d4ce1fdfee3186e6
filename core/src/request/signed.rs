//! A request: checked, measured and signed, so that only sending is left.

use crate::SERVICE;
#[cfg(feature = "get")]
use crate::request::QUERY_MAX;
use crate::request::emit::{BUFFER_MIN, Emitter};
use crate::request::event::{Content, Event};
use crate::request::event_writer::{Extent, Pass};
use crate::request::invocation::Invocation;
use crate::request::message::{Text, UNSIGNED_PAYLOAD};
use crate::request::settings::{Settings, Signing};
use crate::request::{BODY_MAX, RequestError};
use crate::sign::compression::Compression;
use crate::sign::digest::Sha256;
use crate::sign::tc3::{CanonicalFrame, Method, Signature, Signer};
#[cfg(feature = "v1")]
use crate::sign::v1::SignatureV1;
use crate::wire::bytes::Align32;
use crate::wire::json::{self, Validator};

/// The bytes of a buffer that an event is measured through: more would only
/// leave the processor's cache.
const CHUNK_MAX: usize = 16 << 10;

/// Takes the bytes of a text that is measured, by a pointer: for the forms of a request
/// that few need, so that they share one copy of what measures.
#[cfg(feature = "get")]
pub(super) type Take<'t> = &'t mut dyn FnMut(&[u8]);

/// A request that has been checked, measured and signed, so that only sending
/// is left, by one [`Call`](crate::call::Call).
///
/// It is made before the call, so that what signing takes of the stack is free
/// again when the call needs its own.
pub struct SignedRequest<'c> {
    pub(crate) request: Request<'c>,
    pub(crate) payload: Event<'c>,
    pub(crate) buffer: &'c mut [u8],
}

impl<'c> SignedRequest<'c> {
    /// Checks, measures and signs a request; nothing is sent yet.
    ///
    /// `timestamp` is the time in unix seconds. `buffer` is what the request is
    /// measured through. Then the call puts the request together there, reads
    /// the response into it, and leaves the result and the log, unless a sink
    /// takes them: at least [`CALL_BUFFER_MIN`](crate::call::CALL_BUFFER_MIN)
    /// bytes, and better as many as the request has.
    #[inline]
    pub fn new<'s: 'c>(
        settings: &'c Settings<'c>,
        invocation: &'c Invocation<'c>,
        mut payload: Event<'c>,
        signer: &mut Signer<'s, impl Compression>,
        timestamp: u64,
        buffer: &'c mut [u8],
    ) -> Result<Self, RequestError> {
        let mut request = Request::new(settings, invocation, &payload, signer, timestamp);
        request.prepare(&mut payload, signer, buffer)?;
        Ok(Self { request, payload, buffer })
    }
}

/// All that a request is made of but the event itself.
#[derive(Clone)]
pub(crate) struct Request<'c> {
    pub(super) settings: &'c Settings<'c>,
    pub(super) invocation: &'c Invocation<'c>,
    pub(super) secret_id: &'c str,
    pub(super) token: Option<&'c str>,
    pub(super) timestamp: Align32<u64>,
    pub(super) has_event: bool,
    /// The bytes of the body, or of a GET's query.
    pub(super) length: usize,
    pub(super) extent: Extent,
    pub(super) signature: Signature,
    #[cfg(feature = "v1")]
    pub(super) v1_signature: SignatureV1,
}

impl<'c> Request<'c> {
    /// Creates a request that is neither checked nor signed.
    pub(crate) fn new<'s: 'c>(
        settings: &'c Settings<'c>,
        invocation: &'c Invocation<'c>,
        event: &Event<'_>,
        signer: &Signer<'s, impl Compression>,
        timestamp: u64,
    ) -> Self {
        Self {
            settings,
            invocation,
            secret_id: signer.secret_id(),
            token: signer.session_token(),
            timestamp: Align32(timestamp),
            has_event: !matches!(event.0, Content::None),
            length: 0,
            extent: Extent::NONE,
            signature: Signature::NONE,
            #[cfg(feature = "v1")]
            v1_signature: SignatureV1::new(),
        }
    }

    /// Checks everything, measures and signs: after this only sending is left.
    ///
    /// The event is measured through `scratch`; a source is rewound
    /// afterwards.
    ///
    /// Not inlined, so that the stack of signing is free again while the request
    /// is on its way.
    #[inline(never)]
    pub(crate) fn prepare<C: Compression>(
        &mut self,
        event: &mut Event<'_>,
        signer: &mut Signer<'_, C>,
        scratch: &mut [u8],
    ) -> Result<(), RequestError> {
        self.check(scratch)?;
        if let Content::Text(text) | Content::Checked(text) = event.0 {
            let limit = self.invocation.payload_max();
            if text.len() > limit {
                return Err(RequestError::PayloadTooLarge { limit });
            }
        }
        if let Content::Text(text) = event.0 {
            json::check_str(text)?;
        }
        event.0.rewind();
        let chunk = scratch.len().min(CHUNK_MAX);
        let scratch = scratch.get_mut(..chunk).unwrap_or_default();
        match self.settings.signing {
            Signing::Tc3 { payload, .. } => self.sign(event, signer, scratch, payload),
            #[cfg(feature = "v1")]
            Signing::V1 { algorithm, .. } => self.sign_v1(event, signer, scratch, algorithm),
        }
    }

    /// Checks everything but the event.
    pub(super) fn check(&self, scratch: &[u8]) -> Result<(), RequestError> {
        if scratch.len() < BUFFER_MIN {
            return Err(RequestError::Buffer { needed: BUFFER_MIN });
        }
        self.settings.check()?;
        Ok(self.invocation.check()?)
    }

    /// Measures the body or query, and makes the signature.
    fn sign<C: Compression>(
        &mut self,
        event: &mut Event<'_>,
        signer: &mut Signer<'_, C>,
        scratch: &mut [u8],
        signs_payload: bool,
    ) -> Result<(), RequestError> {
        let mut hasher = Sha256::<C>::new();
        // A place for it, for a result would be moved twice: 60 bytes of flash.
        let mut hash = [0; 32];
        match self.settings.method {
            #[cfg(feature = "get")]
            Method::Get => self.hash_get(event, scratch, signs_payload, &mut hasher, &mut hash)?,
            _ => self.hash_post(event, scratch, signs_payload, &mut hasher, &mut hash)?,
        }
        self.sign_hash(&mut hash, signer, &mut hasher)
    }

    /// Signs the hash of the canonical request.
    pub(super) fn sign_hash<C: Compression>(
        &mut self,
        hash: &mut [u8; 32],
        signer: &mut Signer<'_, C>,
        hasher: &mut Sha256<C>,
    ) -> Result<(), RequestError> {
        let key = signer.day_key_for(self.timestamp.0, SERVICE, hasher)?;
        key.sign_hash(self.timestamp.0, hash, hasher, &mut self.signature);
        Ok(())
    }

    /// Measures the body of a POST; `hash` becomes that of the canonical request.
    fn hash_post(
        &mut self,
        event: &mut Event<'_>,
        scratch: &mut [u8],
        signs_payload: bool,
        hasher: &mut Sha256<impl Compression>,
        hash: &mut [u8; 32],
    ) -> Result<(), RequestError> {
        self.measure(Text::Body, BODY_MAX, event, scratch, |bytes| {
            if signs_payload {
                hasher.update(bytes);
            }
        })?;
        self.hash_frame(signs_payload, hasher, hash);
        Ok(())
    }

    /// Writes the hash of the canonical request of a POST, whose body has been
    /// hashed if it is signed.
    pub(super) fn hash_frame(
        &mut self,
        signs_payload: bool,
        hasher: &mut Sha256<impl Compression>,
        hash: &mut [u8; 32],
    ) {
        hash_payload(signs_payload, hasher, hash);
        let frame = self.canonical();
        frame.hash_start(hasher);
        // Nothing stands in its query.
        frame.hash_rest(hasher, hash, &mut self.signature);
    }

    /// Hashes a GET, whose body is empty and whose query is measured.
    #[cfg(feature = "get")]
    fn hash_get(
        &mut self,
        event: &mut Event<'_>,
        scratch: &mut [u8],
        signs_payload: bool,
        hasher: &mut Sha256<impl Compression>,
        hash: &mut [u8; 32],
    ) -> Result<(), RequestError> {
        // Of nothing, which is the body of a GET.
        hash_payload(signs_payload, hasher, hash);
        self.canonical().hash_start(hasher);
        let take: Take<'_> = &mut |bytes| hasher.update(bytes);
        self.measure(Text::Query, QUERY_MAX, event, scratch, take)?;
        self.canonical().hash_rest(hasher, hash, &mut self.signature);
        Ok(())
    }

    /// Returns the request as the signature sees it.
    pub(super) fn canonical(&self) -> CanonicalFrame<'c> {
        let signs_action = matches!(self.settings.signing, Signing::Tc3 { action: true, .. });
        CanonicalFrame {
            method: if self.is_get() { Method::Get } else { Method::Post },
            content_type: self.content_type(),
            host: self.settings.host,
            signed_action: signs_action.then_some(self.invocation.action.as_str()),
        }
    }

    /// Gives `take` the bytes of `text`, which has the event, and counts them,
    /// of which there may be so many; a source is checked, and rewound
    /// afterwards.
    pub(super) fn measure(
        &mut self,
        text: Text,
        limit: usize,
        event: &mut Event<'_>,
        scratch: &mut [u8],
        mut take: impl FnMut(&[u8]),
    ) -> Result<(), RequestError> {
        let mut validator = Validator::new();
        let mut pass =
            Pass::Measure { validator: &mut validator, limit: self.invocation.payload_max() };
        let mut emitter = Emitter::new();
        let mut length = 0usize;
        while !emitter.is_done() {
            let bytes = emitter.emit(self, text, &mut event.0, scratch, &mut pass)?;
            take(bytes);
            length += bytes.len();
            #[cfg(feature = "async")]
            if emitter.event().is_waiting() {
                // Nobody feeds it here.
                return Err(RequestError::Source);
            }
        }
        event.0.rewind();
        // Signature version 1 measures twice.
        if cfg!(feature = "v1") && self.length > 0 && !self.extent.is_same_source(emitter.extent())
        {
            return Err(RequestError::SourceChanged);
        }
        self.extent = *emitter.extent();
        self.length = length;
        if length > limit {
            return Err(RequestError::TooLarge { size: length, limit });
        }
        Ok(())
    }

    /// Returns `true` if the service answers before the function has run.
    pub(crate) fn is_asynchronous(&self) -> bool {
        self.invocation.is_event()
    }

    /// Returns the extent of the event as it was measured.
    pub(crate) fn extent(&self) -> &Extent {
        &self.extent
    }
}

/// Writes the hash that stands for the payload, whose bytes have been hashed if it
/// is signed.
fn hash_payload(signs_payload: bool, hasher: &mut Sha256<impl Compression>, hash: &mut [u8; 32]) {
    if !signs_payload {
        // Hashed each time, which takes 32 bytes less of flash than its hash.
        hasher.update(UNSIGNED_PAYLOAD.as_bytes());
    }
    hasher.finish(hash);
}
