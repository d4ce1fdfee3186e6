//! An escaped text in quotes is JSON that gives the text back, through output
//! buffers of any size.
//!
//! Input: the buffer's size, the size of a piece, then the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scf_invoke_core::wire::json::{check, escape, escaped_len};

/// Escapes `text` piece by piece through a buffer of that size.
fn escaped(text: &[u8], piece: usize, buffer: usize) -> Vec<u8> {
    let mut all = Vec::new();
    let mut out = vec![0; buffer];
    for mut rest in text.chunks(piece) {
        while !rest.is_empty() {
            let (used, written) = escape(rest, &mut out);
            assert!(used > 0, "six bytes of room are enough for any one");
            assert!(used == rest.len() || buffer - written < 6, "there was room for more");
            all.extend_from_slice(&out[..written]);
            rest = &rest[used..];
        }
    }
    all
}

fuzz_target!(|data: &[u8]| {
    let [buffer, piece, text @ ..] = data else { return };
    // The bytes need not be UTF-8 to be escaped, but to be JSON.
    let whole = escaped(text, usize::MAX, text.len() * 6 + 6);
    let (piece, buffer) = (usize::from(*piece).max(1), usize::from(*buffer).max(6));
    assert_eq!(escaped(text, piece, buffer), whole);
    assert_eq!(escaped_len(text), whole.len() as u64);

    let json = [b"\"", whole.as_slice(), b"\""].concat();
    if let Ok(text) = std::str::from_utf8(text) {
        check(&json).unwrap();
        assert_eq!(serde_json::from_slice::<String>(&json).unwrap(), text);
    }
});
