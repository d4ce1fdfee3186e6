//! The scanner: the same tokens however the text is cut, and the same opinion
//! as serde_json on what is JSON.

use crate::random::{Random, document, rounds, string};
use scf_invoke_core::wire::json::{
    Invalid, ScanError, Scanner, Token, Validator, check, is_object_of_strings,
};

/// Tokens with their pieces joined, as `S:text` or so.
fn tokens<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<String>, ScanError> {
    let mut scanner = Scanner::new();
    let mut all = Vec::new();
    let mut text = Vec::new();
    for piece in pieces {
        let mut input = piece;
        while let Some(token) = scanner.next(&mut input)? {
            match token {
                Token::TextStart => {}
                Token::Text(piece) | Token::Number(piece) => {
                    assert!(!piece.is_empty());
                    text.extend_from_slice(piece);
                }
                Token::Char(character) => text.extend_from_slice(character.as_bytes()),
                Token::TextEnd => {
                    let kind = if scanner.is_key() { "K" } else { "S" };
                    all.push(format!(
                        "{kind}:{}",
                        String::from_utf8_lossy(&std::mem::take(&mut text))
                    ));
                }
                Token::NumberEnd => {
                    all.push(format!("N:{}", String::from_utf8(std::mem::take(&mut text)).unwrap()))
                }
                other => all.push(format!("{other:?}@{}", scanner.depth())),
            }
        }
        assert!(input.is_empty());
    }
    scanner.finish()?;
    assert!(scanner.is_complete());
    if !text.is_empty() {
        all.push(format!("N:{}", String::from_utf8(text).unwrap()));
    }
    Ok(all)
}

#[test]
fn gives_the_tokens() {
    let text = r#" {"a\u00e9":[1,-2.5e3,"x\ud83d\ude00\n"],"b":{"c":null},"d":true,"":false} "#;
    assert_eq!(
        tokens([text.as_bytes()]).unwrap(),
        [
            "ObjectStart@1",
            "K:aé",
            "ArrayStart@2",
            "N:1",
            "N:-2.5e3",
            "S:x😀\n",
            "ArrayEnd@1",
            "K:b",
            "ObjectStart@2",
            "K:c",
            "Null@2",
            "ObjectEnd@1",
            "K:d",
            "True@1",
            "K:",
            "False@1",
            "ObjectEnd@0",
        ]
    );
}

#[test]
fn any_split_gives_the_same() {
    let mut random = Random::new(2);
    for _ in 0..rounds(400) {
        let text = document(&mut random, 4);
        let text = text.as_bytes();
        let whole = tokens([text]);
        assert!(whole.is_ok());
        assert_eq!(tokens(text.chunks(1)), whole);
        for at in 0..text.len() {
            let (front, back) = text.split_at(at);
            assert_eq!(tokens([front, back]), whole);
        }
    }
}

/// Returns `true` if serde_json accepts a text, `None` where it gave up on a
/// number beyond the range of f64, which is no matter of grammar.
fn serde_accepts(text: &[u8]) -> Option<bool> {
    match serde_json::from_slice::<serde_json::Value>(text) {
        Ok(_) => Some(true),
        Err(error) if error.to_string().contains("out of range") => None,
        Err(_) => Some(false),
    }
}

fn agrees(text: &[u8]) {
    if let Some(accepts) = serde_accepts(text) {
        let ours = check(text);
        assert_eq!(ours.is_ok(), accepts, "{:?} {ours:?}", String::from_utf8_lossy(text));
    }
    let mut validator = Validator::new();
    let bytewise = text
        .chunks(1)
        .try_for_each(|piece| validator.push(piece))
        .and_then(|()| validator.finish());
    let offset = |result: Result<(), Invalid>| result.map_err(|invalid| invalid.offset);
    assert_eq!(offset(bytewise), offset(check(text)), "{:?}", String::from_utf8_lossy(text));
}

#[test]
fn agrees_with_serde_json_on_mutated_documents() {
    let mut random = Random::new(3);
    for _ in 0..rounds(40_000) {
        let mut text = document(&mut random, 3).into_bytes();
        agrees(&text);
        for _ in 0..=random.below(2) {
            let at = random.below(text.len());
            match random.below(4) {
                0 => text[at] = random.pick(b"{}[],:\"\\0123eE+-.tfnu \n\x00\x1f\xc3\xff"),
                1 => drop(text.remove(at)),
                2 => text.insert(at, random.pick(b"{}[],:\"\\01eE+-. \tn\x80")),
                _ => text.truncate(at),
            }
            if text.is_empty() {
                break;
            }
        }
        agrees(&text);
    }
}

