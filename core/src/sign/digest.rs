//! SHA-256, behind one private door: nothing outside this folder knows which
//! crate computes it.

use core::slice;

use sha2::block_api::compress256;
use zeroize::Zeroize;

use crate::wire::{FAST, bytes};

/// The bytes that SHA-256 hashes at once.
pub(super) const BLOCK: usize = 64;

/// SHA-256 of what comes in pieces, over the compression function of `sha2`,
/// whose own type takes more flash and stack. Wiped when dropped.
#[derive(Clone)]
pub(crate) struct Sha256 {
    state: [u32; 8],
    /// The bytes that have come.
    length: usize,
    /// Those of them that are no whole block yet.
    block: [u8; BLOCK],
}

impl Sha256 {
    /// The state that SHA-256 starts with.
    pub(super) const START: [u32; 8] = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];

    pub(crate) const fn new() -> Self {
        Self { state: Self::START, length: 0, block: [0; BLOCK] }
    }

    /// Returns the hash of `bytes`.
    pub(crate) fn of(bytes: &[u8]) -> [u8; 32] {
        let mut hasher = Self::new();
        hasher.update(bytes);
        hasher.finish()
    }

    /// Takes the next bytes.
    #[inline(always)]
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        if FAST {
            // A short piece is only kept.
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

    /// Returns the hash, and starts anew.
    #[inline(never)]
    pub(crate) fn finish(&mut self) -> [u8; 32] {
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
        let mut hash = [0; 32];
        for (bytes, word) in hash.as_chunks_mut().0.iter_mut().zip(&self.state) {
            *bytes = word.to_be_bytes();
        }
        self.state = Self::START;
        self.length = 0;
        hash
    }

    /// Goes on from the state after a first block.
    #[cfg(any(not(feature = "hmac"), test))]
    pub(super) fn resume(&mut self, state: &[u32; 8]) {
        self.state = *state;
        self.length = BLOCK;
    }
}

impl Drop for Sha256 {
    fn drop(&mut self) {
        // As slices: one routine does for all lengths.
        self.state.as_mut_slice().zeroize();
        self.block.as_mut_slice().zeroize();
    }
}
