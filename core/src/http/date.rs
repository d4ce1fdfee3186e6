//! The dates of HTTP.

/// Reads the `Date` header as seconds since 1970, to correct a clock by it.
///
/// Takes the one form that servers still send, `Sun, 06 Nov 1994 08:49:37 GMT`;
/// the two obsolete ones would double the code. The name of the weekday and
/// the separators are not looked at. `None` for anything else and for years
/// before 1970.
///
/// ```
/// use scf_core::http::parse_http_date;
///
/// assert_eq!(parse_http_date(b"Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
/// assert_eq!(parse_http_date(b"yesterday"), None);
/// ```
#[must_use]
#[inline(never)]
pub fn parse_http_date(text: &[u8]) -> Option<u64> {
    if text.len() != 29 || !text.ends_with(b" GMT") {
        return None;
    }
    let day = number(text, 5, 2)?;
    let name = text.get(8..11)?;
    let year = number(text, 12, 4)?;
    let (hours, minutes) = (number(text, 17, 2)?, number(text, 20, 2)?);
    // 60 is a leap second.
    let seconds = number(text, 23, 2)?;
    let mut month = 1u32;
    for each in b"JanFebMarAprMayJunJulAugSepOctNovDec".as_chunks::<3>().0 {
        if each == name {
            break;
        }
        month = month.wrapping_add(1);
    }
    let leap = year & 3 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if year < 1970 || day == 0 || day > last || hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    let minutes = hours.wrapping_mul(60).wrapping_add(minutes);
    let clock = minutes.wrapping_mul(60).wrapping_add(seconds);
    let days = days_since_1970(year, month, day);
    Some(u64::from(days).wrapping_mul(86_400).wrapping_add(clock.into()))
}

#[inline(never)]
fn number(text: &[u8], at: usize, digits: usize) -> Option<u32> {
    text.get(at..)?.iter().take(digits).try_fold(0u32, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then_some(value.wrapping_mul(10).wrapping_add(digit.into()))
    })
}

/// The days of the Gregorian calendar, for years from 1970 to 9999. The year
/// is counted from March, so that the leap day is its last.
fn days_since_1970(year: u32, month: u32, day: u32) -> u32 {
    let (year, month) = if month < 3 {
        (year.wrapping_sub(1), month.wrapping_add(9))
    } else {
        (year, month.wrapping_sub(3))
    };
    let leaps = (year / 4).wrapping_sub(year / 100).wrapping_add(year / 400);
    let before = month.wrapping_mul(153).wrapping_add(2) / 5;
    // 719469 days lie between the first of March of the year 0 and 1970.
    year.wrapping_mul(365)
        .wrapping_add(leaps)
        .wrapping_add(before)
        .wrapping_add(day)
        .wrapping_sub(719_469)
}
