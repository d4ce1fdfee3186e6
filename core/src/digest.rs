//! The hash functions, behind one private door: nothing outside this file
//! knows which crate computes them.

use core::slice;

#[cfg(target_pointer_width = "64")]
use hmac::block_api::HmacCore;
#[cfg(target_pointer_width = "64")]
use hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
use hmac::{Hmac, KeyInit, Mac};
use sha2::block_api::compress256;
use zeroize::Zeroize;

use crate::bytes;
use crate::json::WIDE;

/// The state that SHA-256 starts with.
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// SHA-256 of what comes in pieces, over the compression function of `sha2`,
/// whose own type takes more flash and stack.
#[derive(Clone)]
pub(crate) struct Sha256 {
    state: [u32; 8],
    /// What has come, and the part of it that is no whole block yet.
    length: usize,
    block: Block,
}

impl Sha256 {
    pub(crate) fn new() -> Self {
        Self { state: START, length: 0, block: Block::default() }
    }

    #[inline(always)]
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        if WIDE {
            // Where speed counts: a short piece is only kept.
            let at = self.length % 64;
            if let Some(place) =
                self.block.0.get_mut(at..63).and_then(|room| room.get_mut(..bytes.len()))
            {
                place.copy_from_slice(bytes);
                self.length = self.length.wrapping_add(bytes.len());
                return;
            }
        }
        self.take(bytes);
    }

    #[inline(never)]
    fn take(&mut self, bytes: &[u8]) {
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
                count = bytes::copy(self.block.0.get_mut(at..).unwrap_or_default(), rest);
                if at + count == 64 {
                    compress256(&mut self.state, slice::from_ref(&self.block.0));
                }
            }
            self.length = self.length.wrapping_add(count);
            rest = rest.get(count..).unwrap_or_default();
        }
    }

    /// Writes the hash of all that came to the front of `hash`; the next one
    /// starts.
    #[inline(never)]
    pub(crate) fn finish(&mut self, hash: &mut [u8]) {
        let bits = (self.length as u64).wrapping_mul(8);
        self.take(&[0x80]);
        loop {
            let at = self.length % 64;
            for byte in self.block.0.iter_mut().skip(at) {
                *byte = 0;
            }
            if at <= 56 {
                break;
            }
            compress256(&mut self.state, slice::from_ref(&self.block.0));
            self.length = 0;
        }
        if let Some(end) = self.block.0.last_chunk_mut() {
            *end = bits.to_be_bytes();
        }
        compress256(&mut self.state, slice::from_ref(&self.block.0));
        for (bytes, word) in hash.as_chunks_mut().0.iter_mut().zip(&self.state) {
            *bytes = word.to_be_bytes();
        }
        self.state = START;
        self.length = 0;
    }
}

impl Drop for Sha256 {
    fn drop(&mut self) {
        self.state.zeroize();
    }
}

/// A block of a hash function's input, or a key that is padded to one. Wiped
/// when dropped, and aligned, so that copying it is cheap.
#[derive(Clone)]
#[repr(align(4))]
pub(crate) struct Block([u8; 64]);

impl Block {
    /// A key of at most a block.
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut block = Self::default();
        bytes::copy(&mut block.0, key);
        block
    }

    /// Makes an empty block the key `prefix` + `rest`, which is hashed where it
    /// is longer than a block, as HMAC asks for.
    pub(crate) fn set(&mut self, prefix: &[u8], rest: &[u8]) {
        let start = bytes::copy(&mut self.0, prefix);
        let room = self.0.get_mut(start..).unwrap_or_default();
        if bytes::copy(room, rest) < rest.len() {
            let mut hasher = Sha256::new();
            hasher.update(prefix);
            hasher.update(rest);
            self.0.zeroize();
            hasher.finish(&mut self.0);
        }
    }

    fn xor(&mut self, pad: u8) {
        for byte in &mut self.0 {
            *byte ^= pad;
        }
    }

    /// The hash or MAC at the front.
    pub(crate) fn hash(&self) -> &[u8; 32] {
        self.0.first_chunk().unwrap_or(&[0; 32])
    }
}

