//! Signing by TC3-HMAC-SHA256.
//!
//! ```text
//! canonical request = METHOD \n / \n QUERY \n HEADERS \n SIGNED \n payload hash
//! string to sign    = TC3-HMAC-SHA256 \n TIMESTAMP \n SCOPE \n hash of the above
//! signature         = hex of HMAC(day key, string to sign)
//! ```
//!
//! `HEADERS` is one line per signed header, `SCOPE` is
//! `DATE/SERVICE/tc3_request`, and the day key is a [`DayKey`]. A [`Signer`]
//! signs for any service and action; SCF's own requests are built by
//! [`Call`](crate::call::Call), which signs by itself.

use core::fmt;
use core::marker::PhantomData;

pub use super::error::SignError;
use crate::sign::compression::{Compression, Software};
use crate::sign::credential::{self, CredentialError, Part};
use crate::sign::day_key::{DayKey, SCOPE_END};
use crate::sign::digest::Sha256;
use crate::wire::bytes;
use crate::wire::time::{Day, decimal};

/// The methods that the API knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Method {
    /// Parameters in the body.
    Post,
    /// Parameters in the query; 32 KB at most.
    Get,
}

impl Method {
    /// Returns the method as it stands in the request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Get => "GET",
        }
    }
}

/// The hash that stands for a payload in the signed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum PayloadHash {
    /// The SHA-256 of the body; of the empty string for GET.
    Sha256([u8; 32]),
    /// Nothing: the request says so in `X-TC-Content-SHA256:
    /// UNSIGNED-PAYLOAD`, and only TLS protects the body.
    Unsigned,
}

impl PayloadHash {
    /// Returns the hash of a body that is at hand. Where the platform hashes
    /// faster, let it, and take [`Sha256`](Self::Sha256).
    pub fn of(body: &[u8]) -> Self {
        Self::Sha256(Sha256::<Software>::of(body))
    }
}

/// The SHA-256 of `UNSIGNED-PAYLOAD`, which stands for a body that is not
/// signed.
pub(crate) const UNSIGNED_HASH: &[u8; 32] = &[
    0x43, 0x8d, 0x41, 0x09, 0xef, 0x0d, 0x67, 0x6b, 0x8c, 0x2c, 0x7e, 0xd1, 0x3c, 0xdf, 0xcb, 0x41,
    0x8e, 0x49, 0x4d, 0x53, 0xb8, 0x43, 0xd4, 0x63, 0x4c, 0xe3, 0xb1, 0x08, 0x5f, 0x07, 0xbb, 0x96,
];

/// The request as the signature sees it.
///
/// Every value must be sent byte for byte as it is here.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CanonicalRequest<'a> {
    /// The method.
    pub method: Method,
    /// The query string as sent, without `?`; empty for POST.
    pub query: &'a str,
    /// The Content-Type header as sent.
    pub content_type: &'a str,
    /// The Host header as sent.
    pub host: &'a str,
    /// The action, to sign `x-tc-action` as well; `None` signs
    /// `content-type;host`, as the official SDKs do.
    pub signed_action: Option<&'a str>,
    /// The hash of the payload.
    pub payload: PayloadHash,
}

impl CanonicalRequest<'_> {
    /// Returns the SHA-256 of the canonical request.
    pub fn hash(&self) -> [u8; 32] {
        let (mut hash, mut signature) = ([0; 32], Signature::NONE);
        self.hash_in(&mut Sha256::<Software>::new(), &mut hash, &mut signature);
        hash
    }

    /// Writes the hash, made by a hasher that is at hand.
    fn hash_in<C: Compression>(
        &self,
        hasher: &mut Sha256<C>,
        hash: &mut [u8; 32],
        signature: &mut Signature,
    ) {
        let payload = match &self.payload {
            PayloadHash::Sha256(hash) => hash,
            PayloadHash::Unsigned => UNSIGNED_HASH,
        };
        bytes::copy(hash, payload);
        let Self { method, content_type, host, signed_action, .. } = *self;
        let frame = CanonicalFrame { method, content_type, host, signed_action };
        frame.hash_start(hasher);
        hasher.update(self.query.as_bytes());
        frame.hash_rest(hasher, hash, signature);
    }

    /// Returns the names of the signed headers, as the Authorization header has
    /// them.
    pub const fn signed_headers(&self) -> &'static str {
        signed_headers(self.signed_action.is_some())
    }
}

