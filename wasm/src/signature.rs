//! Signatures of both versions, and the hash of a body.

use core::slice;

use scf_invoke_core::SERVICE;
use scf_invoke_core::sign::day_key::DayKey;
use scf_invoke_core::sign::tc3::{CanonicalRequest, Method, PayloadHash};
use scf_invoke_core::sign::v1::{self, Algorithm};
use scf_invoke_core::wire::time::Day;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{fields, scratch};

/// Puts the signature of a POST in place of what the scratch holds: the hash of
/// the body, the bytes of the day key, and then host, action and, where there
/// is no day key, the secret key.
///
/// # Safety
/// So many bytes of the scratch are those and UTF-8 texts with zeros between them.
#[wasm_bindgen]
pub unsafe fn sign(length: usize, is_day_key: bool, now: f64) {
    // SAFETY: nobody else borrows the window now.
    let window = unsafe { scratch::window(length) };
    // SAFETY: the script's promise.
    let hex = unsafe { signature(window, is_day_key, now as u64) };
    // No key stays behind.
    window.fill(0);
    if let Some(hex) = hex {
        // SAFETY: nobody borrows the window any more.
        unsafe { scratch::window(hex.len()) }.copy_from_slice(&hex);
    }
}

/// # Safety
/// As for [`sign`].
unsafe fn signature(window: &[u8], is_day_key: bool, now: u64) -> Option<[u8; 64]> {
    let (hash, rest) = window.split_first_chunk()?;
    let (key, texts) = rest.split_first_chunk()?;
    // SAFETY: the caller's promise.
    let mut texts = unsafe { fields::split(texts) };
    let request = CanonicalRequest {
        method: Method::Post,
        query: "",
        content_type: "application/json",
        host: texts.next()?,
        signed_action: texts.next(),
        payload: PayloadHash::Sha256(*hash),
    };
    let today = Day::of_timestamp(now)?;
    let key = if is_day_key {
        DayKey::from_bytes(key, today, SERVICE)?
    } else {
        DayKey::derive(texts.next()?, today, SERVICE)?
    };
    Some(*key.sign(now, &request).ok()?.hex())
}

/// Puts the 32 bytes of the version 1 signature (HmacSHA256) of a source in
/// place of what the scratch holds: the secret key and the source.
///
/// # Safety
/// So many bytes of the scratch are UTF-8 texts with zeros between them.
#[wasm_bindgen]
pub unsafe fn sign_v1(length: usize) {
    // SAFETY: nobody else borrows the window now.
    let window = unsafe { scratch::window(length) };
    let digest = {
        // SAFETY: the script's promise.
        let mut texts = unsafe { fields::split(window) };
        let (key, source) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
        v1::source_digest(key, Algorithm::HmacSha256, source.as_bytes())
    };
    // No key stays behind.
    window.fill(0);
    // SAFETY: nobody borrows the window any more.
    unsafe { scratch::window(digest.len()) }.copy_from_slice(&digest);
}

/// Puts the SHA-256 of a body to the front of the scratch.
///
/// # Safety
/// It is at that address.
#[wasm_bindgen]
pub unsafe fn hash(at: *const u8, length: usize) {
    // SAFETY: the script's promise; nobody else borrows the window now.
    let (body, out) = unsafe { (slice::from_raw_parts(at, length), scratch::window(32)) };
    if let PayloadHash::Sha256(hash) = PayloadHash::of(body) {
        out.copy_from_slice(&hash);
    }
}
