//! The check of an event while it is typed.

use scf_invoke::scf_invoke_core::wire::json;
use serde_json::{Value, json};

use crate::event;
use crate::excerpt::Place;

/// Checks an event as the core does: an empty object, or where the mistake is.
/// `offset` counts the units of a JavaScript text.
pub(super) fn check(bytes: &[u8]) -> Value {
    let Err(invalid) = json::check(bytes) else {
        return json!({});
    };
    let text = String::from_utf8_lossy(bytes);
    let place = Place::of(&text, invalid.offset);
    let before = String::from_utf8_lossy(&bytes[..invalid.offset.min(bytes.len())]);
    json!({
        "line": place.line,
        "column": place.column,
        "offset": before.encode_utf16().count(),
        "message": invalid.to_string(),
        "hint": event::hint(&event::Source::Stdin, bytes, invalid.offset),
    })
}
