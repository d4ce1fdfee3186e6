//! The hash functions, behind one private door: nothing outside this file
//! knows which crate computes them.

use hmac::KeyInit;
use hmac::block_api::HmacCore;
use hmac::digest::Output;
use hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
#[cfg(feature = "v1")]
use hmac::{Hmac, Mac as _};
use sha2::Digest;
use zeroize::Zeroize;

use crate::bytes;

/// SHA-256 of what comes in pieces.
pub(crate) struct Sha256(sha2::Sha256);

impl Sha256 {
    pub(crate) fn new() -> Self {
        Self(Digest::new())
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        Digest::update(&mut self.0, bytes);
    }

    /// The hash of all that came; the next one starts.
    pub(crate) fn finish(&mut self) -> [u8; 32] {
        self.0.finalize_reset().into()
    }
}

/// HMAC-SHA256 of one message under a key of at most one block.
pub(crate) fn hmac_sha256(key: &Key, message: &[u8]) -> [u8; 32] {
    let mut mac = PreparedMac::new(key).start();
    mac.update(message);
    mac.finish()
}

/// HMAC-SHA256 under a key that signs again and again: its two blocks are
/// hashed already. Wiped when dropped, by the hash's own crate.
#[derive(Clone)]
pub(crate) struct PreparedMac(Core);

type Core = HmacCore<sha2::Sha256>;

impl PreparedMac {
    pub(crate) fn new(key: &Key) -> Self {
        Self(HmacCore::new((&key.block).into()))
    }

    /// Starts the MAC of a message.
    pub(crate) fn start(&self) -> Mac {
        Mac { core: self.0.clone(), buffer: Buffer::<Core>::default() }
    }
}

/// The MAC of a message that comes in pieces.
pub(crate) struct Mac {
    core: Core,
    buffer: Buffer<Core>,
}

impl Mac {
    #[inline(never)]
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.buffer.digest_blocks(bytes, |blocks| self.core.update_blocks(blocks));
    }

    #[inline(never)]
    pub(crate) fn finish(&mut self) -> [u8; 32] {
        let mut mac = Output::<Core>::default();
        self.core.finalize_fixed_core(&mut self.buffer, &mut mac);
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
            let mut hasher = Sha256::new();
            hasher.update(prefix);
            hasher.update(rest);
            let mut digest = hasher.finish();
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
    Sha256(Hmac<sha2::Sha256>),
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
