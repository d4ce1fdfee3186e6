//! JSON out, in one line and without anything that a terminal acts on.

use std::fmt::{Display, Write as _};

use crate::terminal::is_harmful;

/// A JSON object that is built member by member.
pub(crate) struct Object(String);

impl Object {
    pub(crate) fn new() -> Self {
        Self(String::new())
    }

    fn key(&mut self, name: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        let _ = write!(self.0, "\"{name}\":");
    }

    /// Adds a text.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.key(name);
        push_text(&mut self.0, value);
    }

    /// Adds a value that is JSON already.
    pub(crate) fn json(&mut self, name: &str, json: &str) {
        self.key(name);
        // White space stands only between the tokens, and whatever is harmful
        // only within strings.
        push_escaped(&mut self.0, json, |c| matches!(c, '\n' | '\r' | '\t').then_some(""));
    }

    /// Adds a number or a boolean.
    pub(crate) fn display(&mut self, name: &str, value: impl Display) {
        self.key(name);
        let _ = write!(self.0, "{value}");
    }

    /// Returns the object as a line.
    pub(crate) fn into_line(mut self) -> String {
        self.0.push_str(if self.0.is_empty() { "{}\n" } else { "}\n" });
        self.0
    }
}

/// Appends the text in quotes.
fn push_text(out: &mut String, text: &str) {
    out.push('"');
    push_escaped(out, text, |c| match c {
        '"' => Some("\\\""),
        '\\' => Some("\\\\"),
        '\n' => Some("\\n"),
        '\r' => Some("\\r"),
        '\t' => Some("\\t"),
        _ => None,
    });
    out.push('"');
}

/// Returns the text with some characters replaced, and harmful ones as escapes.
pub(crate) fn escaped(text: &str, replace: impl Fn(char) -> Option<&'static str>) -> String {
    let mut out = String::with_capacity(text.len());
    push_escaped(&mut out, text, replace);
    out
}

/// Appends the text with some characters replaced, and harmful ones as escapes.
fn push_escaped(out: &mut String, text: &str, replace: impl Fn(char) -> Option<&'static str>) {
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        let other = replace(c);
        if other.is_none() && !is_harmful(c) {
            continue;
        }
        out.push_str(&text[plain..at]);
        match other {
            Some(other) => out.push_str(other),
            None => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
        plain = at + c.len_utf8();
    }
    out.push_str(&text[plain..]);
}
