//! The record of what was sent and how it ended, from which a later run goes on.
//!
//! Each record is a line of JSON, and is in the file before the next step: that
//! an event is sent, before it is; how it ended, once its result is printed. So
//! an event without an end may have run.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use scf_invoke::Delivery;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::error::CommandError;
use crate::function::Function;

/// The first 16 digits of an event's SHA-256, which tell one event from
/// another.
type Fingerprint = u64;

pub(super) struct Journal {
    path: PathBuf,
    file: Mutex<File>,
    /// The records of the runs before this one, by their lines.
    known: HashMap<u64, Record>,
}

struct Record {
    event: Fingerprint,
    state: State,
}

/// The state of an event by the runs before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It was not sent, or surely not executed.
    NotRun,
    /// It may have run.
    Unknown,
    /// It has run, with success or without.
    Run,
}

impl Journal {
    /// Opens the file and reads it, or begins a new one.
    pub(super) fn open(path: &Path, function: &Function) -> Result<Self, CommandError> {
        let wrong = |reason: String| {
            CommandError::Usage(format!("the journal {} {reason}", path.display()))
        };
        let mut file = File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(|error| wrong(format!("cannot be opened: {error}")))?;
        lock(&file).map_err(|()| wrong("is in use by another tscf".to_owned()))?;
        let unreadable = |error| wrong(format!("cannot be read: {error}"));
        let header = header(function);
        let mut known = HashMap::new();
        let (mut whole, mut number) = (0, 0);
        let mut reader = BufReader::new(&file);
        let mut line = String::new();
        loop {
            line.clear();
            let length = reader.read_line(&mut line).map_err(unreadable)?;
            // A last line without its end was cut by the end of the program,
            // before what it records was done.
            if !line.ends_with('\n') {
                break;
            }
            whole += length as u64;
            number += 1;
            let record: Value = serde_json::from_str(&line)
                .map_err(|_| wrong(format!("is not one of tscf's: line {number} is not JSON")))?;
            if number == 1 {
                if record != header {
                    return Err(wrong(format!(
                        "is of another call: it has {record}, and this is {header}"
                    )));
                }
                continue;
            }
            let parsed = parse(&record, &known)
                .ok_or_else(|| wrong(format!("has a record in line {number} that is none")))?;
            known.insert(parsed.0, parsed.1);
        }
        drop(reader);
        file.set_len(whole)
            .and_then(|()| file.seek(SeekFrom::End(0)).map(drop))
            .map_err(|error| wrong(format!("cannot be written: {error}")))?;
        let journal = Self { path: path.to_owned(), file: Mutex::new(file), known };
        if number == 0 {
            journal.write(&header)?;
        }
        Ok(journal)
    }

    /// Returns what the runs before recorded of the event.
    ///
    /// # Errors
    /// The line had another event then.
    pub(super) fn state(&self, line: u64, event: &[u8]) -> Result<State, CommandError> {
        match self.known.get(&line) {
            None => Ok(State::NotRun),
            Some(record) if record.event == fingerprint(event) => Ok(record.state),
            Some(_) => Err(CommandError::Usage(format!(
                "line {line} is not the event that the journal {} has for it: give the same \
                 input again, or another journal",
                self.path.display()
            ))),
        }
    }

    /// Records that the event is going to be sent.
    pub(super) fn sent(&self, line: u64, event: &[u8]) -> Result<(), CommandError> {
        let event = format!("{:016x}", fingerprint(event));
        self.write(&json!({ "line": line, "event": event }))
    }

    /// Records how it ended.
    pub(super) fn ended(&self, line: u64, delivery: Delivery) -> Result<(), CommandError> {
        self.write(&json!({ "line": line, "delivery": delivery.as_str() }))
    }

    fn write(&self, record: &Value) -> Result<(), CommandError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(format!("{record}\n").as_bytes()).map_err(|error| {
            CommandError::Configuration(format!(
                "the journal {} cannot be written: {error}",
                self.path.display()
            ))
        })
    }
}

fn header(function: &Function) -> Value {
    json!({
        "tscf_map": 1,
        "function": function.name,
        "namespace": function.namespace,
        "qualifier": function.qualifier,
    })
}

fn parse(record: &Value, known: &HashMap<u64, Record>) -> Option<(u64, Record)> {
    let line = record.get("line")?.as_u64()?;
    if let Some(event) = record.get("event") {
        let event = Fingerprint::from_str_radix(event.as_str()?, 16).ok()?;
        return Some((line, Record { event, state: State::Unknown }));
    }
    let delivery = record.get("delivery")?.as_str()?;
    let state = [
        (Delivery::NotSent, State::NotRun),
        (Delivery::Refused, State::NotRun),
        (Delivery::Unknown, State::Unknown),
        (Delivery::Executed, State::Run),
    ]
    .into_iter()
    .find_map(|(known, state)| (known.as_str() == delivery).then_some(state))?;
    Some((line, Record { event: known.get(&line)?.event, state }))
}

fn fingerprint(event: &[u8]) -> Fingerprint {
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(event));
    Fingerprint::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Keeps another run from writing to the same file.
#[cfg(unix)]
fn lock(file: &File) -> Result<(), ()> {
    use rustix::fs::{FlockOperation, flock};
    flock(file, FlockOperation::NonBlockingLockExclusive).map_err(drop)
}

#[cfg(not(unix))]
fn lock(_: &File) -> Result<(), ()> {
    Ok(())
}
