//! The hash functions, behind one private door: nothing outside this file
//! knows which crate computes them.

use hmac::KeyInit;
use hmac::block_api::HmacCore;
use hmac::digest::Output;
use hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
#[cfg(feature = "v1")]
use hmac::{Hmac, Mac};
use sha2::Digest;
pub(crate) use sha2::Sha256;
use zeroize::Zeroize;

use crate::bytes;

/// SHA-256 of what `feed` gives to the hasher.
pub(crate) fn sha256(feed: impl FnOnce(&mut Sha256)) -> [u8; 32] {
    let mut hasher = Sha256::new();
    feed(&mut hasher);
    hasher.finalize().into()
}

/// Feeds bytes to a hasher; keeps the trait out of the other files.
pub(crate) fn update(hasher: &mut Sha256, bytes: &[u8]) {
    Digest::update(hasher, bytes);
}

/// A new hasher for what comes in pieces.
pub(crate) fn hasher() -> Sha256 {
    Sha256::new()
}

/// The hash of all that was fed.
pub(crate) fn finish(hasher: Sha256) -> [u8; 32] {
    hasher.finalize().into()
}

/// HMAC-SHA256 of one message under a key of at most one block.
pub(crate) fn hmac_sha256(key: &Key, message: &[u8]) -> [u8; 32] {
    PreparedMac::new(key).of(&[message])
}

/// HMAC-SHA256 under a key that signs again and again: its two blocks are
/// hashed already. Wiped when dropped, by the hash's own crate.
#[derive(Clone)]
pub(crate) struct PreparedMac(HmacCore<Sha256>);

impl PreparedMac {
    pub(crate) fn new(key: &Key) -> Self {
        Self(HmacCore::new((&key.block).into()))
    }

    /// The MAC of a message in parts.
    #[inline(never)]
    pub(crate) fn of(&self, parts: &[&[u8]]) -> [u8; 32] {
        // By its two halves, because a whole `Hmac` is moved to be finished.
        let mut core = self.0.clone();
        let mut buffer = Buffer::<HmacCore<Sha256>>::default();
        for part in parts {
            buffer.digest_blocks(part, |blocks| core.update_blocks(blocks));
        }
        let mut mac = Output::<HmacCore<Sha256>>::default();
        core.finalize_fixed_core(&mut buffer, &mut mac);
        mac.into()
    }
}

/// An HMAC key, padded to the hash's block and wiped after use.
pub(crate) struct Key {
    block: [u8; 64],
}

impl Key {
    /// A key that is the output of another HMAC.
    pub(crate) fn from_digest(digest: &[u8; 32]) -> Self {
        let mut block = [0; 64];
        bytes::copy(&mut block, digest);
        Self { block }
    }

    /// The key `prefix` + `rest`, hashed where it is longer than a block, as
    /// HMAC asks for.
    pub(crate) fn from_parts(prefix: &[u8], rest: &[u8]) -> Self {
        let mut block = [0; 64];
        if prefix.len().saturating_add(rest.len()) > block.len() {
            let mut digest = sha256(|hasher| {
                Digest::update(hasher, prefix);
                Digest::update(hasher, rest);
            });
            let key = Self::from_digest(&digest);
            digest.zeroize();
            return key;
        }
        for (to, from) in block.iter_mut().zip(prefix.iter().chain(rest)) {
            *to = *from;
        }
        Self { block }
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.block.zeroize();
    }
}

/// HMAC for signature version 1, by either hash, fed in pieces.
#[cfg(feature = "v1")]
pub(crate) enum MacV1 {
    Sha1(Hmac<sha1::Sha1>),
    Sha256(Hmac<Sha256>),
}

#[cfg(feature = "v1")]
impl MacV1 {
    pub(crate) fn sha1(key: &str) -> Self {
        let mut block = [0; 64];
        if key.len() > block.len() {
            // Both hashes have blocks of 64 bytes; longer keys are hashed.
            let digest: [u8; 20] = sha1::Sha1::digest(key.as_bytes()).into();
            bytes::copy(&mut block, &digest);
        } else {
            bytes::copy(&mut block, key.as_bytes());
        }
        let mac = Self::Sha1(Hmac::new((&block).into()));
        block.zeroize();
        mac
    }

    pub(crate) fn sha256(key: &str) -> Self {
        let key = Key::from_parts(b"", key.as_bytes());
        Self::Sha256(Hmac::new((&key.block).into()))
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(mac) => mac.update(bytes),
            Self::Sha256(mac) => mac.update(bytes),
        }
    }

    /// The digest, at the front.
    pub(crate) fn finish(self) -> [u8; 32] {
        let mut digest = [0; 32];
        match self {
            Self::Sha1(mac) => {
                let short: [u8; 20] = mac.finalize().into_bytes().into();
                bytes::copy(&mut digest, &short);
                digest
            }
            Self::Sha256(mac) => mac.finalize().into_bytes().into(),
        }
    }
}
