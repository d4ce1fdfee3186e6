//! The calendar that signing needs: UTC days and their dates.

use crate::wire::ascii;

/// Seconds of a day; every day of unix time has the same number.
pub(crate) const SECONDS_PER_DAY: u64 = 86_400;

/// A day of the UTC calendar, counted from 1970-01-01.
///
/// TC3 signatures carry a date and a time, and the date must be the **UTC**
/// date of that time. The last day is 9999-12-31, because the protocol writes
/// years with four digits.
///
/// ```
/// use scf_invoke_core::wire::time::Day;
///
/// let day = Day::of_timestamp(1_551_113_065).unwrap();
/// assert_eq!(&day.date(), b"2019-02-25");
/// assert_eq!(Day::parse("2019-02-25"), Some(day));
/// assert_eq!(day.first_second(), 1_551_052_800);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(u32);

impl Day {
    /// 1970-01-01.
    pub(crate) const FIRST: Self = Self(0);

    /// 9999-12-31.
    const LAST: u32 = 2_932_896;

    /// Returns the day that contains `timestamp`, in seconds since 1970; `None`
    /// after the year 9999.
    pub const fn of_timestamp(timestamp: u64) -> Option<Self> {
        if timestamp >= (Self::LAST as u64 + 1) * SECONDS_PER_DAY {
            return None;
        }
        // A day has 675 times 128 seconds; what is left after the shift fits
        // in 32 bits, where small processors divide for nothing.
        Some(Self((timestamp >> 7) as u32 / 675))
    }

    /// Returns midnight at the start of the day, in seconds since 1970.
    pub const fn first_second(self) -> u64 {
        self.0 as u64 * SECONDS_PER_DAY
    }

    /// Returns the date as `YYYY-MM-DD`.
    pub const fn date(self) -> [u8; 10] {
        let mut date = [0; 10];
        self.write_date(&mut date);
        date
    }

    /// Writes the date, where it goes.
    pub(crate) const fn write_date(self, date: &mut [u8; 10]) {
        let (year, month, day) = self.civil();
        let mut rest = year * 10_000 + month * 100 + day;
        let mut at = date.len();
        while at > 0 {
            at -= 1;
            date[at] = b'-';
            if at != 4 && at != 7 {
                date[at] = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
        }
    }

    /// Reads `YYYY-MM-DD`; `None` for anything else and for dates that do not
    /// exist.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
        if bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let year = ascii::decimal(&bytes[0..4])?;
        let month = ascii::decimal(&bytes[5..7])?;
        Self::from_civil(year, month, ascii::decimal(&bytes[8..10])?)
    }

    /// Returns the day of a Gregorian date; `None` outside 1970 to 9999 and for
    /// dates that do not exist.
    pub(crate) const fn from_civil(year: u32, month: u32, day: u32) -> Option<Self> {
        if year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 {
            return None;
        }
        // Years begin in March here, so that the leap day is their last.
        let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let before = y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1;
        // 1970-01-01, counted in the same way.
        let made = Self(before - 719_468);
        // A date that does not exist (2019-02-30) comes back as another one.
        if made.civil().2 == day { Some(made) } else { None }
    }

    /// Returns year, month (1 to 12) and day of month (1 to 31).
    const fn civil(self) -> (u32, u32, u32) {
        // Centuries and years begin in March here, and are counted in quarters
        // of days, so that their mean length is a whole number.
        let quarters = 4 * (self.0 + 719_468) + 3;
        let (century, in_century) = (quarters / 146_097, (quarters % 146_097) | 3);
        let (year, in_year) = (in_century / 1461, in_century % 1461 / 4);
        let m = (5 * in_year + 2) / 153;
        let day = in_year - (153 * m + 2) / 5 + 1;
        let month = if m < 10 { m + 3 } else { m - 9 };
        (century * 100 + year + (month <= 2) as u32, month, day)
    }
}

/// Returns `value / 10`.
pub(crate) const fn tenth(value: u64) -> u64 {
    if cfg!(any(target_pointer_width = "64", target_arch = "wasm32")) {
        value / 10
    } else {
        tenth_by_hand(value)
    }
}

/// Divides by ten in parts of at most 20 bits: a processor of 32 bits would
/// need a kilobyte of code for the division.
#[inline(never)]
const fn tenth_by_hand(value: u64) -> u64 {
    let (high, low) = ((value >> 32) as u32, value as u32);
    let middle = (high % 10) << 16 | low >> 16;
    let last = (middle % 10) << 16 | low & 0xffff;
    ((high / 10) as u64) << 32 | (((middle / 10) << 16) | (last / 10)) as u64
}

/// Returns the last digit of `value`, of which the tenth is known.
pub(crate) const fn last_digit(value: u64, tenth: u64) -> u32 {
    (value as u32).wrapping_sub((tenth as u32).wrapping_mul(10))
}

/// Writes a whole number into `place`, in decimal digits, without the
/// formatting machinery.
#[inline(never)]
pub(crate) fn decimal(value: u64, place: &mut [u8; 64]) -> &[u8] {
    let (mut rest, mut start) = (value, place.len());
    for digit in place.iter_mut().rev() {
        let tenth = tenth(rest);
        *digit = b'0' + last_digit(rest, tenth) as u8;
        rest = tenth;
        start -= 1;
        if rest == 0 {
            break;
        }
    }
    place.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divides() {
        for value in [0, 9, 10, 65_535, 65_536, 1 << 32, u64::MAX - 9, u64::MAX] {
            assert_eq!(tenth_by_hand(value), value / 10);
            assert_eq!(u64::from(last_digit(value, value / 10)), value % 10);
        }
    }

    #[test]
    fn every_day_is_the_one_after_the_day_before() {
        let (mut year, mut month, mut day) = (1970, 1, 0);
        // All of them take Miri hours.
        let last = if cfg!(miri) { 1_000 } else { Day::LAST };
        for number in 0..=last {
            day += 1;
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let days = match month {
                2 => 28 + u32::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            if day > days {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
            assert_eq!(Day(number).civil(), (year, month, day));
        }
    }
}
