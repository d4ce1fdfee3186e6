//! Decimal numbers without floating point, which costs 20 KB of flash.

use core::fmt;

use crate::wire::bytes::Align32;
use crate::wire::time::{last_digit, tenth};
use crate::wire::utf8;

/// The time that a function ran, exact to the nanosecond.
///
/// The API gives milliseconds as a decimal number, such as `0.826`. Digits
/// below a nanosecond are cut off, and what is over 584 years is taken as that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Duration {
    nanos: u64,
}

impl Duration {
    /// Creates a duration of `nanos` nanoseconds.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self { nanos }
    }

    /// Returns the duration in nanoseconds.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.nanos
    }

    /// Returns the duration in whole microseconds.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        without_digits(self.nanos, 3)
    }

    /// Returns the duration in whole milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        without_digits(self.nanos, 6)
    }
}

/// Returns the number without its last digits: a processor of 32 bits would
/// need a kilobyte of code to divide it.
const fn without_digits(mut value: u64, count: u32) -> u64 {
    let mut digit = 0;
    while digit < count {
        value = tenth(value);
        digit += 1;
    }
    value
}

impl From<Duration> for core::time::Duration {
    fn from(duration: Duration) -> Self {
        Self::from_nanos(duration.nanos)
    }
}

/// Milliseconds as the API writes them, as `0.826`.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_millis().fmt(f)?;
        let mut fraction = (self.nanos % 1_000_000) as u32;
        if fraction > 0 {
            f.write_str(".")?;
        }
        while fraction > 0 {
            let digit = (fraction / 100_000) as u8;
            f.write_str(utf8::text(&[b'0'.wrapping_add(digit)]).unwrap_or_default())?;
            fraction = (fraction % 100_000).wrapping_mul(10);
        }
        Ok(())
    }
}

/// A number of the reply, or none: in the place of the smallest `i64`, which
/// no field can have, an option has no room of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Integer(Align32<i64>);

impl Integer {
    pub(super) const NONE: Self = Self::new(None);
    pub(super) const ZERO: Self = Self::new(Some(0));

    /// The number is combined with this, so that none is 0 and a new reply is
    /// nothing but zeros.
    const SHIFT: i64 = i64::MIN;

    pub(super) const fn new(value: Option<i64>) -> Self {
        Self(Align32(match value {
            Some(value) => value ^ Self::SHIFT,
            None => 0,
        }))
    }

    pub(crate) const fn get(self) -> Option<i64> {
        let Align32(value) = self.0;
        if value == 0 { None } else { Some(value ^ Self::SHIFT) }
    }
}

/// A JSON number read byte by byte, whose grammar the scanner has checked.
#[derive(Clone, Debug, Default)]
pub(super) struct Number {
    mantissa: Align32<u64>,
    /// The power of ten that the places of the digits call for.
    scale: i32,
    /// The exponent that is written, without its sign.
    power: i32,
    /// The signs of the number and of its exponent.
    negative: [bool; 2],
    point: bool,
    in_power: bool,
    /// `true` if a digit other than 0 did not fit into the mantissa.
    lost: bool,
}

/// From here on another digit may not fit into 64 bits, and surely not into 63.
const FULL: u64 = 1 << 60;

/// The largest number that an [`Integer`] holds.
const LARGEST: u64 = i64::MAX as u64;

impl Number {
    pub(super) const fn new() -> Self {
        Self {
            mantissa: Align32(0),
            scale: 0,
            power: 0,
            negative: [false; 2],
            point: false,
            in_power: false,
            lost: false,
        }
    }

    #[inline(never)]
    pub(super) fn push(&mut self, byte: u8) {
        let digit = byte.wrapping_sub(b'0');
        match byte {
            b'-' => self.negative[usize::from(self.in_power)] = true,
            b'.' => self.point = true,
            b'e' | b'E' => self.in_power = true,
            b'+' => {}
            _ if self.in_power => {
                if self.power < 10_000 {
                    self.power = self.power.wrapping_mul(10).wrapping_add(digit.into());
                }
            }
            _ => {
                self.scale = self.scale.saturating_sub(self.point.into());
                if self.mantissa.0 < FULL {
                    let mantissa = self.mantissa.0.wrapping_mul(10).wrapping_add(digit.into());
                    self.mantissa = Align32(mantissa);
                } else {
                    self.scale = self.scale.saturating_add(1);
                    self.lost |= digit != 0;
                }
            }
        }
    }

    /// Returns the number times ten to the power of `shift`, if that is whole.
    ///
    /// With a `shift` the number only informs: then it is cut off to a whole
    /// one, and what does not fit is taken as the largest that does.
    pub(super) fn integer(&self, shift: i32) -> Integer {
        Integer(Align32(self.whole(shift) ^ Integer::SHIFT))
    }

    /// Returns the same as a plain number, the smallest where there is none,
    /// which fits into registers.
    fn whole(&self, shift: i32) -> i64 {
        let power = if self.negative[1] { self.power.wrapping_neg() } else { self.power };
        let mut scale = self.scale.saturating_add(power).saturating_add(shift);
        let mut value = self.mantissa.0;
        let mut lost = self.lost;
        // Ends early, because the value becomes 0 or too large.
        while scale != 0 && value != 0 {
            if scale < 0 {
                let rest = tenth(value);
                lost |= last_digit(value, rest) != 0;
                value = rest;
                scale = scale.wrapping_add(1);
            } else if value < FULL {
                value = value.wrapping_mul(10);
                scale = scale.wrapping_sub(1);
            } else {
                value = u64::MAX;
                break;
            }
        }
        if value > LARGEST {
            value = LARGEST;
            lost = true;
        }
        if shift == 0 && lost {
            return i64::MIN;
        }
        let value = value as i64;
        if self.negative[0] { value.wrapping_neg() } else { value }
    }
}
