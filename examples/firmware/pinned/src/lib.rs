//! Checks that a TLS server is the one that is meant, for a device that knows
//! one certificate authority.
//!
//! That is all: the authority's key and the server's are on P-256, and the
//! authority has signed the server's certificate itself. Without chains there
//! is no question of who may sign for whom, and a certificate is read where it
//! lies, in a few hundred bytes of stack.
//!
//! ```no_run
//! # fn check(authority: &[u8], certificate: &[u8], now: &[u8; 14]) -> Result<(), pinned::Untrusted> {
//! let key = pinned::verify(authority, certificate, "scf.example.com", now)?;
//! key.verify_handshake(b"the hash of the handshake so far", b"the server's signature")?;
//! # Ok(())
//! # }
//! ```
//!
//! # What it does not do
//!
//! RSA and other curves, intermediate authorities, revocation, names other
//! than DNS names, and constraints on names: whoever pins an authority that is
//! not their own should want these, and take a library that has them.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod der;

use core::fmt;

use der::{Reader, tag};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};

/// A defect for which a server is not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Untrusted {
    /// The authority's own certificate is not one of an authority on P-256.
    Authority,
    /// The server's certificate cannot be read, or has something in it that
    /// is marked as critical and not known here.
    Malformed,
    /// It is not on P-256 with SHA-256.
    Algorithm,
    /// Another authority has issued it, or the signature is not right.
    Issuer,
    /// It is not valid yet.
    TooEarly,
    /// It is no longer valid.
    Expired,
    /// It is for another name.
    Name,
    /// It is not for a server.
    Purpose,
    /// The server does not have the key of its certificate.
    Handshake,
    /// The server has shown no certificate, or not one alone.
    Missing,
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Authority => "the known authority's certificate cannot be used",
            Self::Malformed => "the server's certificate cannot be read",
            Self::Algorithm => "the server's certificate is not on P-256 with SHA-256",
            Self::Issuer => "the server's certificate is not from the known authority",
            Self::TooEarly => "the server's certificate is not valid yet, by this clock",
            Self::Expired => "the server's certificate has expired, by this clock",
            Self::Name => "the server's certificate is for another name",
            Self::Purpose => "the server's certificate is not for a server",
            Self::Handshake => "the server does not have its certificate's key",
            Self::Missing => "the server does not show one certificate",
        })
    }
}

impl core::error::Error for Untrusted {}

/// The key of a certificate that was found good: still to be proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerKey([u8; 65]);

impl ServerKey {
    /// Checks the signature of a TLS 1.3 CertificateVerify message, with the
    /// scheme `ecdsa_secp256r1_sha256`.
    ///
    /// `transcript` is the hash of the handshake up to the certificate.
    ///
    /// # Errors
    ///
    /// [`Untrusted::Handshake`]
    pub fn verify_handshake(&self, transcript: &[u8], signature: &[u8]) -> Result<(), Untrusted> {
        const CONTEXT: &[u8] = b"TLS 1.3, server CertificateVerify\0";
        let mut message = [b' '; 64 + CONTEXT.len() + 32];
        let (_, rest) = message.split_at_mut(64);
        let (context, hash) = rest.split_at_mut(CONTEXT.len());
        context.copy_from_slice(CONTEXT);
        if transcript.len() != hash.len() {
            return Err(Untrusted::Handshake);
        }
        hash.copy_from_slice(transcript);
        if is_signed(&self.0, &message, signature) { Ok(()) } else { Err(Untrusted::Handshake) }
    }
}

