//! Whether and when to try again: decisions only, sleeping is the caller's.

/// What could make another try succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// Nothing, or trying again could run the function twice.
    Never,
    /// Time: the request was surely not executed, and the cause may pass.
    AfterBackoff,
    /// The right time of day: the request was refused because the clock is
    /// wrong, and the response says what time it is.
    AfterClockCorrection,
}

/// How often to try and how long to wait in between.
///
/// The wait doubles with each try and is drawn at random from the upper half,
/// so that clients which failed together do not come back together.
///
/// ```
/// use scf_invoke_core::attempt::retry::{Policy, Retry};
///
/// let policy = Policy::default();
/// let wait = policy.wait_ms(Retry::AfterBackoff, 1, 0x8000_0000).unwrap();
/// assert!((250..=500).contains(&wait));
/// assert_eq!(policy.wait_ms(Retry::AfterBackoff, policy.attempts, 0), None);
/// assert_eq!(policy.wait_ms(Retry::Never, 1, 0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How many times a request is made at most; 1 never retries.
    pub attempts: u32,
    /// The longest wait before the second attempt, in milliseconds.
    pub base_ms: u32,
    /// The longest wait before any attempt, in milliseconds.
    pub cap_ms: u32,
}

impl Default for Policy {
    /// Three attempts, half a second and one second apart at most.
    fn default() -> Self {
        Self { attempts: 3, base_ms: 500, cap_ms: 20_000 }
    }
}

impl Policy {
    /// Never tries again.
    pub const NONE: Self = Self { attempts: 1, base_ms: 0, cap_ms: 0 };

    /// How many milliseconds to wait before the next attempt; `None` gives up.
    ///
    /// `attempt` counts the attempts made (1 after the first), `random` is
    /// any number drawn evenly from all of `u32`. A clock correction does not
    /// wait, and is not for this to count: see [`Clock`].
    pub fn wait_ms(&self, retry: Retry, attempt: u32, random: u32) -> Option<u32> {
        if retry != Retry::AfterBackoff || attempt >= self.attempts {
            return None;
        }
        let doublings = attempt.saturating_sub(1).min(31);
        let longest = self.base_ms.saturating_mul(1 << doublings).min(self.cap_ms);
        let spread = longest / 2;
        // A fraction of the spread: random / 2^32.
        let drawn = (u64::from(spread) * u64::from(random)) >> 32;
        Some(longest - spread + drawn as u32)
    }
}

/// A clock that is corrected by what a server says.
///
/// It holds the difference between the server's time and the local clock, and
/// starts with none.
///
/// ```
/// use scf_invoke_core::attempt::retry::Clock;
///
/// let mut clock = Clock::default();
/// // The device was just switched on: its clock says 1970.
/// assert!(clock.learn(12, 1_700_000_000));
/// assert_eq!(clock.now(15), 1_700_000_003);
/// // Being told the same again is no reason for another try.
/// assert!(!clock.learn(16, 1_700_000_004));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    offset: i64,
}

impl Clock {
    /// A difference, in seconds, that is no cause of a refusal: the server
    /// allows 300.
    const TOLERANCE: u64 = 60;

    /// A clock that has learnt nothing yet.
    pub const fn new() -> Self {
        Self { offset: 0 }
    }

    /// The corrected time for what the local clock says, in unix seconds.
    pub const fn now(&self, local: u64) -> u64 {
        local.saturating_add_signed(self.offset)
    }

    /// Takes over the server's time; whether that changed the clock by enough
    /// to make a refused request acceptable.
    pub fn learn(&mut self, local: u64, server: u64) -> bool {
        let signed = |seconds| i64::try_from(seconds).unwrap_or(i64::MAX);
        let offset = signed(server).saturating_sub(signed(local));
        let changed = offset.abs_diff(self.offset) > Self::TOLERANCE;
        if changed {
            self.offset = offset;
        }
        changed
    }
}
