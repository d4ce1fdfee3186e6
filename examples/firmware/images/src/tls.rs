//! TLS 1.3 for the core's stream, with the server's certificate checked
//! against one certificate authority that the device knows.

use core::fmt;

use digest::Digest as _;
use embedded_io::{ErrorKind, ErrorType, Read, Write};
use embedded_tls::blocking::{
    Aes128GcmSha256, CertificateEntryRef, CertificateRef, CertificateVerifyRef, CryptoProvider,
    TlsCipherSuite, TlsConfig, TlsConnection, TlsContext, TlsVerifier,
};
use embedded_tls::flush_policy::FlushPolicy;
use embedded_tls::{CryptoRng, CryptoRngCore, SignatureScheme, TlsError};
use pinned::{ServerKey, Untrusted};
use rand_core::RngCore;
use scf_invoke_core::wire::time::Day;
use sha2::{Digest, Sha256};

/// The longest record that a server may send, and what it is wrapped in.
pub const RECORD_IN: usize = 16_640;

/// Records sent are as long as this allows, less 128 bytes.
pub const RECORD_OUT: usize = 2048;

type Cipher = Aes128GcmSha256;

/// An error that ends or prevents a connection.
#[derive(Clone, Copy, Debug)]
pub enum SecureError {
    /// The server is not the one that is meant, or cannot prove it.
    Untrusted(Untrusted),
    /// The connection below failed.
    Network(ErrorKind),
    /// The two sides do not understand each other.
    Tls(TlsError),
}

impl fmt::Display for SecureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Untrusted(error) => write!(f, "the server is not to be trusted: {error}"),
            Self::Network(kind) => write!(f, "the connection failed: {kind:?}"),
            Self::Tls(error) => write!(f, "TLS failed: {error:?}"),
        }
    }
}

impl core::error::Error for SecureError {}

impl embedded_io::Error for SecureError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Untrusted(_) => ErrorKind::PermissionDenied,
            Self::Network(kind) => *kind,
            Self::Tls(_) => ErrorKind::Other,
        }
    }
}

impl From<TlsError> for SecureError {
    fn from(error: TlsError) -> Self {
        match error {
            TlsError::Io(kind) => Self::Network(kind),
            _ => Self::Tls(error),
        }
    }
}

/// Whom to trust, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'a> {
    /// The certificate of the authority, in DER, with a P-256 key. The
    /// server's certificate is to be signed by it directly.
    pub authority: &'a [u8],
    /// The name that the server's certificate is to have.
    pub name: &'a str,
    /// The time in unix seconds. Without the right time a certificate cannot
    /// be checked: a board without a clock asks a time server first.
    pub now: u64,
}

/// An encrypted connection: [`Read`] and [`Write`] for the core's `Stream`.
pub struct Secure<'b, S: Read + Write> {
    connection: TlsConnection<'b, S, Cipher>,
}

impl<S: Read + Write> fmt::Debug for Secure<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secure").finish_non_exhaustive()
    }
}

impl<'b, S: Read + Write> Secure<'b, S> {
    /// Shakes hands over `stream`, which is connected.
    ///
    /// `seed` is 32 bytes that nobody can guess, other ones each time.
    ///
    /// # Errors
    ///
    /// The server is not to be trusted, or the connection fails. Nothing but
    /// the handshake was sent.
    pub fn open(
        stream: S,
        trust: Trust<'_>,
        seed: [u8; 32],
        received: &'b mut [u8; RECORD_IN],
        sent: &'b mut [u8; RECORD_OUT],
    ) -> Result<Self, SecureError> {
        let config = TlsConfig::new().with_server_name(trust.name);
        let mut provider =
            Provider { random: Random(seed), verifier: Verifier { trust, stage: Stage::Start } };
        let mut connection = TlsConnection::new(stream, &mut received[..], &mut sent[..]);
        let opened = connection.open(TlsContext::new(&config, &mut provider));
        match provider.verifier.stage {
            Stage::Failed(untrusted) => return Err(SecureError::Untrusted(untrusted)),
            Stage::Proven => opened?,
            // embedded-tls 0.19 asks the verifier about what the server sends:
            // one that sends no certificate gets by without.
            _ => {
                opened?;
                return Err(SecureError::Untrusted(Untrusted::Missing));
            }
        }
        // The stream below decides when to send.
        connection.set_flush_policy(FlushPolicy::Relaxed);
        Ok(Self { connection })
    }
}

impl<S: Read + Write> ErrorType for Secure<'_, S> {
    type Error = SecureError;
}