/// Checks the server's `certificate`, and gives the key that it speaks of.
///
/// Both certificates are in DER. `now` is the time in UTC as digits,
/// `YYYYMMDDhhmmss`.
///
/// # Errors
///
/// The first defect that is found; the signature is checked before all else.
pub fn verify(
    authority: &[u8],
    certificate: &[u8],
    name: &str,
    now: &[u8; 14],
) -> Result<ServerKey, Untrusted> {
    let authority = Certificate::read(authority).map_err(|_| Untrusted::Authority)?;
    if !authority.is_authority {
        return Err(Untrusted::Authority);
    }
    let server = Certificate::read(certificate)?;
    if server.issuer != authority.subject
        || !is_signed(&authority.key, server.signed, server.signature)
    {
        return Err(Untrusted::Issuer);
    }
    if *now < server.not_before {
        return Err(Untrusted::TooEarly);
    }
    if *now > server.not_after {
        return Err(Untrusted::Expired);
    }
    if !server.is_for_servers {
        return Err(Untrusted::Purpose);
    }
    if !names(server.names).any(|found| matches(found, name.as_bytes())) {
        return Err(Untrusted::Name);
    }
    Ok(ServerKey(server.key))
}

fn is_signed(key: &[u8; 65], message: &[u8], signature: &[u8]) -> bool {
    let key = VerifyingKey::from_sec1_bytes(key);
    let signature = Signature::from_der(signature);
    match (key, signature) {
        (Ok(key), Ok(signature)) => key.verify(message, &signature).is_ok(),
        _ => false,
    }
}

/// The parts of a certificate that are checked.
struct Certificate<'a> {
    signed: &'a [u8],
    signature: &'a [u8],
    issuer: &'a [u8],
    subject: &'a [u8],
    not_before: [u8; 14],
    not_after: [u8; 14],
    key: [u8; 65],
    /// Of the extension subjectAltName.
    names: &'a [u8],
    is_authority: bool,
    is_for_servers: bool,
}

/// Object identifiers, as they are encoded.
mod oid {
    pub(super) const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
    pub(super) const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    pub(super) const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    pub(super) const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
    pub(super) const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 17];
    pub(super) const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
    pub(super) const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];
    pub(super) const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
}

impl<'a> Certificate<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Untrusted> {
        let mut certificate = Self::read_fields(bytes).ok_or(Untrusted::Malformed)??;
        let extensions = core::mem::take(&mut certificate.names);
        certificate.read_extensions(extensions).ok_or(Untrusted::Malformed)?;
        Ok(certificate)
    }

    /// Returns all but the extensions, whose bytes are left in `names`.
    fn read_fields(bytes: &'a [u8]) -> Option<Result<Self, Untrusted>> {
        let mut outer = Reader::new(bytes);
        let mut reader = outer.enter(tag::SEQUENCE)?;
        outer.end()?;
        let signed = reader.find(tag::SEQUENCE)?;
        let algorithm = reader.find(tag::SEQUENCE)?;
        let signature = der::bits(reader.find(tag::BIT_STRING)?)?;
        reader.end()?;

        let mut reader = Reader::new(signed.content);
        let mut version = reader.enter(tag::VERSION)?;
        // The third, which counts from 0, is the one with extensions.
        if version.find(tag::INTEGER)?.content != [2] {
            return None;
        }
        reader.find(tag::INTEGER)?;
        let inner_algorithm = reader.find(tag::SEQUENCE)?;
        let issuer = reader.find(tag::SEQUENCE)?.content;
        let mut validity = reader.enter(tag::SEQUENCE)?;
        let (not_before, not_after) = (time(&mut validity)?, time(&mut validity)?);
        validity.end()?;
        let subject = reader.find(tag::SEQUENCE)?.content;
        let key = reader.enter(tag::SEQUENCE)?;
        let extensions: &[u8] = match reader.enter(tag::EXTENSIONS) {
            Some(mut extensions) => extensions.find(tag::SEQUENCE)?.content,
            None => &[],
        };
        reader.end()?;

        let mut inner = Reader::new(algorithm.content);
        if inner_algorithm.whole != algorithm.whole
            || inner.find(tag::OID)?.content != oid::ECDSA_WITH_SHA256
            || !inner.is_empty()
        {
            return Some(Err(Untrusted::Algorithm));
        }
        let Some(key) = p256_key(key) else { return Some(Err(Untrusted::Algorithm)) };
        Some(Ok(Self {
            signed: signed.whole,
            signature,
            issuer,
            subject,
            not_before,
            not_after,
            key,
            names: extensions,
            is_authority: false,
            is_for_servers: true,
        }))
    }

    fn read_extensions(&mut self, extensions: &'a [u8]) -> Option<()> {
        let mut reader = Reader::new(extensions);
        while !reader.is_empty() {
            let mut extension = reader.enter(tag::SEQUENCE)?;
            let id = extension.find(tag::OID)?.content;
            let critical = match extension.find(tag::BOOLEAN) {
                Some(value) => value.content == [0xff],
                None => false,
            };
            let mut value = extension.enter(tag::OCTET_STRING)?;
            extension.end()?;
            match id {
                oid::BASIC_CONSTRAINTS => {
                    let mut constraints = value.enter(tag::SEQUENCE)?;
                    self.is_authority =
                        constraints.find(tag::BOOLEAN).is_some_and(|value| value.content == [0xff]);
                }
                oid::SUBJECT_ALT_NAME => self.names = value.find(tag::SEQUENCE)?.content,
                oid::EXTENDED_KEY_USAGE => {
                    let mut purposes = value.enter(tag::SEQUENCE)?;
                    let mut found = false;
                    while !purposes.is_empty() {
                        found |= purposes.find(tag::OID)?.content == oid::SERVER_AUTH;
                    }
                    self.is_for_servers &= found;
                }
                oid::KEY_USAGE => {
                    // The first bit, from the left, allows signatures of data.
                    let bits = value.find(tag::BIT_STRING)?.content;
                    self.is_for_servers &= bits.get(1).is_some_and(|bits| bits & 0x80 != 0);
                }
                _ if critical => return None,
                _ => {}
            }
        }
        Some(())
    }
}

