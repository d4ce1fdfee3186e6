//! The mistakes that clients make in the hash of the payload: the body that
//! they sign is not the one that they send.

use super::{Mutation, Part, add};
use crate::request::HttpRequest;
use crate::verify::digest::sha256_hex;
use crate::verify::tc3::UNSIGNED_PAYLOAD;

/// Texts longer than this are not re-encoded in search of a mistake.
const TEXT_LIMIT: usize = 1024 * 1024;

pub(super) fn mutations(list: &mut Vec<Mutation>, request: &HttpRequest<'_>) {
    let mut push = |hint, hash: String| {
        add(list, Part::Payload, hint, move |a| a.payload_hash.clone_from(&hash));
    };
    let body = request.body;
    let hash = hash_of(body);
    push("it is the hash of the empty text; the body is hashed", hash_of(b""));
    push(
        "the client left the payload unsigned and did not say so with X-TC-Content-SHA256",
        hash_of(UNSIGNED_PAYLOAD.as_bytes()),
    );
    push(
        "the client left the payload unsigned; its hash is that of the text UNSIGNED-PAYLOAD",
        UNSIGNED_PAYLOAD.to_owned(),
    );
    push("the hash is in lower-case hex", hash.to_uppercase());
    push("the body is hashed once", hash_of(hash.as_bytes()));
    push("the body is hashed", String::new());
    push("X-TC-Content-SHA256 says that the payload is unsigned, and it was signed", hash);
    push("it is the hash of {}; the body sent is another one", hash_of(b"{}"));
    push("it is the hash of null; the body sent is another one", hash_of(b"null"));
    if body.len() > TEXT_LIMIT {
        return;
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return;
    };
    push(
        "it is the hash of the body with a line feed at its end",
        hash_of(format!("{text}\n").as_bytes()),
    );
    let respaced =
        "it is the hash of the same JSON spaced otherwise: sign the very bytes that are sent";
    push(
        "it is the hash of the body without the white space around it",
        hash_of(text.trim().as_bytes()),
    );
    push(respaced, hash_of(respace(text, ",", ":").as_bytes()));
    push(respaced, hash_of(respace(text, ", ", ": ").as_bytes()));
    push(respaced, hash_of(respace(text, ",", ": ").as_bytes()));
    push(
        "it is the hash of the body with \\u escapes for what is not ASCII",
        hash_of(ascii_escaped(text).as_bytes()),
    );
    push("it is the hash of the body with \\/ for /", hash_of(text.replace('/', "\\/").as_bytes()));
    push("it is the hash of the body with / for \\/", hash_of(text.replace("\\/", "/").as_bytes()));
    push(
        "it is the hash of the body with line feeds for the line ends",
        hash_of(text.replace("\r\n", "\n").as_bytes()),
    );
    if let Some(unescaped) = unescaped(text) {
        push(
            "it is the hash of the body with its \\u escapes undone",
            hash_of(unescaped.as_bytes()),
        );
    }
    // The map sorts its keys and the writer escapes only what it must.
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(text) {
        let sorted = value.to_string();
        push(
            "it is the hash of the JSON written anew, with sorted keys and without escapes: sign \
             the very bytes that are sent",
            hash_of(sorted.as_bytes()),
        );
        push(
            "it is the hash of the JSON written anew, with sorted keys: sign the very bytes that \
             are sent",
            hash_of(respace(&sorted, ", ", ": ").as_bytes()),
        );
        if let serde_json::Value::String(inner) = &value {
            push("it is the hash of the text inside the JSON string", hash_of(inner.as_bytes()));
        }
        for name in ["ClientContext", "Event"] {
            if let Some(inner) = value.get(name).and_then(serde_json::Value::as_str) {
                push(
                    "it is the hash of the event alone; the whole body is hashed",
                    hash_of(inner.as_bytes()),
                );
            }
        }
    }
    let quoted = serde_json::Value::from(text).to_string();
    push("it is the hash of the body turned into JSON a second time", hash_of(quoted.as_bytes()));
}

/// Returns the same JSON with other separators; strings stay as they are.
fn hash_of(body: &[u8]) -> String {
    sha256_hex(body).into()
}

fn respace(text: &str, comma: &str, colon: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut string, mut escape) = (false, false);
    for c in text.chars() {
        if string {
            out.push(c);
            string = escape || c != '"';
            escape = !escape && c == '\\';
            continue;
        }
        match c {
            ' ' | '\t' | '\r' | '\n' => {}
            ',' => out.push_str(comma),
            ':' => out.push_str(colon),
            _ => {
                string = c == '"';
                out.push(c);
            }
        }
    }
    out
}

fn ascii_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut units = [0; 2];
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

/// Undoes `\u` escapes of what is not ASCII; `None` where there are none.
fn unescaped(text: &str) -> Option<String> {
    let mut pieces = text.split("\\u");
    let mut units: Vec<u16> = pieces.next()?.encode_utf16().collect();
    let mut found = false;
    for piece in pieces {
        let unit = piece.get(..4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
        match (unit, piece.get(4..)) {
            (Some(unit), Some(rest)) if unit > 0x7f => {
                found = true;
                units.push(unit);
                units.extend(rest.encode_utf16());
            }
            _ => units.extend("\\u".encode_utf16().chain(piece.encode_utf16())),
        }
    }
    found.then(|| String::from_utf16(&units).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{ascii_escaped, respace, unescaped};

    #[test]
    fn rewritings() {
        let json = "{\"a, b\": [1, 2],\n\"c\\\":\":\"é\"}";
        assert_eq!(respace(json, ",", ":"), "{\"a, b\":[1,2],\"c\\\":\":\"é\"}");
        assert_eq!(respace("{\"a\":[1,2]}", ", ", ": "), "{\"a\": [1, 2]}");
        assert_eq!(ascii_escaped("é😀"), "\\u00e9\\ud83d\\ude00");
        assert_eq!(unescaped("\\u00e9\\ud83d\\ude00 \\u0041").as_deref(), Some("é😀 \\u0041"));
        assert_eq!(unescaped("plain"), None);
    }
}
