//! Measures the use of the stack: its free part is painted, and words that have
//! lost the colour were used.

use core::sync::atomic::{AtomicUsize, Ordering};

/// The bytes that are painted, and so the most that an image may use.
pub const SIZE: usize = 64 * 1024;

const COLOUR: u32 = 0x5afe_57ac;

/// Kept free of paint below the stack pointer, for the painting itself.
const MARGIN: usize = 64;

/// The deepest place that a gauge has seen before it was painted over.
static SEEN: AtomicUsize = AtomicUsize::new(usize::MAX);

/// Paints what is free of the stack now.
#[inline(never)]
pub fn paint() {
    let pointer = cortex_m::register::msp::read() as usize;
    for word in memory::words(memory::bottom(), pointer - MARGIN) {
        memory::write(word, COLOUR);
    }
}

/// Returns the bytes of stack that were in use at once at most since [`paint`],
/// those in use at that time among them; `None` if it was all of [`SIZE`].
pub fn peak() -> Option<usize> {
    let top = memory::top();
    let used = memory::words(memory::bottom(), top).find(|&word| memory::read(word) != COLOUR)?;
    let used = used.min(SEEN.load(Ordering::Relaxed));
    (used != memory::bottom()).then_some(top - used)
}

/// Returns the bytes of variables with static storage.
pub fn statics() -> usize {
    memory::statics()
}

/// Measures a part of a program: how much stack it takes beyond what was in
/// use when the gauge was made.
#[derive(Debug)]
pub struct Gauge {
    start: usize,
    depth: usize,
}

impl Gauge {
    /// Starts measuring, `depth` bytes at most: each look takes a time that
    /// grows with it.
    #[inline(never)]
    pub fn start(depth: usize) -> Self {
        let gauge = Self { start: cortex_m::register::msp::read() as usize, depth };
        gauge.forget();
        gauge
    }

    /// Forgets what was used so far, beyond what is in use now.
    #[inline(never)]
    pub fn forget(&self) {
        let pointer = cortex_m::register::msp::read() as usize;
        for word in memory::words(self.start - self.depth, pointer - MARGIN) {
            memory::write(word, COLOUR);
        }
    }

    /// Returns the most that was in use at once since then.
    pub fn peak(&self) -> usize {
        memory::words(self.start - self.depth, self.start)
            .find(|&word| memory::read(word) != COLOUR)
            .map_or(0, |word| {
                SEEN.fetch_min(word, Ordering::Relaxed);
                self.start - word
            })
    }
}

#[allow(unsafe_code, reason = "the stack beyond the current frame is no object of the language")]
mod memory {
    unsafe extern "C" {
        // Symbols of the linker script: their addresses are what they say.
        static _stack_start: u32;
        static __sdata: u32;
        static __ebss: u32;
    }

    pub(super) fn top() -> usize {
        (&raw const _stack_start).addr()
    }

    pub(super) fn bottom() -> usize {
        top() - super::SIZE
    }

    pub(super) fn statics() -> usize {
        (&raw const __ebss).addr() - (&raw const __sdata).addr()
    }

    pub(super) fn words(from: usize, to: usize) -> impl Iterator<Item = usize> {
        (from..to).step_by(4)
    }

    pub(super) fn write(address: usize, value: u32) {
        // SAFETY: Callers stay between the bottom of the stack and the stack
        // pointer, where nothing lives, on a board whose variables end
        // megabytes below. An interrupt that uses the same place is over when
        // this goes on.
        unsafe { core::ptr::with_exposed_provenance_mut::<u32>(address).write_volatile(value) }
    }

    pub(super) fn read(address: usize) -> u32 {
        // SAFETY: Memory of the stack can be read as words at any time; what
        // they say is only compared.
        unsafe { core::ptr::with_exposed_provenance::<u32>(address).read_volatile() }
    }
}