#[test]
fn grammar_of_numbers() {
    let good = ["0", "-0", "10", "1.0", "1e0", "1E+10", "-1.5e-7", "0.00", "123456789"];
    let bad = [
        "", "-", "01", "+1", ".5", "1.", "1e", "1e+", "0x1", "1.e3", "--1", "1-", "1e1.5", "00",
        "- 1", "NaN",
    ];
    for text in good {
        assert!(check(text.as_bytes()).is_ok(), "{text}");
        assert!(check(format!("[{text}]").as_bytes()).is_ok(), "{text}");
    }
    for text in bad {
        assert!(check(text.as_bytes()).is_err(), "{text}");
        assert!(check(format!("[0,{text}]").as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn names_what_is_wrong_and_where() {
    let table: &[(&str, Option<ScanError>, u64)] = &[
        ("", Some(ScanError::Incomplete), 0),
        ("[1,]", Some(ScanError::Unexpected), 3),
        ("{\"a\" 1}", Some(ScanError::Unexpected), 5),
        ("{1:2}", Some(ScanError::Unexpected), 1),
        ("[1}", Some(ScanError::Unexpected), 2),
        ("{} x", Some(ScanError::Trailing), 3),
        ("\"a\nb\"", Some(ScanError::Control), 2),
        ("\"\\x\"", Some(ScanError::Escape), 2),
        ("\"\\u12g4\"", Some(ScanError::Escape), 5),
        ("\"\\ud800\"", Some(ScanError::Surrogate), 7),
        ("\"\\ud800\\n\"", Some(ScanError::Surrogate), 8),
        ("\"\\ud800\\ud800\"", Some(ScanError::Surrogate), 12),
        ("\"\\udc00\"", Some(ScanError::Surrogate), 6),
        ("trux", Some(ScanError::Unexpected), 3),
        ("[1.]", Some(ScanError::Number), 3),
        ("<html>", Some(ScanError::Unexpected), 0),
    ];
    for (text, error, offset) in table {
        let found = check(text.as_bytes()).unwrap_err();
        assert_eq!((found.error, found.offset as u64), (*error, *offset), "{text}");
        assert!(!found.to_string().is_empty());
    }
    for (text, offset) in [(&b"\"a\xff\""[..], 2), (b"\"\xe4\xb8\"", 1), (b"\"\xc0\x80\"", 1)] {
        let found = check(text).unwrap_err();
        assert_eq!((found.error, found.offset), (None, offset));
    }
}

#[test]
fn nesting_is_checked_to_256_levels_and_refused_below() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        assert!(check(nested(256).as_bytes()).is_ok());
        let error = check(nested(257).as_bytes()).unwrap_err();
        assert_eq!(error.error, Some(ScanError::TooDeep));
        assert_eq!(error.offset, 256 * open.len());
        assert_eq!(check(nested(100_000).as_bytes()), Err(error));
    }
    // The kind of each bracket is known.
    let known = format!("{}{}", "[".repeat(256), "]".repeat(255));
    assert!(check(format!("{known}]").as_bytes()).is_ok());
    assert!(check(format!("{known}}}").as_bytes()).is_err());
    assert!(check(format!("{}}}{}", "[".repeat(256), "]".repeat(255)).as_bytes()).is_err());
}

/// Decodes a string by `text`, with an output of `room` bytes a call.
fn decoded(document: &[u8], step: usize, room: usize) -> Result<Vec<u8>, ScanError> {
    let mut scanner = Scanner::new();
    let mut all = Vec::new();
    let mut out = vec![0; room];
    let mut ended = false;
    for mut input in document.chunks(step) {
        if scanner.offset() == 0 {
            assert_eq!(scanner.next(&mut input)?, Some(Token::TextStart));
        }
        while !input.is_empty() && !ended {
            let (written, end) = scanner.text(&mut input, &mut out)?;
            all.extend_from_slice(&out[..written]);
            ended = end;
        }
        assert!(input.is_empty());
    }
    assert!(scanner.is_complete());
    assert_eq!(scanner.offset(), document.len() as u64);
    Ok(all)
}

#[test]
fn decodes_texts_in_any_pieces() {
    let mut random = Random::new(4);
    for _ in 0..rounds(2000) {
        let mut text = string(&mut random);
        for _ in 0..random.below(4) {
            text.pop();
            text += &string(&mut random)[1..];
        }
        let expected: String = serde_json::from_str(&text).unwrap();
        for step in [1, 2, 7, 16, 61, 10_000] {
            for room in [4, 5, 9, 16, 17, 40, 128] {
                assert_eq!(
                    decoded(text.as_bytes(), step, room).as_deref(),
                    Ok(expected.as_bytes()),
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn decoding_finds_the_errors() {
    for pad in 0..40 {
        let pad = "p".repeat(pad);
        for (bad, error) in [
            ("\n", ScanError::Control),
            ("\\x", ScanError::Escape),
            ("\\ud800x", ScanError::Surrogate),
            ("\\\\\\\u{1}", ScanError::Escape),
        ] {
            let text = format!("\"{pad}{bad}{pad}\"");
            assert_eq!(decoded(text.as_bytes(), 1000, 200), Err(error), "{text}");
            assert_eq!(decoded(text.as_bytes(), 1, 200), Err(error), "{text}");
        }
    }
}

#[test]
fn a_text_fits_into_exactly_its_size() {
    let text = r#""a\u4e2d\ud83d\ude00\"b" "#.as_bytes();
    let size = "a中😀\"b".len();
    for room in 0..=size {
        let mut scanner = Scanner::new();
        let mut input = text;
        scanner.next(&mut input).unwrap();
        let mut out = vec![0; room];
        let (written, ended) = scanner.text(&mut input, &mut out).unwrap();
        assert_eq!(ended, room == size);
        assert_eq!(&out[..written], &"a中😀\"b".as_bytes()[..written]);
    }
}

#[test]
fn routing_keys() {
    for good in [r#"{"k":"v"}"#, "{}", r#" { "a" : "\u00e9" , "b" : "" } "#] {
        assert!(is_object_of_strings(good.as_bytes()), "{good}");
    }
    for bad in [
        "",
        "1",
        "[]",
        "\"a\"",
        "{",
        r#"{"k":1}"#,
        r#"{"k":{}}"#,
        r#"{"k":["v"]}"#,
        r#"{"k":null}"#,
        r#"{"k":"v"}x"#,
        r#"[{"k":"v"}]"#,
    ] {
        assert!(!is_object_of_strings(bad.as_bytes()), "{bad}");
    }
}