/// A canonical request without its query and its payload, which are hashed while
/// they are written.
#[derive(Clone, Copy)]
pub(crate) struct CanonicalFrame<'a> {
    pub(crate) method: Method,
    pub(crate) content_type: &'a str,
    pub(crate) host: &'a str,
    pub(crate) signed_action: Option<&'a str>,
}

impl CanonicalFrame<'_> {
    /// Hashes what stands before the query.
    pub(crate) fn hash_start<C: Compression>(&self, hasher: &mut Sha256<C>) {
        hasher.update(match self.method {
            Method::Post => b"POST\n/\n",
            Method::Get => b"GET\n/\n",
        });
    }

    /// Hashes what stands after the query. `hash` is that of the payload, and
    /// becomes that of all; `signature` is a place for its digits meanwhile.
    pub(crate) fn hash_rest<C: Compression>(
        &self,
        hasher: &mut Sha256<C>,
        hash: &mut [u8; 32],
        signature: &mut Signature,
    ) {
        hasher.update(b"\ncontent-type:");
        hasher.update(self.content_type.as_bytes());
        hasher.update(b"\nhost:");
        hasher.update(self.host.as_bytes());
        if let Some(action) = self.signed_action {
            hasher.update(b"\nx-tc-action:");
            action.bytes().for_each(|byte| hasher.update(&[byte.to_ascii_lowercase()]));
        }
        hasher.update(b"\n\n");
        hasher.update(signed_headers(self.signed_action.is_some()).as_bytes());
        hasher.update(b"\n");
        write_hex(hash, &mut signature.hex);
        hasher.update(&signature.hex);
        hasher.finish(hash);
    }
}

/// Returns the names of the signed headers.
pub(crate) const fn signed_headers(has_action: bool) -> &'static str {
    // One text, of which the other is the front: 40 bytes of flash.
    const ALL: &str = "content-type;host;x-tc-action";
    const FEW: &str = ALL.split_at("content-type;host".len()).0;
    if has_action { ALL } else { FEW }
}

/// Writes a hash in lowercase hexadecimal digits.
#[inline(never)]
fn write_hex(hash: &[u8; 32], hex: &mut [u8; 64]) {
    // 64 bytes hold 32 in base 16: there is nothing to fail.
    let _ = base16ct::lower::encode(hash, hex);
}

/// A signature and what it was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Signature {
    hex: [u8; 64],
    date: [u8; 10],
}

impl Signature {
    /// The place for a signature that is not made yet.
    pub(crate) const NONE: Self = Self { hex: [0; 64], date: [0; 10] };

    /// Returns the signature's 64 lowercase hexadecimal digits.
    pub fn hex(&self) -> &[u8; 64] {
        &self.hex
    }

    /// Returns the date of the scope, `YYYY-MM-DD`.
    pub fn date(&self) -> &[u8; 10] {
        &self.date
    }
}

/// Signs requests with a secret key, or with a [`DayKey`] alone.
///
/// The day key is derived at the first request of a day and kept; for another
/// service it is derived anew. Secrets are never printed.
///
/// ```
/// use scf_invoke_core::sign::tc3::{CanonicalRequest, Method, PayloadHash, Signer};
///
/// let mut signer = Signer::new("AKIDEXAMPLE", "the-secret-key")?;
/// let request = CanonicalRequest {
///     method: Method::Get,
///     query: "Limit=1",
///     content_type: "application/x-www-form-urlencoded",
///     host: "cvm.tencentcloudapi.com",
///     signed_action: None,
///     payload: PayloadHash::Unsigned,
/// };
/// let signature = signer.sign("cvm", 1_551_113_065, &request)?;
/// assert_eq!(signature.date(), b"2019-02-25");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Signer<'a, C = Software> {
    secret_id: &'a str,
    secret_key: Option<&'a str>,
    token: Option<&'a str>,
    day_key: Option<DayKey>,
    compression: PhantomData<C>,
}

