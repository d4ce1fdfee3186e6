//! Standard error, which gets all that is no result.

use std::io::{self, IsTerminal, Write};

use crate::terminal::for_terminal;

/// Prints a line, harmless where a terminal shows it, if anybody is there to
/// read it.
pub(crate) fn print_line(line: &str) {
    let shown = for_terminal(line, io::stderr().is_terminal());
    let _ = io::stderr().lock().write_all(format!("{shown}\n").as_bytes());
}
