//! SHA-256 over a compression function.

use core::marker::PhantomData;
use core::slice;

use zeroize::Zeroize;

use crate::sign::compression::{Compression, Software};
use crate::wire::{FAST, bytes};

/// The bytes that SHA-256 hashes at once.
pub(super) const BLOCK: usize = 64;

/// SHA-256 of what comes in pieces. The type of the crate `sha2` takes more flash
/// and stack. Wiped when dropped.
#[derive(Clone)]
pub(crate) struct Sha256<C = Software> {
    state: [u32; 8],
    /// The bytes that have come.
    length: usize,
    /// Those of them that are no whole block yet.
    block: [u8; BLOCK],
    compression: PhantomData<C>,
}

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

impl<C: Compression> Sha256<C> {
    pub(crate) const fn new() -> Self {
        Self { state: START, length: 0, block: [0; BLOCK], compression: PhantomData }
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
                C::compress(&mut self.state, blocks);
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
        C::compress(&mut self.state, slice::from_ref(&self.block));
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
        self.state = START;
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

impl<C> Drop for Sha256<C> {
    fn drop(&mut self) {
        // As slices: one routine does for all lengths.
        self.state.as_mut_slice().zeroize();
        self.block.as_mut_slice().zeroize();
    }
}
