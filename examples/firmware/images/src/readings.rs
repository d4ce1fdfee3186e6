//! A long event that is written while it is sent, and a long result that is
//! checked while it comes.

use core::fmt;

use board::{outcome, println};
use scf_invoke_core::error::Error;
use scf_invoke_core::reply::{Reply, Sink, SinkError, TextField};
use scf_invoke_core::request::event::{self, FromFn, Piece, SourceError};
use sha2::{Digest, Sha256};

/// The readings in the event: 6.1 MB, where 6 MiB is the service's limit.
pub const COUNT: u32 = 165_000;

/// The length of the result, of which the last 64 bytes are the hash of the
/// others in hexadecimal.
pub const RESULT: usize = 1 << 20;

/// A function that writes one of the pieces.
pub type Writer = fn(u32, &mut Piece) -> Result<bool, SourceError>;

/// Returns the event: an array of readings.
pub fn source() -> FromFn<Writer> {
    event::from_fn(write as Writer)
}

fn write(index: u32, piece: &mut Piece) -> Result<bool, SourceError> {
    if index >= COUNT {
        return Ok(false);
    }
    let first = if index == 0 { "[" } else { "," };
    let last = if index == COUNT - 1 { "]" } else { "" };
    // What a sensor would have said at that second.
    let time = 1_700_000_000 + index;
    let celsius = 2000 + index.wrapping_mul(7919) % 1000;
    let pascal = 100_000 + index.wrapping_mul(104_729) % 3000;
    let reading = format_args!(r#"{first}{{"t":{time},"c":{celsius},"p":{pascal}}}{last}"#);
    fmt::write(piece, reading).map_err(|_| SourceError)?;
    Ok(true)
}

/// A sink that keeps nothing but a hash.
#[derive(Clone)]
pub struct Checked {
    hash: Sha256,
    length: usize,
    tail: [u8; 64],
}

impl Checked {
    /// Makes a sink for a new result.
    pub fn new() -> Self {
        Self { hash: Sha256::new(), length: 0, tail: [0; 64] }
    }

    /// Returns `true` if the result was whole and has the hash at its end.
    pub fn is_right(&self) -> bool {
        let hash = self.hash.clone().finalize();
        let digits = self.tail.as_chunks::<2>().0.iter();
        let same = digits.zip(hash).all(|(pair, byte)| {
            core::str::from_utf8(pair).is_ok_and(|pair| u8::from_str_radix(pair, 16) == Ok(byte))
        });
        self.length == RESULT && same
    }
}

impl Default for Checked {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checked").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Sink for Checked {
    fn write(&mut self, _: TextField, piece: &[u8]) -> Result<(), SinkError> {
        let hashed = (RESULT - self.tail.len()).saturating_sub(self.length).min(piece.len());
        let (hashed, rest) = piece.split_at(hashed);
        self.hash.update(hashed);
        self.length += hashed.len();
        for &byte in rest {
            let place = self.length - (RESULT - self.tail.len());
            *self.tail.get_mut(place).ok_or(SinkError)? = byte;
            self.length += 1;
        }
        Ok(())
    }
}

/// Says how the call ended; the exit code for it.
pub fn judge<E: fmt::Display>(
    result: &Result<Reply<'_>, Error<E>>,
    sink: &Checked,
    timed_out: impl Fn(&E) -> bool,
) -> u32 {
    match result {
        Ok(reply) if reply.result_text().is_err() => {
            println!("the function failed");
            outcome::FUNCTION_FAILED
        }
        Ok(_) if sink.is_right() => {
            println!("result: {} bytes, with the right hash", sink.length);
            outcome::SUCCESS
        }
        Ok(_) => {
            println!("result: {} bytes, with the wrong hash", sink.length);
            outcome::NETWORK
        }
        Err(error) => crate::report(error, timed_out),
    }
}
