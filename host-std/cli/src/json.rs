//! JSON out, in one line and without anything that a terminal acts on.

use std::io::{self, BufWriter, Write};

use crate::output::Stdout;
use crate::terminal::is_harmful;

/// An object that is written to standard output member by member, since
/// another copy of a long result would take its memory.
pub(crate) struct Object {
    out: BufWriter<Stdout>,
    separator: &'static str,
}

impl Object {
    pub(crate) fn new() -> Self {
        Self { out: BufWriter::with_capacity(16 << 10, Stdout::new()), separator: "{" }
    }

    fn key(&mut self, name: &str) -> io::Result<()> {
        write!(self.out, "{}\"{name}\":", self.separator)?;
        self.separator = ",";
        Ok(())
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) -> io::Result<()> {
        self.key(name)?;
        self.out.write_all(b"\"")?;
        self.escaped(value, |c| match c {
            '"' => Some("\\\""),
            '\\' => Some("\\\\"),
            '\n' => Some("\\n"),
            '\t' => Some("\\t"),
            _ => None,
        })?;
        self.out.write_all(b"\"")
    }

    /// A value that is JSON already, where white space stands only between the
    /// tokens, and whatever else is harmful only within strings.
    pub(crate) fn raw(&mut self, name: &str, json: &str) -> io::Result<()> {
        self.key(name)?;
        self.escaped(json, |c| matches!(c, '\n' | '\r' | '\t').then_some(""))
    }

    pub(crate) fn display(&mut self, name: &str, value: impl std::fmt::Display) -> io::Result<()> {
        self.key(name)?;
        write!(self.out, "{value}")
    }

    /// Closes the object and its line.
    pub(crate) fn end(mut self) -> io::Result<()> {
        self.out.write_all(b"}\n")?;
        self.out.flush()
    }

    /// Writes the text with some characters replaced, and harmful ones as
    /// escapes: none of these is beyond the first 65536.
    fn escaped(
        &mut self,
        text: &str,
        replace: impl Fn(char) -> Option<&'static str>,
    ) -> io::Result<()> {
        let mut plain = 0;
        for (at, c) in text.char_indices() {
            let other = replace(c);
            if other.is_none() && !is_harmful(c) {
                continue;
            }
            self.out.write_all(&text.as_bytes()[plain..at])?;
            match other {
                Some(other) => self.out.write_all(other.as_bytes())?,
                None => write!(self.out, "\\u{:04x}", u32::from(c))?,
            }
            plain = at + c.len_utf8();
        }
        self.out.write_all(&text.as_bytes()[plain..])
    }
}
