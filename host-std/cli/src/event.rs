//! The event, from wherever the user has it.

use std::fs::File;
use std::io::{self, IsTerminal, Read};

use crate::error::CommandError;
use crate::stderr::print_line;

/// Reads the event that the argument names, and of what is too long only
/// enough to know that it is.
pub(crate) fn read(argument: &str, limit: u64) -> Result<String, CommandError> {
    let (what, read) = match argument.strip_prefix('@') {
        Some("") => {
            return Err(CommandError::Usage("after the @ belongs the name of a file".into()));
        }
        Some(path) => {
            let what = format!("the event's file {path}");
            let file = File::open(path).map_err(|error| unreadable(&what, &error))?;
            let size = file.metadata().map_or(0, |data| data.len());
            (what, read_up_to(file, limit, size))
        }
        None if argument == "-" => {
            if io::stdin().is_terminal() {
                print_line("scf: type the event, then press Ctrl-D on a line of its own");
            }
            ("standard input".to_owned(), read_up_to(io::stdin().lock(), limit, 0))
        }
        None => return Ok(argument.to_owned()),
    };
    let bytes = read.map_err(|error| unreadable(&what, &error))?;
    if bytes.len() as u64 > limit {
        return Err(CommandError::Usage(format!(
            "{what} has more than the {limit} bytes that an event may have"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        CommandError::Usage(format!(
            "{what} is not JSON: byte {} is not UTF-8",
            error.utf8_error().valid_up_to() + 1
        ))
    })
}

fn read_up_to(from: impl Read, limit: u64, expected: u64) -> io::Result<Vec<u8>> {
    // One more than expected, so that the end is seen without growing.
    let mut bytes = Vec::with_capacity(expected.min(limit) as usize + 1);
    from.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(what: &str, error: &io::Error) -> CommandError {
    CommandError::Usage(format!("{what} cannot be read: {error}"))
}