/// Returns a public key, uncompressed.
fn p256_key(mut reader: Reader<'_>) -> Option<[u8; 65]> {
    let mut algorithm = reader.enter(tag::SEQUENCE)?;
    let known = algorithm.find(tag::OID)?.content == oid::EC_PUBLIC_KEY
        && algorithm.find(tag::OID)?.content == oid::P256;
    algorithm.end()?;
    let key = der::bits(reader.find(tag::BIT_STRING)?)?;
    reader.end()?;
    if known { key.try_into().ok() } else { None }
}

/// Returns a time as digits, `YYYYMMDDhhmmss`, which compare as the times do.
fn time(reader: &mut Reader<'_>) -> Option<[u8; 14]> {
    let value = reader.next()?;
    let digits = value.content.strip_suffix(b"Z")?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    match value.tag {
        tag::GENERALIZED_TIME => digits.try_into().ok(),
        tag::UTC_TIME => {
            let short: [u8; 12] = digits.try_into().ok()?;
            // Two digits mean the years 1950 to 2049.
            let century = if short < *b"500000000000" { b"20" } else { b"19" };
            let mut time = [0; 14];
            let (front, back) = time.split_at_mut(2);
            front.copy_from_slice(century);
            back.copy_from_slice(&short);
            Some(time)
        }
        _ => None,
    }
}

/// Returns the DNS names, up to anything that cannot be read.
fn names(names: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut reader = Reader::new(names);
    core::iter::from_fn(move || reader.next())
        .filter(|value| value.tag == tag::DNS_NAME)
        .map(|value| value.content)
}

/// Returns `true` if a name of a certificate is for a host: the same, or with
/// `*` in place of the host's first label and at least two more.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    if name.is_empty() {
        return false;
    }
    let Some(suffix) = pattern.strip_prefix(b"*") else {
        return pattern.eq_ignore_ascii_case(name);
    };
    let dots = suffix.iter().filter(|&&byte| byte == b'.').count();
    let Some(first) = name.iter().position(|&byte| byte == b'.') else { return false };
    suffix.starts_with(b".")
        && dots >= 2
        && first > 0
        && name.get(first..).is_some_and(|rest| suffix.eq_ignore_ascii_case(rest))
}
