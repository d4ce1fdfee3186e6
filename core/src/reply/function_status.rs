//! The status codes in the result of a failed function.

use crate::wire::lines::{self, lines};

/// Returns the meaning of a status code that the platform puts into the result
/// of a function that failed (`statusCode`), `None` for one that is not known.
///
/// ```
/// assert_eq!(scf_invoke_core::reply::function_status::status_meaning(433), Some("time limit reached"));
/// ```
#[must_use]
pub fn status_meaning(status: i64) -> Option<&'static str> {
    Some(lines::get(MEANINGS, find(status)?))
}

/// Returns whether the function's code may have run although it failed with
/// this status: `false` where the platform came to a limit or an error before
/// it. A status that is not known may have run.
///
/// ```
/// use scf_invoke_core::reply::function_status::may_have_run;
///
/// assert!(!may_have_run(432), "concurrency limit reached");
/// assert!(may_have_run(433), "time limit reached");
/// ```
#[must_use]
pub fn may_have_run(status: i64) -> bool {
    find(status).and_then(|place| RAN.get(place)).is_none_or(|ran| *ran != Ran::No)
}

/// Returns all statuses that are known, in order.
pub fn statuses() -> impl Iterator<Item = u16> {
    CODES.iter().copied()
}

fn find(status: i64) -> Option<usize> {
    let status = u16::try_from(status).ok()?;
    CODES.iter().position(|&code| code == status)
}

/// Yes, no or maybe: the function's handler has run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ran {
    Yes,
    No,
    Maybe,
}

macro_rules! statuses {
    ($($code:literal $ran:ident $meaning:literal,)*) => {
        const CODES: &[u16] = &[$($code),*];
        // In the same order; the meanings a line each.
        const RAN: &[Ran] = &[$(Ran::$ran),*];
        const MEANINGS: &str = lines!(concat!($($meaning, "\n"),*));
    };
}

statuses! {
    200 Yes "success",
    400 No "the event is not JSON",
    401 No "invalid credentials",
    402 No "service suspended",
    404 No "invalid subnet",
    405 Maybe "the container's state was 'exited'",
    406 No "event over 6 MB (sync) or 128 KB (async)",
    407 Yes "response over 6 MB",
    410 No "balance too low",
    429 No "resource limit",
    430 Yes "user code raised an exception",
    432 No "concurrency limit reached",
    433 Yes "time limit reached",
    434 Yes "memory limit reached",
    435 No "function not found",
    436 No "malformed invocation parameter",
    437 No "handler not found",
    438 No "the function's state forbids running",
    439 Yes "the user's process exited while running",
    441 No "unauthorised",
    442 No "qualifier not found",
    443 Yes "user code error",
    444 No "image pull failed",
    445 No "container init error",
    446 No "port could not be bound",
    447 No "image pull timed out",
    449 No "insufficient resources",
    450 No "container init timed out",
    499 Maybe "cancelled",
    500 Maybe "internal error",
}
