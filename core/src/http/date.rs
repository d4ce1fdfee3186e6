//! The dates of HTTP.

use crate::time::Day;

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
    let (months, _) = b"JanFebMarAprMayJunJulAugSepOctNovDec".as_chunks::<3>();
    let month = months.iter().position(|each| each == name)? as u32;
    let day = Day::from_civil(year, month.wrapping_add(1), day)?;
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    let minutes = hours.wrapping_mul(60).wrapping_add(minutes);
    let clock = minutes.wrapping_mul(60).wrapping_add(seconds);
    Some(day.first_second().wrapping_add(clock.into()))
}

#[inline(never)]
fn number(text: &[u8], at: usize, digits: usize) -> Option<u32> {
    text.get(at..)?.iter().take(digits).try_fold(0u32, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then_some(value.wrapping_mul(10).wrapping_add(digit.into()))
    })
}
