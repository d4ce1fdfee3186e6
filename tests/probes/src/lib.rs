//! The code that the probes have in common, and so the whole of an empty one: a
//! port of which the compiler knows nothing, and a panic handler with a name.

#![no_std]

#[cfg(feature = "defmt")]
mod logger;
pub mod turns;

use core::slice;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use scf_invoke_core::reply::{Sink, SinkError, TextField};
use scf_invoke_core::request::event::{Source, SourceError};
use scf_invoke_core::sign::compression::Compression;

/// The module that `tscf code rust-no-std` prints: here it is compiled for a board.
#[cfg(feature = "board")]
#[allow(clippy::result_large_err, reason = "the core's error is as it is, without a heap")]
#[path = "../../../host-std/cli/tests/expected/no_std.rs"]
pub mod printed;

/// Stands in an image only if something in it can panic: tests/footprint looks
/// for the name.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn probe_panicked() -> ! {
    loop {
        number();
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    probe_panicked()
}

/// A register of some peripheral. These images are weighed, never run.
const REGISTER: *mut u32 = 0x4000_0000 as *mut u32;

/// Returns a number that the compiler cannot know.
#[inline(never)]
pub fn number() -> u32 {
    // SAFETY: The image is never run.
    unsafe { REGISTER.read_volatile() }
}

/// Uses a number.
#[inline(never)]
pub fn give(value: u32) {
    // SAFETY: The image is never run.
    unsafe { REGISTER.write_volatile(value) }
}

/// Returns a text that the compiler cannot know.
#[inline(never)]
pub fn text() -> &'static str {
    // SAFETY: The image is never run.
    unsafe {
        let bytes = slice::from_raw_parts(number() as *const u8, number() as usize);
        core::str::from_utf8_unchecked(bytes)
    }
}

/// Returns a time that the compiler cannot know.
pub fn now() -> u64 {
    u64::from(number())
}

/// Uses bytes.
#[inline(never)]
pub fn take(bytes: &[u8]) {
    give(bytes.as_ptr() as u32);
    give(bytes.len() as u32);
}

/// Uses a buffer, and returns any claim of how many bytes it has.
#[inline(never)]
pub fn fill(buffer: &mut [u8]) -> usize {
    take(buffer);
    number() as usize
}

/// Uses everything that an empty probe has.
pub fn nothing() {
    take(text().as_bytes());
    give(fill(&mut []) as u32);
}

/// Compresses as a chip's hardware would, of whose driver there is nothing here.
#[derive(Clone, Copy, Debug)]
pub struct Chip;

impl Compression for Chip {
    fn compress(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
        take(blocks.as_flattened());
        state[0] = number();
    }
}

/// A stream, a source and a sink.
pub struct Port;

impl ErrorType for Port {
    type Error = ErrorKind;
}

fn result(count: usize) -> Result<usize, ErrorKind> {
    if count > 1 << 16 { Err(ErrorKind::Other) } else { Ok(count) }
}

impl Read for Port {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        result(fill(buffer))
    }
}

impl Write for Port {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        take(bytes);
        result(number() as usize)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        result(number() as usize).map(|_| ())
    }
}

impl Source for Port {
    fn rewind(&mut self) {
        give(0);
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
        result(fill(out)).map_err(|_| SourceError)
    }
}

impl Sink for Port {
    fn write(&mut self, _: TextField, piece: &[u8]) -> Result<(), SinkError> {
        take(piece);
        result(number() as usize).map(|_| ()).map_err(|_| SinkError)
    }
}
