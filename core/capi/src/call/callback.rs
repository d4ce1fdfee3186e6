//! Functions of C's that give an event or take a result, as the core knows
//! them.

use scf_invoke_core::reply;
use scf_invoke_core::request::event::{Source as EventSource, SourceError};

use crate::types::{Sink, Source};

/// A source of C's.
pub(super) struct Reader {
    pub(super) source: Source,
    pub(super) offset: u64,
}

// SAFETY: C uses a call in one thread at a time, and so what it has handed over.
unsafe impl Send for Reader {}

impl EventSource for Reader {
    fn rewind(&mut self) {
        self.offset = 0;
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
        let read = self.source.read.ok_or(SourceError)?;
        // SAFETY: C gave the function for this, and `out` is valid.
        let count = unsafe { read(self.source.context, self.offset, out.as_mut_ptr(), out.len()) };
        if count > out.len() {
            return Err(SourceError);
        }
        self.offset += count as u64;
        Ok(count)
    }
}

/// A sink of C's.
pub(super) struct Writer(pub(super) Sink);

// SAFETY: as above.
unsafe impl Send for Writer {}

impl reply::Sink for Writer {
    fn write(&mut self, field: reply::TextField, piece: &[u8]) -> Result<(), reply::SinkError> {
        let write = self.0.write.ok_or(reply::SinkError)?;
        let field = match field {
            reply::TextField::Result => crate::TextField::Result,
            reply::TextField::Log => crate::TextField::Log,
            reply::TextField::ApiMessage => crate::TextField::ApiMessage,
            reply::TextField::FunctionMessage => crate::TextField::FunctionMessage,
            _ => return Ok(()),
        };
        // SAFETY: C gave the function for this, and `piece` is valid.
        let answer = unsafe { write(self.0.context, field as i32, piece.as_ptr(), piece.len()) };
        if answer == 0 { Ok(()) } else { Err(reply::SinkError) }
    }
}
