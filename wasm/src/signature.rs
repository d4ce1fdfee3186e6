//! Signatures of both versions.

use scf_core::SERVICE;
use scf_core::day_key::DayKey;
use scf_core::tc3::{CanonicalRequest, Method, PayloadHash};
use scf_core::time::Day;
use scf_core::v1::{self, Algorithm};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{fields, scratch};

/// Puts the signature of a POST in place of what the scratch holds: the hash of
/// the body, and then host, action and secret key, or a day key in its place.
/// Whether there is one: there is none where the day key is no such key, or not
/// of that day.
///
/// # Safety
/// So many bytes of the scratch are the hash and UTF-8 texts with their marks.
#[wasm_bindgen]
pub unsafe fn sign(length: usize, is_day_key: bool, now: f64) -> bool {
    // SAFETY: nobody else borrows the window now.
    let window = unsafe { scratch::window(length) };
    // SAFETY: the script's promise.
    let signature = unsafe { signature(window, is_day_key, now as u64) };
    let Some(hex) = signature else { return false };
    // SAFETY: nobody borrows the window any more.
    unsafe { scratch::window(hex.len()) }.copy_from_slice(&hex);
    true
}

/// # Safety
/// As for [`sign`].
unsafe fn signature(window: &[u8], is_day_key: bool, now: u64) -> Option<[u8; 64]> {
    let (hash, texts) = window.split_first_chunk()?;
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
    let secret = texts.next()?;
    let key = if is_day_key {
        DayKey::import(secret).ok()?.1
    } else {
        DayKey::derive(secret, Day::of_timestamp(now)?, SERVICE)?
    };
    Some(*key.sign(now, &request).ok()?.hex())
}

/// Puts the version 1 signature (HmacSHA256) of a source in place of what the
/// scratch holds: the secret key and the source. Gives its length.
///
/// # Safety
/// So many bytes of the scratch are UTF-8 texts with their marks.
#[wasm_bindgen]
pub unsafe fn sign_v1(length: usize) -> usize {
    // SAFETY: nobody else borrows the window now.
    let window = unsafe { scratch::window(length) };
    // SAFETY: the script's promise.
    let mut texts = unsafe { fields::split(window) };
    let (key, source) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
    let signature = v1::sign_source(key, Algorithm::HmacSha256, source.as_bytes());
    // SAFETY: nobody borrows the window any more.
    unsafe { scratch::window(signature.len()) }.copy_from_slice(signature.as_bytes());
    signature.len()
}
