//! The number of attempts, and the waits between them.

pub use crate::reply::error_code::Retry;

/// The number of attempts, and the waits between them.
///
/// The wait doubles with each attempt and is drawn at random from the upper
/// half, so that clients which failed together do not come back together.
///
/// ```
/// use scf_invoke_core::attempt::{Retry, RetryPolicy};
///
/// let policy = RetryPolicy::default().attempts(2);
/// let wait = policy.wait_ms(Retry::AfterBackoff, 1, 0x8000_0000).unwrap();
/// assert!((250..=500).contains(&wait));
/// assert_eq!(policy.wait_ms(Retry::AfterBackoff, 2, 0), None);
/// assert_eq!(policy.wait_ms(Retry::Never, 1, 0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
#[must_use]
pub struct RetryPolicy {
    /// The number of attempts at most; 1 never repeats one.
    pub attempts: u32,
    /// The longest wait before the second attempt, in milliseconds.
    pub base_ms: u32,
    /// The longest wait before any attempt, in milliseconds. A server that
    /// asks for a longer one is not asked again.
    pub cap_ms: u32,
}

impl Default for RetryPolicy {
    /// Returns three attempts, half a second and one second apart at most.
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl RetryPolicy {
    /// Three attempts, half a second and one second apart at most.
    pub const DEFAULT: Self = Self { attempts: 3, base_ms: 500, cap_ms: 20_000 };

    /// Never repeats an attempt. A wrong clock is corrected for the next call.
    pub const NONE: Self = Self { attempts: 1, base_ms: 0, cap_ms: 0 };

    /// Sets the number of attempts at most.
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the longest wait before the second attempt, in milliseconds.
    pub const fn base_ms(mut self, base_ms: u32) -> Self {
        self.base_ms = base_ms;
        self
    }

    /// Sets the longest wait before any attempt, in milliseconds.
    pub const fn cap_ms(mut self, cap_ms: u32) -> Self {
        self.cap_ms = cap_ms;
        self
    }

    /// Returns whether any attempt is repeated.
    pub(super) const fn repeats(&self) -> bool {
        self.attempts > 1
    }

    /// Returns the milliseconds to wait before the next attempt; `None` gives
    /// up.
    ///
    /// `attempt` counts the attempts made (1 after the first), `random` is any
    /// number drawn evenly from all of `u32`. Only [`Retry::AfterBackoff`] is
    /// a matter of waiting.
    #[must_use]
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