impl<S: Read + Write> Read for Secure<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, SecureError> {
        match self.connection.read(buffer) {
            // The server has said that this is all; to the core it is an end.
            Err(TlsError::ConnectionClosed) => Ok(0),
            result => Ok(result?),
        }
    }
}

impl<S: Read + Write> Write for Secure<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, SecureError> {
        Ok(self.connection.write(bytes)?)
    }

    fn flush(&mut self) -> Result<(), SecureError> {
        Ok(self.connection.flush()?)
    }
}

struct Provider<'a> {
    random: Random,
    verifier: Verifier<'a>,
}

impl CryptoProvider for Provider<'_> {
    type CipherSuite = Cipher;
    // The client has no certificate to sign with.
    type Signature = [u8; 0];

    fn rng(&mut self) -> impl CryptoRngCore {
        &mut self.random
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Cipher>, TlsError> {
        Ok(&mut self.verifier)
    }
}

/// The stages of the server's proof of its identity.
enum Stage {
    Start,
    /// It has shown a certificate, as anybody could. The hash is of all that
    /// was said up to then.
    Shown(ServerKey, <Cipher as TlsCipherSuite>::Hash),
    /// It has the key of that certificate.
    Proven,
    Failed(Untrusted),
}

struct Verifier<'a> {
    trust: Trust<'a>,
    stage: Stage,
}

impl Verifier<'_> {
    fn check(&self, shown: &CertificateRef<'_>) -> Result<ServerKey, Untrusted> {
        let (Stage::Start, [CertificateEntryRef::X509(certificate)]) =
            (&self.stage, shown.entries.as_slice())
        else {
            return Err(Untrusted::Missing);
        };
        let Trust { authority, name, now } = self.trust;
        // After the year 9999 it has expired.
        let now = digits_of(now).ok_or(Untrusted::Expired)?;
        pinned::verify(authority, certificate, name, &now)
    }

    fn fail(&mut self, untrusted: Untrusted) -> TlsError {
        self.stage = Stage::Failed(untrusted);
        TlsError::InvalidCertificate
    }
}

impl TlsVerifier<Cipher> for Verifier<'_> {
    fn set_hostname_verification(&mut self, _: &str) -> Result<(), TlsError> {
        // It is the one in `trust`.
        Ok(())
    }

    fn verify_certificate(
        &mut self,
        transcript: &<Cipher as TlsCipherSuite>::Hash,
        shown: CertificateRef<'_>,
    ) -> Result<(), TlsError> {
        match self.check(&shown) {
            Ok(key) => {
                self.stage = Stage::Shown(key, transcript.clone());
                Ok(())
            }
            Err(untrusted) => Err(self.fail(untrusted)),
        }
    }

    fn verify_signature(&mut self, shown: CertificateVerifyRef<'_>) -> Result<(), TlsError> {
        let Stage::Shown(key, transcript) = &self.stage else {
            return Err(self.fail(Untrusted::Missing));
        };
        let hash = transcript.clone().finalize();
        let known = matches!(shown.signature_scheme, SignatureScheme::EcdsaSecp256r1Sha256);
        if !known || key.verify_handshake(&hash, shown.signature).is_err() {
            return Err(self.fail(Untrusted::Handshake));
        }
        self.stage = Stage::Proven;
        Ok(())
    }
}

/// Returns the time as `YYYYMMDDhhmmss`, as certificates write it.
fn digits_of(timestamp: u64) -> Option<[u8; 14]> {
    let [y1, y2, y3, y4, _, m1, m2, _, d1, d2] = Day::of_timestamp(timestamp)?.date();
    let second = timestamp % 86_400;
    let ten = |number: u64| b'0' + (number / 10) as u8;
    let one = |number: u64| b'0' + (number % 10) as u8;
    let (h, m, s) = (second / 3600, second / 60 % 60, second % 60);
    Some([y1, y2, y3, y4, m1, m2, d1, d2, ten(h), one(h), ten(m), one(m), ten(s), one(s)])
}

/// Random numbers from a seed: hashes of it, after each of which it becomes
/// another. A chip with a random number generator uses that, or takes its
/// seeds from there.
struct Random([u8; 32]);

impl Random {
    fn next(&mut self) -> [u8; 32] {
        let hash = |label: u8| Sha256::new().chain_update([label]).chain_update(self.0).finalize();
        let (block, seed) = (hash(0), hash(1));
        self.0 = seed.into();
        block.into()
    }
}

impl RngCore for Random {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = self.next();
            for (to, from) in chunk.iter_mut().zip(block) {
                *to = from;
            }
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Random {}
