//! The scanner and the validator take what serde_json takes, and read the same
//! strings, however the text is split. The check by a table says what tokens say.
//!
//! Known differences: serde_json gives up at 128 levels of nesting and on
//! numbers beyond the range of f64; the scanner leaves UTF-8 to the validator,
//! and forgets the kinds of brackets below 256 levels.
//!
//! Input: the size of a piece, then the text.

#![no_main]

use std::fmt;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scf_invoke_core::wire::json::{
    ScanError, Scanner, Table, Token, Validator, check, escaped_len, is_object_of_strings,
};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Collects every key and string of a document, in order.
struct Strings<'a>(&'a mut Vec<String>);

impl<'de> DeserializeSeed<'de> for Strings<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strings<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.push(text.to_owned());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<(), A::Error> {
        while all.next_element_seed(Strings(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<(), A::Error> {
        while all.next_key_seed(Strings(self.0))?.is_some() {
            all.next_value_seed(Strings(self.0))?;
        }
        Ok(())
    }
}

/// Returns all strings that the scanner finds, and all other tokens.
fn scan(text: &[u8], piece: usize) -> Result<(Vec<Vec<u8>>, String), ScanError> {
    let (mut strings, mut others) = (Vec::new(), String::new());
    let mut scanner = Scanner::new();
    for bytes in text.chunks(piece) {
        let mut input = bytes;
        while let Some(token) = scanner.next(&mut input)? {
            match token {
                Token::TextStart => strings.push(Vec::new()),
                Token::Text(part) => strings.last_mut().unwrap().extend_from_slice(part),
                Token::Char(one) => strings.last_mut().unwrap().extend_from_slice(one.as_bytes()),
                Token::TextEnd => others.push(if scanner.is_key() { 'k' } else { 's' }),
                Token::Number(part) => others.push_str(std::str::from_utf8(part).unwrap()),
                other => others.push_str(&format!("{other:?}")),
            }
        }
        assert!(input.is_empty());
    }
    scanner.finish()?;
    // A number that ends the document has no end token.
    Ok((strings, others.replace("NumberEnd", " ").trim_end().to_owned()))
}

fn validate(text: &[u8], piece: usize) -> bool {
    let mut validator = Validator::new();
    let pushed = text.chunks(piece).try_for_each(|bytes| validator.push(bytes));
    pushed.and_then(|()| validator.finish()).is_ok()
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::empty();
    table.fill();
    table
});

/// Checks a text by the table; returns the result and where the check ends.
fn by_table(text: &[u8], piece: usize) -> (Result<(), ScanError>, u64) {
    let mut scanner = Scanner::new();
    let checked = text.chunks(piece).try_for_each(|bytes| {
        if scanner.check(&TABLE, bytes)? {
            assert_eq!(escaped_len(bytes), bytes.len() as u64);
        }
        Ok(())
    });
    (checked.and_then(|()| scanner.finish()), scanner.offset())
}

/// Checks a text by tokens; returns the result and where the check ends.
fn by_tokens(mut text: &[u8]) -> (Result<(), ScanError>, u64) {
    let mut scanner = Scanner::new();
    let result = loop {
        match scanner.next(&mut text) {
            Ok(Some(_)) => {}
            Ok(None) => break scanner.finish(),
            Err(error) => break Err(error),
        }
    };
    (result, scanner.offset())
}

fuzz_target!(|data: &[u8]| {
    let [piece, text @ ..] = data else { return };
    let piece = usize::from(*piece).max(1);

    let whole = scan(text, usize::MAX);
    assert_eq!(scan(text, piece), whole);
    assert_eq!(scan(text, 1), whole);
    let by_tokens = by_tokens(text);
    assert_eq!(by_table(text, piece), by_tokens);
    assert_eq!(by_table(text, 1), by_tokens);
    let valid = check(text).is_ok();
    assert_eq!(validate(text, piece), valid);
    assert_eq!(validate(text, 1), valid);
    assert_eq!(valid, whole.is_ok() && std::str::from_utf8(text).is_ok());

    let mut strings = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let read =
        Strings(&mut strings).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    match read {
        Ok(()) => {
            assert!(valid, "serde_json takes it");
            let ours: Vec<_> = whole.unwrap().0;
            assert!(ours.iter().map(Vec::as_slice).eq(strings.iter().map(String::as_bytes)));
        }
        Err(error) => {
            let why = error.to_string();
            let limit = why.contains("recursion limit") || why.contains("out of range");
            assert!(!valid || limit, "serde_json says: {why}");
            return;
        }
    }
    let flat = match serde_json::from_slice(text) {
        Ok(Value::Object(map)) => map.values().all(Value::is_string),
        _ => false,
    };
    // A key that comes twice hides a value from serde_json alone.
    let ours = is_object_of_strings(text);
    assert!(ours == flat || flat && !ours);
});
