//! The dates of HTTP.

/// Reads the `Date` header as seconds since 1970, to correct a clock by it.
///
/// Takes the three forms of RFC 9110: `Sun, 06 Nov 1994 08:49:37 GMT`, and the
/// obsolete `Sunday, 06-Nov-94 08:49:37 GMT` (a year below 70 is of this
/// century) and `Sun Nov  6 08:49:37 1994`. The name of the weekday is not
/// compared with the date. `None` for anything else and for years before 1970.
///
/// ```
/// use scf_core::http::parse_http_date;
///
/// assert_eq!(parse_http_date(b"Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
/// assert_eq!(parse_http_date(b"yesterday"), None);
/// ```
#[must_use]
pub fn parse_http_date(text: &[u8]) -> Option<u64> {
    let comma = text.iter().position(|&byte| byte == b',');
    let mut rest = text.get(comma.map_or(3, |at| at.wrapping_add(1))..)?;
    take(&mut rest, b' ')?;
    let (day, month, year, clock);
    if comma.is_some() {
        day = number(&mut rest, 2)?;
        let separator = *rest.first()?;
        if separator != b' ' && separator != b'-' {
            return None;
        }
        take(&mut rest, separator)?;
        month = month_number(&mut rest)?;
        take(&mut rest, separator)?;
        if separator == b'-' {
            let short = number(&mut rest, 2)?;
            year = short.wrapping_add(if short < 70 { 2000 } else { 1900 });
        } else {
            year = number(&mut rest, 4)?;
        }
        take(&mut rest, b' ')?;
        clock = time(&mut rest)?;
        if rest != b" GMT" {
            return None;
        }
    } else {
        month = month_number(&mut rest)?;
        take(&mut rest, b' ')?;
        let digits = if take(&mut rest, b' ').is_some() { 1 } else { 2 };
        day = number(&mut rest, digits)?;
        take(&mut rest, b' ')?;
        clock = time(&mut rest)?;
        take(&mut rest, b' ')?;
        year = number(&mut rest, 4)?;
        if !rest.is_empty() {
            return None;
        }
    }
    let leap = year & 3 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if year < 1970 || day == 0 || day > last {
        return None;
    }
    let days = days_since_1970(year, month, day);
    Some(u64::from(days).wrapping_mul(86_400).wrapping_add(clock.into()))
}

fn take(rest: &mut &[u8], byte: u8) -> Option<()> {
    let (&first, after) = rest.split_first()?;
    if first != byte {
        return None;
    }
    *rest = after;
    Some(())
}

fn number(rest: &mut &[u8], digits: u32) -> Option<u32> {
    let mut value = 0u32;
    for _ in 0..digits {
        let (&first, after) = rest.split_first()?;
        if !first.is_ascii_digit() {
            return None;
        }
        value = value.wrapping_mul(10).wrapping_add(u32::from(first.wrapping_sub(b'0')));
        *rest = after;
    }
    Some(value)
}

fn month_number(rest: &mut &[u8]) -> Option<u32> {
    let (name, after) = rest.split_first_chunk::<3>()?;
    *rest = after;
    let names = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let mut month = 1u32;
    for each in names.as_chunks::<3>().0 {
        if each == name {
            return Some(month);
        }
        month = month.wrapping_add(1);
    }
    None
}

/// `hh:mm:ss` as seconds; 60 is a leap second.
fn time(rest: &mut &[u8]) -> Option<u32> {
    let hours = number(rest, 2)?;
    take(rest, b':')?;
    let minutes = number(rest, 2)?;
    take(rest, b':')?;
    let seconds = number(rest, 2)?;
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    Some(hours.wrapping_mul(3600).wrapping_add(minutes.wrapping_mul(60)).wrapping_add(seconds))
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
