//! The dates of HTTP.

use crate::lines::{self, lines};
use crate::time::Day;

const MONTHS: &[u8] = lines!("jan\nfeb\nmar\napr\nmay\njun\njul\naug\nsep\noct\nnov\ndec\n");

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
    let text: &[u8; 29] = text.try_into().ok()?;
    let letters = |at: usize| [text[at] | 0x20, text[at + 1] | 0x20, text[at + 2] | 0x20];
    // What is no number is over every limit below.
    let number = |at: usize| {
        let (tens, ones) = (text[at].wrapping_sub(b'0'), text[at + 1].wrapping_sub(b'0'));
        if tens < 10 && ones < 10 { u32::from(tens) * 10 + u32::from(ones) } else { 1000 }
    };
    let month = lines::find(MONTHS, &letters(8))? as u32;
    let day = Day::from_civil(number(12) * 100 + number(14), month + 1, number(5))?;
    let (hours, minutes) = (number(17), number(20));
    // 60 is a leap second.
    let seconds = number(23);
    if hours > 23 || minutes > 59 || seconds > 60 || letters(26) != *b"gmt" {
        return None;
    }
    Some(day.first_second() + u64::from((hours * 60 + minutes) * 60 + seconds))
}
