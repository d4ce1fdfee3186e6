//! JSON out, in one line and without anything that a terminal acts on.

use std::fmt::Write;

use crate::terminal::is_harmful;

/// An object that is written member by member.
pub(crate) struct Object(String);

impl Object {
    pub(crate) fn new() -> Self {
        Self("{".to_owned())
    }

    fn key(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        let _ = write!(self.0, "\"{name}\":");
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.key(name);
        self.0.push('"');
        for c in value.chars() {
            match c {
                '"' | '\\' => self.0.extend(['\\', c]),
                '\n' => self.0.push_str("\\n"),
                '\t' => self.0.push_str("\\t"),
                c if is_harmful(c) => escape(&mut self.0, c),
                c => self.0.push(c),
            }
        }
        self.0.push('"');
    }

    /// A value that is JSON already.
    pub(crate) fn raw(&mut self, name: &str, json: &str) {
        self.key(name);
        for c in json.chars() {
            match c {
                // Between its tokens.
                '\n' | '\r' | '\t' => {}
                // Within its strings, there is no other place for it.
                c if is_harmful(c) => escape(&mut self.0, c),
                c => self.0.push(c),
            }
        }
    }

    pub(crate) fn display(&mut self, name: &str, value: impl std::fmt::Display) {
        self.key(name);
        let _ = write!(self.0, "{value}");
    }

    /// The text, with a newline.
    pub(crate) fn end(mut self) -> String {
        self.0.push_str("}\n");
        self.0
    }
}

/// None of the harmful characters is beyond the first 65536.
fn escape(out: &mut String, c: char) {
    let _ = write!(out, "\\u{:04x}", u32::from(c));
}
