//! Where `defmt` writes: the port. A board has its own, such as RTT.

use crate::take;

#[defmt::global_logger]
struct Logger;

// SAFETY: The image is never run.
unsafe impl defmt::Logger for Logger {
    fn acquire() {}

    unsafe fn flush() {}

    unsafe fn release() {}

    unsafe fn write(bytes: &[u8]) {
        take(bytes);
    }
}
