//! TLS 1.3 for the core's stream, with the server's certificate checked
//! against one certificate authority that the device knows.

use core::cell::Cell;
use core::fmt;

use board::clock;
use cortex_m::interrupt::{self, Mutex};
use embedded_io::{ErrorKind, ErrorType, Read, Write};
use embedded_tls::blocking::{
    Aes128GcmSha256, Certificate, CertificateRef, CertificateVerifyRef, CryptoProvider,
    TlsCipherSuite, TlsClock, TlsConfig, TlsConnection, TlsContext, TlsVerifier,
};
use embedded_tls::flush_policy::FlushPolicy;
use embedded_tls::pki::CertVerifier;
use embedded_tls::{CryptoRng, CryptoRngCore, TlsError};
use rand_core::RngCore;
use sha2::{Digest, Sha256};

/// The longest record that a server may send, and what it is wrapped in.
pub const RECORD_IN: usize = 16_640;

/// Records sent are as long as this allows, less 128 bytes.
pub const RECORD_OUT: usize = 2048;

/// The longest certificate of a server that is taken, in bytes.
const CERTIFICATE_MAX: usize = 1024;

type Cipher = Aes128GcmSha256;

/// Why there is no connection, or no longer.
#[derive(Clone, Copy, Debug)]
pub enum SecureError {
    /// The server is not the one that is meant, or cannot prove it.
    Untrusted(TlsError),
    /// The connection below failed.
    Network(ErrorKind),
    /// The two sides do not understand each other.
    Tls(TlsError),
}

impl fmt::Display for SecureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Untrusted(error) => write!(f, "the server is not to be trusted: {error:?}"),
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
            TlsError::InvalidCertificate
            | TlsError::InvalidCertificateEntry
            | TlsError::InvalidSignature
            | TlsError::InvalidSignatureScheme => Self::Untrusted(error),
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
        Now::set(trust.now);
        let config = TlsConfig::new().with_server_name(trust.name);
        let mut provider = Provider {
            random: Random(seed),
            verifier: Verifier {
                inner: CertVerifier::new(Certificate::X509(trust.authority)),
                stage: Stage::Start,
            },
        };
        let mut connection = TlsConnection::new(stream, &mut received[..], &mut sent[..]);
        connection.open(TlsContext::new(&config, &mut provider))?;
        // embedded-tls 0.19 calls the verifier with what the server sends, and
        // a server that sends no certificate at all gets by without.
        if provider.verifier.stage != Stage::Proven {
            return Err(SecureError::Untrusted(TlsError::InvalidCertificate));
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

/// The time for the certificate's dates.
struct Now;

static AT_BOOT: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));

impl Now {
    fn set(now: u64) {
        let at_boot = now.saturating_sub(clock::now() / 1000);
        interrupt::free(|section| AT_BOOT.borrow(section).set(at_boot));
    }
}

impl TlsClock for Now {
    fn now() -> Option<u64> {
        let at_boot = interrupt::free(|section| AT_BOOT.borrow(section).get());
        Some(at_boot + clock::now() / 1000)
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

/// How far the server has got with proving who it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    /// It has shown a certificate that anybody could show.
    Shown,
    /// It has the key of that certificate.
    Proven,
}

/// The verifier of embedded-tls, held to its order and to one certificate.
struct Verifier<'a> {
    inner: CertVerifier<'a, Cipher, Now, CERTIFICATE_MAX>,
    stage: Stage,
}

impl TlsVerifier<Cipher> for Verifier<'_> {
    fn set_hostname_verification(&mut self, name: &str) -> Result<(), TlsError> {
        TlsVerifier::<Cipher>::set_hostname_verification(&mut self.inner, name)
    }

    fn verify_certificate(
        &mut self,
        transcript: &Hash<Cipher>,
        chain: CertificateRef<'_>,
    ) -> Result<(), TlsError> {
        // The inner one takes any certificate in a chain for one that may sign
        // others. So there is no chain: the authority signs the server's own.
        if self.stage != Stage::Start || chain.entries.len() != 1 {
            return Err(TlsError::InvalidCertificate);
        }
        self.inner.verify_certificate(transcript, chain)?;
        self.stage = Stage::Shown;
        Ok(())
    }

    fn verify_signature(&mut self, signature: CertificateVerifyRef<'_>) -> Result<(), TlsError> {
        // Out of order the inner one would panic.
        if self.stage != Stage::Shown {
            return Err(TlsError::InvalidSignature);
        }
        self.inner.verify_signature(signature)?;
        self.stage = Stage::Proven;
        Ok(())
    }
}

type Hash<C> = <C as TlsCipherSuite>::Hash;

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
