//! Where the texts of a reply go while they arrive.

use std::cell::Cell;
use std::io::{self, Write};

use scf_invoke_core::reply::{Sink, SinkError, TextField};

/// The beginning of a result that is kept although it went to a writer, to
/// tell why a function failed.
const KEPT: usize = 64 << 10;

/// Takes the result and the log: into memory up to a limit, or the result to
/// a writer.
pub(super) struct Collector<'w> {
    writer: Option<&'w mut dyn Write>,
    limit: usize,
    pub(super) ret_msg: Vec<u8>,
    pub(super) log: Vec<u8>,
    /// Whether the writer was given anything: then nothing can be started over.
    pub(super) wrote: bool,
    pub(super) problem: Option<Problem>,
}

/// Why no more was taken.
pub(super) enum Problem {
    Limit,
    Writer(io::Error),
}

impl<'w> Collector<'w> {
    pub(super) fn new(writer: Option<&'w mut dyn Write>, limit: usize) -> Self {
        Self { writer, limit, ret_msg: vec![], log: vec![], wrote: false, problem: None }
    }

    /// Forgets what an attempt left that is followed by another.
    pub(super) fn restart(&mut self) {
        self.ret_msg.clear();
        self.log.clear();
        self.problem = None;
    }

    /// The sink of one attempt; `stopped` is set once it takes no more.
    pub(super) fn sink<'s>(&'s mut self, stopped: &'s Cell<bool>) -> Collecting<'s, 'w> {
        Collecting { collector: self, stopped }
    }

    fn take(&mut self, field: TextField, piece: &[u8]) -> Result<(), Problem> {
        if field == TextField::RetMsg
            && let Some(writer) = &mut self.writer
        {
            self.wrote = true;
            writer.write_all(piece).map_err(Problem::Writer)?;
            let room = KEPT.saturating_sub(self.ret_msg.len()).min(piece.len());
            self.ret_msg.extend_from_slice(&piece[..room]);
            return Ok(());
        }
        if self.ret_msg.len() + self.log.len() + piece.len() > self.limit {
            return Err(Problem::Limit);
        }
        let text = match field {
            TextField::RetMsg => &mut self.ret_msg,
            TextField::Log => &mut self.log,
        };
        text.extend_from_slice(piece);
        Ok(())
    }
}

pub(super) struct Collecting<'s, 'w> {
    collector: &'s mut Collector<'w>,
    stopped: &'s Cell<bool>,
}

impl Sink for Collecting<'_, '_> {
    fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError> {
        self.collector.take(field, piece).map_err(|problem| {
            self.collector.problem = Some(problem);
            self.stopped.set(true);
            SinkError
        })
    }
}
