//! The destination of a reply's texts while they arrive.

use std::io::{self, Write};

use scf_invoke_core::reply::{Sink, SinkError, TextField};

/// The beginning of a result that is kept although it went to a writer, to
/// tell why a function failed; and the most that is kept of a message.
const KEPT: usize = 64 << 10;

/// Takes the texts of a reply: into memory up to a limit, or the result to a
/// writer.
pub(crate) struct Collector<'w> {
    writer: Option<&'w mut (dyn Write + Send)>,
    limit: usize,
    pub(super) result: Vec<u8>,
    pub(super) log: Vec<u8>,
    pub(super) api_message: Vec<u8>,
    pub(super) function_message: Vec<u8>,
    /// The reason why no more was taken.
    pub(super) refusal: Option<Refusal>,
}

/// The reason why no more was taken.
pub(super) enum Refusal {
    Limit,
    Writer(io::Error),
}

impl<'w> Collector<'w> {
    pub(crate) fn new(writer: Option<&'w mut (dyn Write + Send)>, limit: usize) -> Self {
        Self {
            writer,
            limit,
            result: vec![],
            log: vec![],
            api_message: vec![],
            function_message: vec![],
            refusal: None,
        }
    }

    /// Returns whether the result goes to a writer, which cannot give it back.
    pub(super) fn has_writer(&self) -> bool {
        self.writer.is_some()
    }

    /// Forgets what an attempt left that is followed by another.
    pub(super) fn restart(&mut self) {
        for text in
            [&mut self.result, &mut self.log, &mut self.api_message, &mut self.function_message]
        {
            text.clear();
        }
        self.refusal = None;
    }

    fn take(&mut self, field: TextField, piece: &[u8]) -> Result<(), Refusal> {
        match field {
            TextField::ApiMessage => keep(&mut self.api_message, piece),
            TextField::FunctionMessage => keep(&mut self.function_message, piece),
            TextField::Result | TextField::Log => {
                if let (TextField::Result, Some(writer)) = (field, &mut self.writer) {
                    keep(&mut self.result, piece);
                    return writer.write_all(piece).map_err(Refusal::Writer);
                }
                if self.result.len() + self.log.len() + piece.len() > self.limit {
                    return Err(Refusal::Limit);
                }
                let is_log = field == TextField::Log;
                let text = if is_log { &mut self.log } else { &mut self.result };
                text.extend_from_slice(piece);
            }
            _ => {}
        }
        Ok(())
    }
}

/// Keeps the beginning of a text.
fn keep(text: &mut Vec<u8>, piece: &[u8]) {
    let room = KEPT.saturating_sub(text.len()).min(piece.len());
    text.extend_from_slice(&piece[..room]);
}

impl Sink for Collector<'_> {
    fn write(&mut self, field: TextField, piece: &[u8]) -> Result<(), SinkError> {
        self.take(field, piece).map_err(|refusal| {
            self.refusal = Some(refusal);
            SinkError
        })
    }

    fn kept_result(&self) -> Option<&[u8]> {
        Some(&self.result)
    }
}
