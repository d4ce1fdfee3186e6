//! The line on a terminal that says what goes on, and is erased in the end.

use std::io::{self, IsTerminal, Write};

use crate::terminal::obeys_sequences;

/// Goes to the start of the line and empties it.
const ERASE: &str = "\r\x1b[K";

#[derive(Default)]
pub(crate) struct StatusLine {
    is_shown: bool,
    is_frozen: bool,
}

impl StatusLine {
    /// Returns whether standard error is a terminal that can erase it.
    pub(crate) fn is_possible() -> bool {
        io::stderr().is_terminal() && obeys_sequences()
    }

    /// Shows this in place of what was there.
    pub(crate) fn show(&mut self, text: &str) {
        if !self.is_frozen {
            self.is_shown = true;
            let _ = io::stderr().write_all(format!("{ERASE}{text}").as_bytes());
        }
    }

    pub(crate) fn erase(&mut self) {
        if self.is_shown {
            self.is_shown = false;
            let _ = io::stderr().write_all(ERASE.as_bytes());
        }
    }

    /// Erases it, and shows no other.
    pub(crate) fn freeze(&mut self) {
        self.is_frozen = true;
        self.erase();
    }
}