impl<'a> Signer<'a> {
    /// Returns a signer with the long-term or temporary secret.
    ///
    /// Empty parts and parts with spaces, control characters or bytes beyond
    /// ASCII are errors: they are how a key is pasted wrongly.
    pub fn new(secret_id: &'a str, secret_key: &'a str) -> Result<Self, CredentialError> {
        credential::check(Part::SecretId, secret_id)?;
        credential::check(Part::SecretKey, secret_key)?;
        Ok(Self::unchecked(secret_id, Some(secret_key), None, None))
    }

    /// Returns a signer without the secret: it signs on the key's day only.
    pub fn with_day_key(secret_id: &'a str, key: DayKey) -> Result<Self, CredentialError> {
        credential::check(Part::SecretId, secret_id)?;
        Ok(Self::unchecked(secret_id, None, None, Some(key)))
    }

    /// Returns a signer of all that there is of a credential; the same checks,
    /// and what is made is moved only once. Without a day key, the secret key
    /// is what is missing.
    pub fn from_parts(
        secret_id: &'a str,
        secret_key: Option<&'a str>,
        token: Option<&'a str>,
        day_key: Option<DayKey>,
    ) -> Result<Self, CredentialError> {
        credential::check(Part::SecretId, secret_id)?;
        if secret_key.is_some() || day_key.is_none() {
            credential::check(Part::SecretKey, secret_key.unwrap_or_default())?;
        }
        if let Some(token) = token {
            credential::check(Part::Token, token)?;
        }
        Ok(Self::unchecked(secret_id, secret_key, token, day_key))
    }

    const fn unchecked(
        secret_id: &'a str,
        secret_key: Option<&'a str>,
        token: Option<&'a str>,
        day_key: Option<DayKey>,
    ) -> Self {
        Self { secret_id, secret_key, token, day_key, compression: PhantomData }
    }
}

