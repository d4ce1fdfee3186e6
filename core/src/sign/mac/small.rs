//! HMAC over the compression function of SHA-256.

use core::slice;

use zeroize::Zeroize;

use super::fill_key_block;
use crate::sign::compression::Compression;
use crate::sign::digest::{BLOCK, START, Sha256};
use crate::wire::bytes;

/// A key: the states of the inner and the outer hash, each after its block of
/// key. Wiped when dropped.
#[derive(Clone)]
pub(crate) struct MacKey {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl MacKey {
    /// Returns an empty place for a key.
    pub(crate) fn unset() -> Self {
        Self { inner: [0; 8], outer: [0; 8] }
    }

    /// Becomes the key `prefix` + `rest`.
    pub(crate) fn set<C: Compression>(
        &mut self,
        hasher: &mut Sha256<C>,
        prefix: &[u8],
        rest: &[u8],
    ) {
        let mut block = [0; BLOCK];
        fill_key_block(&mut block, hasher, prefix, rest);
        set_padded::<C>(&mut self.inner, &mut block, INNER);
        set_padded::<C>(&mut self.outer, &mut block, INNER ^ OUTER);
        block.as_mut_slice().zeroize();
    }

    /// Starts the MAC of a message.
    pub(crate) fn start<'m, C: Compression>(&'m self, hasher: &'m mut Sha256<C>) -> Mac<'m, C> {
        hasher.resume(&self.inner);
        Mac { hasher, key: self }
    }
}

/// The MAC of a message that comes in pieces.
pub(crate) struct Mac<'m, C> {
    hasher: &'m mut Sha256<C>,
    key: &'m MacKey,
}

impl<C: Compression> Mac<'_, C> {
    /// Takes the next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    /// Writes the MAC.
    pub(crate) fn finish(self, mac: &mut [u8; 32]) {
        self.hasher.finish(mac);
        self.hasher.resume(&self.key.outer);
        self.hasher.update(mac);
        self.hasher.finish(mac);
    }
}

/// The byte that each byte of the key is XORed with, for the inner and the
/// outer hash.
const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

/// Changes the bytes of `block` by `pad`, and sets `state` to the one after it.
#[inline(never)]
fn set_padded<C: Compression>(state: &mut [u32; 8], block: &mut [u8; BLOCK], pad: u8) {
    block.iter_mut().for_each(|byte| *byte ^= pad);
    bytes::copy_words(state, &START);
    C::compress(state, slice::from_ref(block));
}

impl Drop for MacKey {
    fn drop(&mut self) {
        self.inner.as_mut_slice().zeroize();
        self.outer.as_mut_slice().zeroize();
    }
}
