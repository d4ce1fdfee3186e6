//! A standard output that was closed before the program began.
//!
//! Rust's runtime opens /dev/null in its place before `main`, so that whatever is
//! printed would be lost without an error. Only what runs before the runtime can
//! tell; the linker's table of such functions is that of Linux.

use std::io;

#[cfg(target_os = "linux")]
mod linux {
    use std::sync::atomic::{AtomicBool, Ordering};

    use rustix::io::fcntl_getfd;
    use rustix::stdio::stdout;

    pub(super) static IS_CLOSED: AtomicBool = AtomicBool::new(false);

    #[used]
    #[allow(unsafe_code, reason = "the linker needs to know where to put it")]
    #[unsafe(link_section = ".init_array")]
    static LOOK: extern "C" fn() = look;

    extern "C" fn look() {
        IS_CLOSED.store(fcntl_getfd(stdout()).is_err(), Ordering::Relaxed);
    }
}

/// Returns the error of writing to it, where it was closed.
pub(crate) fn error() -> Option<io::Error> {
    #[cfg(target_os = "linux")]
    if linux::IS_CLOSED.load(std::sync::atomic::Ordering::Relaxed) {
        return Some(io::Error::other("it is closed"));
    }
    None
}
