//! Escaping, against serde_json and through buffers of every small size.

use crate::random::{Random, rounds};
use scf_invoke_core::wire::json::{escape, escaped_len};

/// Escapes through a buffer of `size` bytes.
fn through(input: &[u8], size: usize) -> Vec<u8> {
    let mut out = vec![0; size];
    let mut escaped = Vec::new();
    let mut rest = input;
    while !rest.is_empty() {
        let (used, written) = escape(rest, &mut out);
        assert!(used > 0, "no progress with {size} bytes at {rest:?}");
        assert!(used == rest.len() || size - written < 6, "stopped with {} free", size - written);
        escaped.extend_from_slice(&out[..written]);
        rest = &rest[used..];
    }
    escaped
}

fn agrees(text: &str) {
    let expected = serde_json::to_string(text).unwrap();
    let expected = &expected.as_bytes()[1..expected.len() - 1];
    assert_eq!(through(text.as_bytes(), 6 * text.len() + 20), expected);
    assert_eq!(escaped_len(text.as_bytes()), expected.len() as u64, "{text:?}");
}

#[test]
fn every_character_as_serde_json_does() {
    let step = if cfg!(miri) { 19_997 } else { 1 };
    let mut all = String::new();
    for code in (0..0x20).chain((0x20..0x11_0000).step_by(step)) {
        let Some(character) = char::from_u32(code) else {
            continue;
        };
        all.push(character);
        if code < 0x100 {
            agrees(&character.to_string());
        }
    }
    agrees(&all);
}

#[test]
fn random_texts_in_buffers_of_every_size() {
    let mut random = Random::new(1);
    let parts = [
        "\"", "\\", "\n", "\u{1}", "\u{1f}", "\u{7f}", "a", "bcd", "é", "中", "😀", "u", "eight by",
    ];
    for _ in 0..rounds(3000) {
        let mut text = String::new();
        for _ in 0..random.below(60) {
            text += random.pick(&parts);
        }
        agrees(&text);
        let expected = through(text.as_bytes(), 10_000);
        for size in 6..40 {
            assert_eq!(through(text.as_bytes(), size), expected, "{size} {text:?}");
        }
    }
}

#[test]
fn a_quote_at_every_place() {
    let step = if cfg!(miri) { 73 } else { 1 };
    for length in (0..150).step_by(step) {
        for at in 0..length {
            for special in ["\"", "\\", "\n", "\u{2}"] {
                let mut text = "x".repeat(length);
                text.replace_range(at..=at, special);
                agrees(&text);
            }
        }
    }
}

#[test]
fn tells_what_it_did_where_nothing_fits() {
    assert_eq!(escape(b"", &mut [0; 4]), (0, 0));
    assert_eq!(escape(b"abc", &mut []), (0, 0));
    assert_eq!(escape(b"u\x01", &mut [0; 6]), (1, 1));
    assert_eq!(escape(b"a\"", &mut [0; 2]), (1, 1));
    assert_eq!(escape(b"uuu", &mut [0; 2]), (2, 2));
}
