//! Standard error, which gets all that is no result.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::terminal::for_terminal;

static IS_QUIET: AtomicBool = AtomicBool::new(false);

/// Prints no more notes.
pub(crate) fn be_quiet() {
    IS_QUIET.store(true, Ordering::Relaxed);
}

/// Prints a line that is no error, unless the user wants none.
pub(crate) fn note(line: &str) {
    if !IS_QUIET.load(Ordering::Relaxed) {
        print_line(line);
    }
}

/// Prints a line, harmless where a terminal shows it, if anybody is there to
/// read it.
pub(crate) fn print_line(line: &str) {
    let _ = io::stderr().lock().write_all(shown(line).as_bytes());
}

/// Returns a line as it is printed.
pub(crate) fn shown(line: &str) -> String {
    format!("{}\n", for_terminal(line, io::stderr().is_terminal()))
}
