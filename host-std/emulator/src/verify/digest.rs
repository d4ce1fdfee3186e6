//! Hashes and HMACs, and the one comparison of signatures.

use hmac::digest::Output;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| DIGITS[usize::from(half)];
    let mut text = vec![0; 2 * bytes.len()];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    // Digits are always UTF-8.
    String::from_utf8(text).unwrap_or_default()
}

pub(super) fn sha256_hex(data: &[u8]) -> String {
    hex(&Sha256::digest(data))
}

pub(super) fn hmac_sha256(key: &[u8], data: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length: the error is never made.
    Hmac::<Sha256>::new_from_slice(key).map_or([0; 32], |mac| code(mac, data).into())
}

pub(super) fn hmac_sha1(key: &[u8], data: &[u8]) -> [u8; 20] {
    Hmac::<Sha1>::new_from_slice(key).map_or([0; 20], |mac| code(mac, data).into())
}

fn code<M: Mac>(mac: M, data: &[u8]) -> Output<M> {
    mac.chain_update(data).finalize().into_bytes()
}

/// Compares in a time that does not depend on where the two differ.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    !a.is_empty() && a.ct_eq(b).into()
}
