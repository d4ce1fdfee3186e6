//! The dates of HTTP.

use crate::wire::ascii::decimal;
use crate::wire::lines::{self, lines};
use crate::wire::time::Day;

const MONTHS: &str = lines!("jan\nfeb\nmar\napr\nmay\njun\njul\naug\nsep\noct\nnov\ndec\n");

/// Reads the `Date` header as seconds since 1970, to correct a clock by it.
///
/// Takes the one form that servers still send, `Sun, 06 Nov 1994 08:49:37 GMT`;
/// the two obsolete ones would double the code. The name of the weekday and
/// the separators are not looked at. `None` for anything else and for years
/// before 1970.
///
/// ```
/// use scf_invoke_core::wire::http::parse_http_date;
///
/// assert_eq!(parse_http_date(b"Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
/// assert_eq!(parse_http_date(b"yesterday"), None);
/// ```
#[must_use]
pub fn parse_http_date(text: &[u8]) -> Option<u64> {
    let mut text: [u8; 29] = text.try_into().ok()?;
    text.make_ascii_lowercase();
    u64::try_from(timestamp(&text)).ok()
}

/// Returns the seconds of a date in lowercase, negative where the text is no
/// date: an option would not fit into two registers.
pub(super) fn timestamp(text: &[u8]) -> i64 {
    seconds(text).map_or(-1, |seconds| seconds as i64)
}

/// The places of the numbers, two digits each, and their maxima: day,
/// century, year in it, hours, minutes, seconds (60 is a leap second).
const NUMBERS: &[(u8, u8); 6] = &[(5, 31), (12, 99), (14, 99), (17, 23), (20, 59), (23, 60)];

fn seconds(text: &[u8]) -> Option<u64> {
    let text: &[u8; 29] = text.try_into().ok()?;
    let mut numbers = [0; NUMBERS.len()];
    for (number, &(at, most)) in numbers.iter_mut().zip(NUMBERS) {
        *number = decimal(text.get(usize::from(at)..)?.get(..2)?)?;
        if *number > u32::from(most) {
            return None;
        }
    }
    let [day, century, year, hours, minutes, seconds] = numbers;
    let month = lines::find(MONTHS, &text[8..11]) as u32;
    let day = Day::from_civil(century * 100 + year, month.wrapping_add(1), day)?;
    if text[26..] != *b"gmt" {
        return None;
    }
    Some(day.first_second() + u64::from((hours * 60 + minutes) * 60 + seconds))
}
