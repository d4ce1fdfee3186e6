//! The hash functions, behind one private door: nothing outside this file
//! knows which crate computes them.

use core::slice;

#[cfg(feature = "v1")]
use hmac::{Hmac, KeyInit, Mac};
use sha2::block_api::compress256;
use zeroize::Zeroize;

use crate::wire::bytes;
use crate::wire::json::WIDE;

/// The bytes that SHA-256 hashes at once.
const BLOCK: usize = 64;

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
/// whose own type takes more flash and stack. Wiped when dropped.
///
/// Its block is also where the key of a MAC is put, and where hashes and MACs
/// are found, so that one hasher does all of a signature.
#[derive(Clone)]
pub(crate) struct Sha256 {
    state: [u32; 8],
    /// What has come, and the part of it that is no whole block yet.
    length: usize,
    block: [u8; BLOCK],
}

impl Sha256 {
    pub(crate) const fn new() -> Self {
        Self { state: START, length: 0, block: [0; BLOCK] }
    }

    #[inline(always)]
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        if WIDE {
            // Where speed counts: a short piece is only kept.
            let at = self.length % BLOCK;
            if let Some(place) =
                self.block.get_mut(at..BLOCK - 1).and_then(|room| room.get_mut(..bytes.len()))
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
            let at = self.length % BLOCK;
            let count;
            if at == 0
                && let (blocks @ [_, ..], _) = rest.as_chunks()
            {
                compress256(&mut self.state, blocks);
                count = blocks.len() * BLOCK;
            } else {
                count = bytes::copy(self.block.get_mut(at..).unwrap_or_default(), rest);
                if at + count == BLOCK {
                    self.compress();
                }
            }
            self.length = self.length.wrapping_add(count);
            rest = rest.get(count..).unwrap_or_default();
        }
    }

    fn compress(&mut self) {
        compress256(&mut self.state, slice::from_ref(&self.block));
    }

    /// Ends the text: its [`hash`](Self::hash) is there, and the next text
    /// starts.
    #[inline(never)]
    pub(crate) fn end(&mut self) {
        let bits = (self.length as u64).wrapping_mul(8);
        self.take(&[0x80]);
        loop {
            let at = self.length % BLOCK;
            for byte in self.block.get_mut(at..).unwrap_or_default() {
                *byte = 0;
            }
            if at <= BLOCK - size_of_val(&bits) {
                break;
            }
            self.compress();
            self.length = 0;
        }
        if let Some(end) = self.block.last_chunk_mut() {
            *end = bits.to_be_bytes();
        }
        self.compress();
        self.block = [0; BLOCK];
        for (bytes, word) in self.block.as_chunks_mut().0.iter_mut().zip(&self.state) {
            *bytes = word.to_be_bytes();
        }
        self.state = START;
        self.length = 0;
    }

    /// The hash of the text that [`end`](Self::end) ended, or its MAC.
    pub(crate) fn hash(&self) -> &[u8; 32] {
        self.block.first_chunk().unwrap_or(&[0; 32])
    }

    /// Takes `prefix` + `rest` as the key of a MAC; where it is longer than a
    /// block its hash, as HMAC asks for.
    pub(crate) fn set_key(&mut self, prefix: &[u8], rest: &[u8]) {
        if prefix.len() + rest.len() > BLOCK {
            self.update(prefix);
            self.update(rest);
            self.end();
        } else {
            self.block = [0; BLOCK];
            bytes::copy(&mut self.block, prefix);
            bytes::copy(self.block.get_mut(prefix.len()..).unwrap_or_default(), rest);
        }
    }

    /// Sets `state` to the one after the block, which holds a key, each byte of
    /// it changed by `pad`.
    #[inline(never)]
    fn key_state(&mut self, pad: u8, state: &mut [u32; 8]) {
        for byte in &mut self.block {
            *byte ^= pad;
        }
        *state = START;
        compress256(state, slice::from_ref(&self.block));
    }
}

impl Drop for Sha256 {
    fn drop(&mut self) {
        // As slices: one routine does for all lengths.
        self.state.as_mut_slice().zeroize();
        self.block.as_mut_slice().zeroize();
    }
}

/// A key of HMAC-SHA256: the states of the inner and the outer hash, each after
/// its block of key. Wiped when dropped.
#[derive(Clone)]
pub(crate) struct MacKey {
    states: [[u32; 8]; 2],
}

impl MacKey {
    /// The place for a key.
    pub(crate) const fn new() -> Self {
        Self { states: [[0; 8]; 2] }
    }

    /// Takes the key that the hasher was given, or the MAC that it has just
    /// made.
    pub(crate) fn set(&mut self, hasher: &mut Sha256) {
        let [inner, outer] = &mut self.states;
        hasher.key_state(0x36, inner);
        hasher.key_state(0x36 ^ 0x5c, outer);
    }

    /// What the hasher takes from now on is signed.
    pub(crate) fn start(&self, hasher: &mut Sha256) {
        hasher.state = self.states[0];
        hasher.length = BLOCK;
    }

    /// Ends the text: its MAC is the hasher's [`hash`](Sha256::hash).
    pub(crate) fn end(&self, hasher: &mut Sha256) {
        hasher.end();
        // The hash is in the block already.
        hasher.state = self.states[1];
        hasher.length = BLOCK + 32;
        hasher.end();
    }
}

impl Drop for MacKey {
    fn drop(&mut self) {
        self.states.as_flattened_mut().zeroize();
    }
}

/// HMAC for signature version 1, by either hash, fed in pieces.
#[cfg(feature = "v1")]
pub(crate) enum MacV1 {
    Sha1(Hmac<sha1::Sha1>),
    Sha256(Sha256, MacKey),
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
        let (mut hasher, mut mac) = (Sha256::new(), MacKey::new());
        hasher.set_key(b"", key.as_bytes());
        mac.set(&mut hasher);
        mac.start(&mut hasher);
        Self::Sha256(hasher, mac)
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(mac) => mac.update(bytes),
            Self::Sha256(hasher, _) => hasher.update(bytes),
        }
    }

    /// The digest, at the front.
    pub(crate) fn finish(self) -> [u8; 32] {
        match self {
            Self::Sha1(mac) => {
                let mut digest = [0; 32];
                let short: [u8; 20] = mac.finalize().into_bytes().into();
                bytes::copy(&mut digest, &short);
                digest
            }
            Self::Sha256(mut hasher, mac) => {
                mac.end(&mut hasher);
                *hasher.hash()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use hmac::{Hmac, KeyInit, Mac};

    use super::*;

    /// By the crate.
    fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    #[test]
    fn macs_are_those_of_the_crate() {
        let message = [0x5a; 300];
        let (mut hasher, mut key) = (Sha256::new(), MacKey::new());
        for key_length in [0, 1, 31, 63, 64, 65, 200] {
            for length in [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 300] {
                let (first, second) = message[..key_length].split_at(key_length.min(3));
                hasher.set_key(first, second);
                // The MAC is the next key.
                let mut expected = Vec::from(&message[..key_length]);
                for _ in 0..2 {
                    key.set(&mut hasher);
                    key.start(&mut hasher);
                    message[..length].iter().for_each(|&byte| hasher.update(&[byte]));
                    key.end(&mut hasher);
                    expected = Vec::from(hmac(&expected, &message[..length]));
                    assert_eq!(hasher.hash()[..], expected, "{key_length}, {length}");
                }
            }
        }
    }
}
