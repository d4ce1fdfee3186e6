//! A clock that is corrected by what a server says.

/// A difference, in seconds, that is no cause of a refusal: the service allows
/// 300.
const TOLERANCE: u64 = 60;

/// The time before which no device is that has its clock set: the start of
/// 2026, in unix seconds.
const SET_SINCE: u64 = 1_767_225_600;

/// The largest correction of a clock that is set, in seconds: one day.
const LARGEST_CORRECTION: u64 = 24 * 60 * 60;

/// The difference between the server's time and the local clock; none at first.
///
/// A clock that was never set, as that of a device just switched on, follows
/// any server. One that is set follows by a day at most, so that a hostile
/// server cannot obtain a request that is signed for another year.
///
/// ```
/// use scf_invoke_core::attempt::Clock;
///
/// let mut clock = Clock::new();
/// // The device was just switched on: its clock says 1970.
/// assert!(clock.correct(12, 12, 1_800_000_000));
/// assert_eq!(clock.now(15), 1_800_000_003);
/// // The same time again is no reason for another attempt.
/// assert!(!clock.correct(16, clock.now(16), 1_800_000_004));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Clock {
    offset: i64,
}

impl Clock {
    /// Creates a clock that has learnt nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { offset: 0 }
    }

    /// Creates a clock that was corrected before, by so many seconds.
    #[must_use]
    pub const fn with_offset(offset: i64) -> Self {
        Self { offset }
    }

    /// Returns how many seconds it adds to the local clock.
    #[must_use]
    pub const fn offset(&self) -> i64 {
        self.offset
    }

    /// Returns the corrected time for what the local clock says, in unix
    /// seconds.
    #[must_use]
    pub const fn now(&self, local: u64) -> u64 {
        local.wrapping_add_signed(self.offset)
    }

    /// Takes over the server's time after a request was refused that was
    /// `signed` for a time, when the local clock said `local`. Returns whether
    /// a request that is signed now has a better chance.
    pub const fn correct(&mut self, local: u64, signed: u64, server: u64) -> bool {
        let offset = server.wrapping_sub(local).cast_signed();
        if local >= SET_SINCE && !is_within(LARGEST_CORRECTION, server, local) {
            return false;
        }
        self.offset = offset;
        // Another call may have learnt the same meanwhile.
        !is_within(TOLERANCE, server, signed)
    }
}

/// Returns whether two times differ by so many seconds at most.
const fn is_within(seconds: u64, one: u64, other: u64) -> bool {
    // One comparison, where an absolute difference takes 20 bytes more.
    one.wrapping_sub(other).wrapping_add(seconds) <= 2 * seconds
}
