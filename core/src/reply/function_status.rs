//! What the status codes in the RetMsg of a failed function mean.

use crate::wire::lines::{self, lines};

/// The meaning of a status code that the platform puts into the RetMsg of a
/// function that failed (`statusCode`), `None` for one that is not known.
///
/// ```
/// assert_eq!(scf_invoke_core::reply::function_status::status_meaning(433), Some("time limit reached"));
/// ```
#[must_use]
pub fn status_meaning(status: i64) -> Option<&'static str> {
    let status = u16::try_from(status).ok()?;
    let number = CODES.iter().position(|&code| code == status)?;
    Some(lines::get(MEANINGS, number))
}

macro_rules! meanings {
    ($($code:literal = $meaning:literal),* $(,)?) => {
        const CODES: &[u16] = &[$($code),*];
        /// In the same order, a line each.
        const MEANINGS: &[u8] = lines!(concat!($($meaning, "\n"),*));
    };
}

meanings! {
    200 = "success",
    400 = "the event is not JSON",
    401 = "invalid credentials",
    402 = "service suspended",
    404 = "invalid subnet",
    405 = "the container's state was 'exited'",
    406 = "event over 6 MB (sync) or 128 KB (async)",
    407 = "response over 6 MB",
    410 = "balance too low",
    429 = "resource limit",
    430 = "user code raised an exception",
    432 = "concurrency limit reached",
    433 = "time limit reached",
    434 = "memory limit reached",
    435 = "function not found",
    436 = "malformed invocation parameter",
    437 = "handler not found",
    438 = "the function's state forbids running",
    439 = "the user's process exited while running",
    441 = "unauthorised",
    442 = "qualifier not found",
    443 = "user code error",
    444 = "image pull failed",
    445 = "container init error",
    446 = "port could not be bound",
    447 = "image pull timed out",
    449 = "insufficient resources",
    450 = "container init timed out",
    499 = "cancelled",
    500 = "internal error",
}
