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
        // Zeros alone, which are cleared in place and not copied.
        Self { state: [0; 8], length: 0, block: [0; BLOCK], compression: PhantomData }
    }

    /// Returns the hash of `bytes`.
    pub(crate) fn of(bytes: &[u8]) -> [u8; 32] {
        let mut hasher = Self::new();
        hasher.update(bytes);
        let mut hash = [0; 32];
        hasher.finish(&mut hash);
        hash
    }

    /// Takes the next bytes.
    #[inline(always)]
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        if FAST {
            // A short piece is only kept, unless it is the first.
            let at = self.length % BLOCK;
            if self.length > 0
                && let Some(room) = self.block.get_mut(at..BLOCK - 1)
                && let Some(place) = room.get_mut(..bytes.len())
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
        if self.length == 0 {
            bytes::copy_words(&mut self.state, &START);
        }
        if FAST { self.take_runs(bytes) } else { self.take_bytes(bytes) }
    }

    /// Takes the next bytes one by one.
    fn take_bytes(&mut self, bytes: &[u8]) {
        let mut at = self.length % BLOCK;
        self.length = self.length.wrapping_add(bytes.len());
        for &byte in bytes {
            self.block[at % BLOCK] = byte;
            at += 1;
            if at == BLOCK {
                self.compress();
                at = 0;
            }
        }
    }

    /// Takes the next bytes, as many at once as there are.
    fn take_runs(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let at = self.length % BLOCK;
            let count;
            if at == 0
                && let (blocks @ [_, ..], _) = rest.as_chunks()
            {
                C::compress(&mut self.state, blocks);
                count = blocks.len() * BLOCK;
                self.length = self.length.wrapping_add(count);
            } else {
                count = bytes::copy(self.block.get_mut(at..).unwrap_or_default(), rest);
                self.length = self.length.wrapping_add(count);
                if at + count == BLOCK {
                    self.compress();
                }
            }
            rest = rest.get(count..).unwrap_or_default();
        }
    }

    fn compress(&mut self) {
        C::compress(&mut self.state, slice::from_ref(&self.block));
    }

    /// Writes the hash, and starts anew. In place, for a hash that is returned is
    /// copied as well.
    #[inline(never)]
    pub(crate) fn finish(&mut self, hash: &mut [u8; 32]) {
        let bits = (self.length as u64).wrapping_mul(8);
        self.take(&[0x80]);
        if FAST {
            // All zeros at once: one by one they take 0.3 us of a signature of 0.8 us.
            let count = (2 * BLOCK - size_of_val(&bits) - self.length % BLOCK) % BLOCK;
            self.take([0; BLOCK].get(..count).unwrap_or_default());
        }
        while self.length % BLOCK != BLOCK - size_of_val(&bits) {
            self.take(&[0]);
        }
        self.take(&bits.to_be_bytes());
        for (bytes, word) in hash.as_chunks_mut().0.iter_mut().zip(&self.state) {
            *bytes = word.to_be_bytes();
        }
        self.length = 0;
    }

    /// Goes on from the state after a first block.
    #[cfg(any(not(feature = "hmac"), test))]
    pub(super) fn resume(&mut self, state: &[u32; 8]) {
        bytes::copy_words(&mut self.state, state);
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

#[cfg(test)]
mod tests {
    use super::Sha256;

    #[test]
    fn bytes_one_by_one_are_the_same_as_runs() {
        let bytes = [0x5a; 200];
        for first in [0, 1, 63, 64, 65, 128, 150] {
            let mut hashers: [Sha256; 2] = [Sha256::new(), Sha256::new()];
            let [by_bytes, by_runs] = &mut hashers;
            by_bytes.take_bytes(&bytes[..first]);
            by_bytes.take_bytes(&bytes[first..]);
            by_runs.take_runs(&bytes[..first]);
            by_runs.take_runs(&bytes[first..]);
            assert_eq!(by_bytes.state, by_runs.state, "{first}");
            assert_eq!(by_bytes.block[..8], by_runs.block[..8], "{first}");
            assert_eq!(by_bytes.length, by_runs.length);
        }
    }
}
