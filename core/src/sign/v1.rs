//! Signature version 1: HmacSHA1 or HmacSHA256 over the sorted parameters.
//!
//! ```text
//! source    = METHOD host /? k=v&k=v      sorted by name, values not encoded
//! signature = base64 of HMAC(secret key, source)
//! ```
//!
//! All parameters stand in the query of a GET or the form of a POST, each
//! value percent-encoded, `Signature` among them; so a request can be handed
//! on as one URL, see [`presigned_url`](crate::request::presigned_url). TC3 is
//! the stronger form: it signs the body, takes 10 MiB, and needs no secret on
//! the device.

use base64ct::{Base64, Encoding};
use heapless::String;
use hmac::{Hmac, KeyInit, Mac as _};
use zeroize::Zeroize;

use crate::sign::compression::Software;
use crate::sign::digest::{BLOCK, Sha256};
use crate::sign::mac::{self, MacKey};
use crate::sign::tc3::Method;
use crate::wire::bytes;

/// The hash function of a version 1 signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Algorithm {
    /// The service's default, where `SignatureMethod` is absent.
    HmacSha1,
    /// The better of the two.
    HmacSha256,
}

impl Algorithm {
    /// Returns the name, as `SignatureMethod` carries it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HmacSHA1",
            Self::HmacSha256 => "HmacSHA256",
        }
    }

    /// Returns the digest as text.
    pub(crate) fn signature(self, digest: &[u8; 32]) -> SignatureV1 {
        let digest = match self {
            Self::HmacSha1 => digest.first_chunk::<20>().map(<[u8; 20]>::as_slice),
            Self::HmacSha256 => Some(digest.as_slice()),
        };
        let mut text = [0; 44];
        let encoded = Base64::encode(digest.unwrap_or_default(), &mut text);
        // 32 bytes are 44 characters: it always fits.
        String::try_from(encoded.unwrap_or_default()).unwrap_or_default()
    }

    /// Starts a MAC under the secret key.
    pub(crate) fn mac(self, secret_key: &str) -> Mac {
        let key = secret_key.as_bytes();
        let mut block = [0; BLOCK];
        let mac = match self {
            Self::HmacSha1 if key.len() > BLOCK => {
                let digest: [u8; 20] = <sha1::Sha1 as sha1::Digest>::digest(key).into();
                bytes::copy(&mut block, &digest);
                Mac::Sha1(Hmac::new((&block).into()))
            }
            Self::HmacSha1 => {
                bytes::copy(&mut block, key);
                Mac::Sha1(Hmac::new((&block).into()))
            }
            Self::HmacSha256 => {
                mac::fill_key_block(&mut block, &mut Sha256::<Software>::new(), b"", key);
                Mac::Sha256(Hmac::new((&block).into()))
            }
        };
        block.zeroize();
        mac
    }
}

/// HMAC by either hash, fed in pieces.
pub(crate) enum Mac {
    Sha1(Hmac<sha1::Sha1>),
    Sha256(Hmac<sha2::Sha256>),
}

impl Mac {
    /// Takes the next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(mac) => mac.update(bytes),
            Self::Sha256(mac) => mac.update(bytes),
        }
    }

    /// Returns the MAC, with zeros behind a shorter one.
    pub(crate) fn finish(self) -> [u8; 32] {
        match self {
            Self::Sha1(mac) => {
                let mut digest = [0; 32];
                let short: [u8; 20] = mac.finalize().into_bytes().into();
                bytes::copy(&mut digest, &short);
                digest
            }
            Self::Sha256(mac) => mac.finalize().into_bytes().into(),
        }
    }
}

/// A version 1 signature: 28 or 44 characters of base64.
pub type SignatureV1 = String<44>;

/// Signs the parameters of any action, in whatever order they are given.
///
/// `parameters` holds all that are sent but `Signature`, with raw values.
///
/// ```
/// use scf_invoke_core::sign::tc3::Method;
/// use scf_invoke_core::sign::v1::{Algorithm, sign};
///
/// let parameters = [("Action", "Invoke"), ("Nonce", "11886"), ("FunctionName", "hello")];
/// let signature =
///     sign("key", Algorithm::HmacSha1, Method::Get, "scf.tencentcloudapi.com", &parameters);
/// assert_eq!(signature.len(), 28);
/// ```
pub fn sign(
    secret_key: &str,
    algorithm: Algorithm,
    method: Method,
    host: &str,
    parameters: &[(&str, &str)],
) -> SignatureV1 {
    let mut mac = algorithm.mac(secret_key);
    for text in [method.as_str(), host, "/?"] {
        mac.update(text.as_bytes());
    }
    // Without a place to sort in, the next one is looked for each time.
    let mut last: Option<(&str, usize)> = None;
    let following = |last: Option<(&str, usize)>| {
        parameters
            .iter()
            .enumerate()
            .map(|(index, &(name, value))| ((name, index), value))
            .filter(|(place, _)| last.is_none_or(|last| *place > last))
            .min_by_key(|&(place, _)| place)
    };
    while let Some((place, value)) = following(last) {
        if last.is_some() {
            mac.update(b"&");
        }
        for text in [place.0, "=", value] {
            mac.update(text.as_bytes());
        }
        last = Some(place);
    }
    algorithm.signature(&mac.finish())
}

/// Returns the bytes that the signature of a source is the base64 of, for a
/// place that has base64 of its own: all 32 for HmacSHA256, the first 20 for
/// HmacSHA1. The source is a text as the [module](self) shows it.
///
/// ```
/// use base64ct::{Base64, Encoding};
/// use scf_invoke_core::sign::tc3::Method;
/// use scf_invoke_core::sign::v1::{Algorithm, sign, source_digest};
///
/// let source = b"GETscf.tencentcloudapi.com/?Action=Invoke&FunctionName=hello";
/// let parameters = [("Action", "Invoke"), ("FunctionName", "hello")];
/// for (algorithm, length) in [(Algorithm::HmacSha1, 20), (Algorithm::HmacSha256, 32)] {
///     assert_eq!(
///         Base64::encode(&source_digest("key", algorithm, source)[..length], &mut [0; 44]).unwrap(),
///         sign("key", algorithm, Method::Get, "scf.tencentcloudapi.com", &parameters),
///     );
/// }
/// ```
pub fn source_digest(secret_key: &str, algorithm: Algorithm, source: &[u8]) -> [u8; 32] {
    match algorithm {
        Algorithm::HmacSha1 => {
            let mut mac = algorithm.mac(secret_key);
            mac.update(source);
            mac.finish()
        }
        // By what signs TC3 as well, so that an image with only this has no
        // other.
        Algorithm::HmacSha256 => {
            let (mut hasher, mut key) = (Sha256::<Software>::new(), MacKey::unset());
            key.set(&mut hasher, b"", secret_key.as_bytes());
            let mut mac = key.start(&mut hasher);
            mac.update(source);
            let mut digest = [0; 32];
            mac.finish(&mut digest);
            digest
        }
    }
}
