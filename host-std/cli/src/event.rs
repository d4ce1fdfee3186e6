//! The event, from wherever the user has it.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use scf_invoke::scf_invoke_core::wire::json;

use crate::error::CommandError;
use crate::excerpt::Place;
use crate::stderr::note;

/// Reads the event that the argument names, and of what is too long only
/// enough to know that it is. Checks that it is JSON.
pub(crate) fn read(
    argument: &str,
    limit: u64,
    timeout: Option<Duration>,
) -> Result<String, CommandError> {
    let source = match argument.strip_prefix('@') {
        Some("") => {
            return Err(CommandError::Usage("after the @ belongs the name of a file".into()));
        }
        Some(path) => Source::File(path.to_owned()),
        None if argument == "-" => Source::Stdin,
        None => {
            check(&Source::Argument, argument.as_bytes())?;
            return Ok(argument.to_owned());
        }
    };
    if matches!(source, Source::Stdin) && io::stdin().is_terminal() {
        note("tscf: type the event, then press Ctrl-D on a line of its own");
    }
    let bytes = source.read_within(limit, timeout)?.map_err(|error| {
        CommandError::Usage(format!("{} cannot be read: {error}", source.name()))
    })?;
    if bytes.len() as u64 > limit {
        return Err(CommandError::Usage(format!(
            "{} has more than the {limit} bytes that an event may have",
            source.name()
        )));
    }
    check(&source, &bytes)?;
    String::from_utf8(bytes).map_err(|error| CommandError::Usage(error.to_string()))
}

/// The place where an event stands.
#[derive(Clone)]
pub(crate) enum Source {
    Argument,
    File(String),
    Stdin,
    /// A line of a file with an event in each.
    Line(u64),
}

impl Source {
    fn name(&self) -> String {
        match self {
            Self::Argument => "the event".to_owned(),
            Self::File(path) => format!("the event's file {path}"),
            Self::Stdin => "standard input".to_owned(),
            Self::Line(number) => format!("the event in line {number}"),
        }
    }

    /// Reads it all, on a thread of its own where a timeout is to end it: the
    /// writer of a FIFO may never come.
    fn read_within(
        &self,
        limit: u64,
        timeout: Option<Duration>,
    ) -> Result<io::Result<Vec<u8>>, CommandError> {
        let Some(timeout) = timeout else {
            return Ok(self.read(limit));
        };
        let (sender, receiver) = mpsc::channel();
        let source = self.clone();
        thread::spawn(move || sender.send(source.read(limit)));
        receiver.recv_timeout(timeout).map_err(|error| match error {
            RecvTimeoutError::Timeout => CommandError::Timeout(format!(
                "{} did not end within {} s; nothing was sent",
                self.name(),
                timeout.as_secs_f64()
            )),
            RecvTimeoutError::Disconnected => {
                CommandError::Usage(format!("{} cannot be read", self.name()))
            }
        })
    }

    fn read(&self, limit: u64) -> io::Result<Vec<u8>> {
        match self {
            Self::Argument | Self::Line(_) => Ok(vec![]),
            Self::File(path) => {
                let file = File::open(path)?;
                let size = file.metadata().map_or(0, |data| data.len());
                read_up_to(file, limit, size)
            }
            Self::Stdin => read_up_to(io::stdin().lock(), limit, 0),
        }
    }
}

fn read_up_to(from: impl Read, limit: u64, expected: u64) -> io::Result<Vec<u8>> {
    // One more than expected, so that the end is seen without growing.
    let mut bytes = Vec::with_capacity(expected.min(limit) as usize + 1);
    from.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Checks that the event is JSON in UTF-8.
pub(crate) fn check(source: &Source, bytes: &[u8]) -> Result<(), CommandError> {
    let Err(invalid) = json::check(bytes) else {
        return Ok(());
    };
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(invalid.offset + 400)]);
    // Bytes that are not UTF-8 take more room in the text than in the file.
    let offset = String::from_utf8_lossy(&bytes[..invalid.offset]).len();
    let mut place = Place::of(&text, offset);
    if let Source::Line(number) = source {
        place.line = *number;
    }
    let mut message = format!(
        "{} is not JSON: line {}, column {}: {invalid}\n{}",
        source.name(),
        place.line,
        place.column,
        place.excerpt()
    );
    if let Some(hint) = hint(source, bytes, invalid.offset) {
        message.push_str("\n  ");
        message.push_str(&hint);
    }
    Err(CommandError::Usage(message))
}

/// Returns the advice for a mistake that is often made.
pub(crate) fn hint(source: &Source, bytes: &[u8], offset: usize) -> Option<String> {
    if let Source::Argument = source
        && let Ok(path) = std::str::from_utf8(bytes)
        && Path::new(path).is_file()
    {
        return Some(format!("to send what is in the file, write @{path}"));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Some("it begins with a byte-order mark: save it as UTF-8 without one".to_owned());
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Some("it is UTF-16: save it as UTF-8".to_owned());
    }
    let before = bytes[..offset].trim_ascii_end().last();
    match bytes.get(offset)? {
        b'\'' if matches!(source, Source::Argument) && offset == 0 => Some(
            "the single quotes are part of the event: cmd.exe does not take them off, write \
             \"{\\\"name\\\":\\\"world\\\"}\" there"
                .to_owned(),
        ),
        b'\'' => Some("a text stands in double quotes".to_owned()),
        b'}' | b']' if before == Some(&b',') => {
            Some("the last comma has nothing after it".to_owned())
        }
        byte if byte.is_ascii_alphabetic() && matches!(before, Some(b'{' | b',')) => {
            Some("a name stands in double quotes".to_owned())
        }
        b'/' | b'#' => Some("JSON has no comments".to_owned()),
        _ => None,
    }
}