impl<'a, C: Compression> Signer<'a, C> {
    /// Makes it hash by another compression function, such as that of a chip.
    pub fn compressed_by<D: Compression>(self) -> Signer<'a, D> {
        let Self { secret_id, secret_key, token, day_key, .. } = self;
        Signer { secret_id, secret_key, token, day_key, compression: PhantomData }
    }

    /// Adds the token of temporary credentials, sent as `X-TC-Token`.
    pub fn token(mut self, token: &'a str) -> Result<Self, CredentialError> {
        credential::check(Part::Token, token)?;
        self.token = Some(token);
        Ok(self)
    }

    /// Starts with a day key that was derived before from the same secret, so
    /// that it need not be derived again.
    pub fn remember(mut self, key: DayKey) -> Self {
        self.day_key = Some(key);
        self
    }

    /// Returns the day key that signed last, to [`remember`](Self::remember) it
    /// or to hand it on.
    pub const fn day_key(&self) -> Option<&DayKey> {
        self.day_key.as_ref()
    }

    /// Returns the public part of the credential.
    pub fn secret_id(&self) -> &'a str {
        self.secret_id
    }

    /// Returns the time nearest to `now` that it can sign, in unix seconds: with a
    /// day key alone, a time of the key's day.
    pub(crate) fn nearest(&self, now: u64) -> u64 {
        match (self.secret_key, &self.day_key) {
            (None, Some(key)) => key.nearest(now),
            _ => now,
        }
    }

    /// Returns the token of temporary credentials.
    pub(crate) fn session_token(&self) -> Option<&'a str> {
        self.token
    }

    /// Returns the secret itself, which signature version 1 needs.
    #[cfg(feature = "v1")]
    pub(crate) fn secret_key(&self) -> Option<&'a str> {
        self.secret_key
    }

    /// Signs a request for `service`, to be sent with `X-TC-Timestamp:
    /// timestamp` (seconds since 1970, within 300 s of the server's clock).
    pub fn sign(
        &mut self,
        service: &str,
        timestamp: u64,
        request: &CanonicalRequest<'_>,
    ) -> Result<Signature, SignError> {
        let mut hasher = Sha256::<C>::new();
        let mut hash = [0; 32];
        let mut signature = Signature::NONE;
        request.hash_in(&mut hasher, &mut hash, &mut signature);
        let key = self.day_key_for(timestamp, service, &mut hasher)?;
        key.sign_hash(timestamp, &mut hash, &mut hasher, &mut signature);
        Ok(signature)
    }

    /// Returns the key of that time and service: the one at hand, or one
    /// derived now.
    pub(crate) fn day_key_for(
        &mut self,
        timestamp: u64,
        service: &str,
        hasher: &mut Sha256<C>,
    ) -> Result<&DayKey, SignError> {
        let day = Day::of_timestamp(timestamp).ok_or(SignError::Timestamp)?;
        let key = place(&mut self.day_key);
        let problem = if !key.is_for(service) {
            SignError::DayKeyService
        } else if key.day() != day {
            SignError::DayKeyDate { key: key.day(), request: day }
        } else {
            return Ok(key);
        };
        let secret_key = self.secret_key.ok_or(problem)?;
        key.derive_in_place(hasher, secret_key, day, service).ok_or(SignError::Service)?;
        Ok(key)
    }
}

/// Returns the key, an empty one where there was none. Apart, for what is generic is compiled with the
/// caller's crate, where it would drop the key that is not there: 40 bytes.
fn place(day_key: &mut Option<DayKey>) -> &mut DayKey {
    day_key.get_or_insert_with(DayKey::empty)
}

impl DayKey {
    /// Signs a request for the key's service, to be sent on its day: what a
    /// [`Signer`] does that need not derive a key.
    pub fn sign(
        &self,
        timestamp: u64,
        request: &CanonicalRequest<'_>,
    ) -> Result<Signature, SignError> {
        let day = Day::of_timestamp(timestamp).ok_or(SignError::Timestamp)?;
        if day != self.day() {
            return Err(SignError::DayKeyDate { key: self.day(), request: day });
        }
        let mut hasher = Sha256::<Software>::new();
        let mut hash = [0; 32];
        let mut signature = Signature::NONE;
        request.hash_in(&mut hasher, &mut hash, &mut signature);
        self.sign_hash(timestamp, &mut hash, &mut hasher, &mut signature);
        Ok(signature)
    }

    /// Signs the hash of a canonical request of the key's day. In place, for
    /// moving a signature takes stack; what `hash` is afterwards is the MAC.
    pub(crate) fn sign_hash<C: Compression>(
        &self,
        timestamp: u64,
        hash: &mut [u8; 32],
        hasher: &mut Sha256<C>,
        signature: &mut Signature,
    ) {
        self.day().write_date(&mut signature.date);
        let mut mac = self.mac().start(hasher);
        mac.update(b"TC3-HMAC-SHA256\n");
        mac.update(decimal(timestamp, &mut signature.hex));
        mac.update(b"\n");
        mac.update(&signature.date);
        mac.update(b"/");
        mac.update(self.service().as_bytes());
        mac.update(SCOPE_END);
        write_hex(hash, &mut signature.hex);
        mac.update(&signature.hex);
        mac.finish(hash);
        write_hex(hash, &mut signature.hex);
    }
}

impl<C> fmt::Debug for Signer<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("secret_id", &self.secret_id)
            .field("day_key", &self.day_key)
            .finish_non_exhaustive()
    }
}
