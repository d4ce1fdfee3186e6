//! The hash functions, behind one private door: nothing outside this file
//! knows which crate computes them.

use core::slice;

use hmac::digest::block_api::BlockSizeUser;
use hmac::digest::typenum::{U32, U64};
use hmac::digest::{FixedOutput, HashMarker, Output, OutputSizeUser, Update};
#[cfg(feature = "v1")]
use hmac::{Hmac, Mac as _, digest::Digest};
use hmac::{KeyInit, SimpleHmac};
use sha2::block_api::compress256;
use zeroize::Zeroize;

use crate::bytes;

/// SHA-256 of what comes in pieces, over the compression function of `sha2`,
/// whose own type takes more flash and stack.
#[derive(Clone)]
pub(crate) struct Sha256 {
    state: [u32; 8],
    /// What has come, and the part of it that is no whole block yet.
    length: usize,
    block: [u8; 64],
}

impl Sha256 {
    pub(crate) const NEW: Self = Self {
        state: [
            0x6a09_e667,
            0xbb67_ae85,
            0x3c6e_f372,
            0xa54f_f53a,
            0x510e_527f,
            0x9b05_688c,
            0x1f83_d9ab,
            0x5be0_cd19,
        ],
        length: 0,
        block: [0; 64],
    };

    #[inline(never)]
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let at = self.length % 64;
            let count;
            if at == 0
                && let (blocks @ [_, ..], _) = rest.as_chunks()
            {
                compress256(&mut self.state, blocks);
                count = blocks.len() * 64;
            } else {
                count = bytes::copy(self.block.get_mut(at..).unwrap_or_default(), rest);
                if at + count == 64 {
                    compress256(&mut self.state, slice::from_ref(&self.block));
                }
            }
            self.length = self.length.wrapping_add(count);
            rest = rest.get(count..).unwrap_or_default();
        }
    }

    /// The hash of all that came; the next one starts.
    #[inline(never)]
    pub(crate) fn finish(&mut self) -> [u8; 32] {
        let bits = (self.length as u64).wrapping_mul(8);
        self.update(&[0x80]);
        loop {
            let at = self.length % 64;
            self.block.get_mut(at..).unwrap_or_default().fill(0);
            if at <= 56 {
                break;
            }
            compress256(&mut self.state, slice::from_ref(&self.block));
            self.length = 0;
        }
        if let Some(end) = self.block.last_chunk_mut() {
            *end = bits.to_be_bytes();
        }
        compress256(&mut self.state, slice::from_ref(&self.block));
        let mut hash = [0; 32];
        for (bytes, word) in hash.as_chunks_mut().0.iter_mut().zip(self.state) {
            *bytes = word.to_be_bytes();
        }
        *self = Self::NEW;
        hash
    }
}

impl Drop for Sha256 {
    fn drop(&mut self) {
        self.state.zeroize();
        self.block.zeroize();
    }
}

impl HashMarker for Sha256 {}

impl BlockSizeUser for Sha256 {
    type BlockSize = U64;
}

impl OutputSizeUser for Sha256 {
    type OutputSize = U32;
}

impl Default for Sha256 {
    fn default() -> Self {
        Self::NEW
    }
}

impl Update for Sha256 {
    fn update(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

impl FixedOutput for Sha256 {
    fn finalize_into(mut self, out: &mut Output<Self>) {
        out.0 = self.finish();
    }
}

/// HMAC-SHA256 of a message that comes in pieces.
pub(crate) struct Mac(SimpleHmac<Sha256>);

impl Mac {
    /// Under the key of a block.
    #[inline(never)]
    pub(crate) fn new(block: &[u8; 64]) -> Self {
        Self(SimpleHmac::new(block.into()))
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        Update::update(&mut self.0, bytes);
    }

    #[inline(never)]
    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finalize_fixed().0
    }
}

/// The block of the HMAC key `prefix` + `rest`, which is hashed where it is
/// longer, as HMAC asks for.
pub(crate) fn key_block(block: &mut [u8; 64], prefix: &[u8], rest: &[u8]) {
    let start = bytes::copy(block, prefix);
    let room = block.get_mut(start..).unwrap_or_default();
    if rest.len() > room.len() {
        let mut hasher = Sha256::NEW;
        hasher.update(prefix);
        hasher.update(rest);
        *block = [0; 64];
        bytes::copy(block, &hasher.finish());
    } else {
        bytes::copy(room, rest);
    }
}

/// HMAC for signature version 1, by either hash, fed in pieces.
#[cfg(feature = "v1")]
pub(crate) enum MacV1 {
    Sha1(Hmac<sha1::Sha1>),
    Sha256(SimpleHmac<Sha256>),
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
        let mut block = [0; 64];
        key_block(&mut block, b"", key.as_bytes());
        let mac = Self::Sha256(SimpleHmac::new((&block).into()));
        block.zeroize();
        mac
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(mac) => Update::update(mac, bytes),
            Self::Sha256(mac) => Update::update(mac, bytes),
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