impl Default for Block {
    fn default() -> Self {
        Self([0; 64])
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// HMAC-SHA256 of what `write` gives, under the key in `block`; the MAC takes
/// the key's place, and is the next key where there is a chain of them.
pub(crate) fn hmac_sha256(block: &mut Block, write: Write<'_>) {
    if cfg!(target_pointer_width = "64") {
        hmac_by_crate(block, write);
    } else {
        hmac_by_hand(block, write);
    }
}

/// An HMAC key whose own blocks are hashed already. Wiped when dropped.
#[cfg(target_pointer_width = "64")]
#[derive(Clone)]
pub(crate) struct PreparedMac(HmacCore<sha2::Sha256>);

#[cfg(target_pointer_width = "64")]
impl PreparedMac {
    pub(crate) fn new(block: &mut Block) -> Self {
        Self(HmacCore::new((&block.0).into()))
    }

    /// Signs what `write` gives.
    pub(crate) fn sign(&self, write: Write<'_>, signature: &mut [u8; 32]) {
        let mut mac = self.0.clone();
        let mut buffer = Buffer::<HmacCore<sha2::Sha256>>::default();
        write(&mut |bytes| buffer.digest_blocks(bytes, |blocks| mac.update_blocks(blocks)));
        mac.finalize_fixed_core(&mut buffer, signature.into());
    }
}

#[cfg(not(target_pointer_width = "64"))]
pub(crate) use States as PreparedMac;

/// Gives the pieces of a message.
pub(crate) type Write<'w> = &'w mut dyn FnMut(&mut dyn FnMut(&[u8]));

fn hmac_by_crate(block: &mut Block, write: Write<'_>) {
    let mut mac = Hmac::<sha2::Sha256>::new((&block.0).into());
    write(&mut |bytes| mac.update(bytes));
    *block = Block::new(&mac.finalize().into_bytes());
}

/// The same in place: moving the crate's types takes half a kilobyte of stack,
/// and flash for it.
#[inline(never)]
fn hmac_by_hand(block: &mut Block, write: Write<'_>) {
    let states = States::new(block);
    block.0.zeroize();
    states.sign(write, &mut block.0);
}

/// The states of the inner and the outer hash, each after its block of key.
#[derive(Clone)]
pub(crate) struct States {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl States {
    /// Of the key in `block`, which is not there afterwards.
    #[inline(never)]
    pub(crate) fn new(block: &mut Block) -> Self {
        let mut keyed = |pad| {
            let mut hasher = Sha256::new();
            block.xor(pad);
            hasher.update(&block.0);
            hasher.state
        };
        Self { inner: keyed(0x36), outer: keyed(0x36 ^ 0x5c) }
    }

    /// Writes the MAC of what `write` gives to the front of `mac`.
    #[inline(never)]
    pub(crate) fn sign(&self, write: Write<'_>, mac: &mut [u8]) {
        let mut hasher = Sha256 { state: self.inner, length: 64, block: Block::default() };
        let mut inner = [0; 32];
        write(&mut |bytes| hasher.update(bytes));
        hasher.finish(&mut inner);
        hasher.state = self.outer;
        hasher.length = 64;
        hasher.update(&inner);
        hasher.finish(mac);
    }
}

impl Drop for States {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
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
            let digest: [u8; 20] = <sha1::Sha1 as sha1::Digest>::digest(key.as_bytes()).into();
            bytes::copy(&mut block, &digest);
        } else {
            bytes::copy(&mut block, key.as_bytes());
        }
        let mac = Self::Sha1(Hmac::new((&block).into()));
        block.zeroize();
        mac
    }

    pub(crate) fn sha256(key: &str) -> Self {
        let mut block = Block::default();
        block.set(b"", key.as_bytes());
        Self::Sha256(Hmac::new((&block.0).into()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_hmacs_are_the_same() {
        let message = [0x5a; 300];
        for length in [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 300] {
            let key = Block::new(&message[..length % 65]);
            let (mut crates, mut hand) = (key.clone(), key);
            hmac_by_crate(&mut crates, &mut |take| take(&message[..length]));
            hmac_by_hand(&mut hand, &mut |take| message[..length].iter().for_each(|&b| take(&[b])));
            assert_eq!(crates.0, hand.0, "{length}");
        }
    }
}
