//! The reason of a function's failure, read from the text in place of its
//! result.

use super::bounded::{BoundedStr, Text};
use super::number::Number;
use crate::wire::json::{Scanner, Step};
use crate::wire::lines::{self, lines};

/// The failure that the text in place of a function's result tells. Each part may be
/// missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct FailureDetails {
    /// The platform's status, see
    /// [`status_meaning`](crate::reply::function_status::status_meaning).
    pub status_code: Option<i64>,
    /// -1 for an exception.
    pub error_code: Option<i64>,
    /// The reason, as `Invoking task timed out after 3 seconds`.
    pub error_message: BoundedStr<128>,
    /// The exception, as `ValueError: no such city`: the last line of the stack
    /// trace that is not indented.
    pub exception: BoundedStr<128>,
}

/// The members that are read, a line each.
const NAMES: &str = lines!("statusCode\nerrorCode\nerrorMessage\nstackTrace\n");
const STATUS: usize = 0;
const CODE: usize = 1;
const MESSAGE: usize = 2;
const TRACE: usize = 3;
const OTHER: usize = 4;

/// Reads what came in place of the result of a function that failed, so that
/// the user learns why.
///
/// It is JSON with `statusCode`, `errorCode`, `errorMessage` and more, but
/// nothing is sure: what cannot be read is left out.
///
/// ```
/// use scf_invoke_core::reply::failure_details;
///
/// let text = r#"{"errorCode":-1,"errorMessage":"user code exception caught","statusCode":430}"#;
/// let details = failure_details(text);
/// assert_eq!(details.status_code, Some(430));
/// assert_eq!(details.error_message.as_str(), "user code exception caught");
/// ```
#[must_use]
pub fn failure_details(result_text: &str) -> FailureDetails {
    details_in(result_text.as_bytes())
}

/// Reads the same from bytes that are UTF-8.
pub(crate) fn details_in(mut input: &[u8]) -> FailureDetails {
    let mut details = FailureDetails::default();
    let mut scanner = Scanner::new();
    scanner.allow_deep();
    let mut key = BoundedStr::<20>::new();
    let mut member = OTHER;
    let mut number = Number::new();
    let mut trace = TraceLine::Start;
    while !input.is_empty() {
        let (step, piece) = scanner.step(&mut input);
        if step.error().is_some() {
            break;
        }
        // The root may be an array, whose members have no names.
        if scanner.depth() != 1 {
            continue;
        }
        let character = scanner.character();
        let piece = if step == Step::CHAR { character.as_bytes() } else { piece };
        let text = match member {
            _ if scanner.is_key() => key.text(),
            MESSAGE => details.error_message.text(),
            TRACE => details.exception.text(),
            // Nobody reads what is left of it.
            _ => key.text(),
        };
        match step {
            Step::KEY_START | Step::TEXT_START => text.clear(),
            Step::TEXT | Step::CHAR if member == TRACE && !scanner.is_key() => {
                trace.push(piece, text);
            }
            Step::TEXT | Step::CHAR => text.push(piece),
            Step::TEXT_END => {
                text.end();
                if scanner.is_key() {
                    member = lines::find(NAMES, text.as_bytes());
                    number = Number::new();
                }
            }
            Step::NUMBER => piece.iter().for_each(|&byte| number.push(byte)),
            Step::NUMBER_END if member == STATUS => details.status_code = number.integer(0).get(),
            Step::NUMBER_END if member == CODE => details.error_code = number.integer(0).get(),
            _ => {}
        }
    }
    // JSON that breaks off inside the message leaves a part of it.
    details.error_message.text().end();
    details.exception.text().end();
    details
}

/// The state of reading a stack trace, within a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TraceLine {
    Start,
    Indented,
    Kept,
}

impl TraceLine {
    /// Takes a piece of the trace, and keeps in `text` the last line that is not
    /// indented.
    fn push(&mut self, piece: &[u8], text: &mut Text<[u8]>) {
        for &byte in piece {
            *self = match (*self, byte) {
                (_, b'\n' | b'\r') => Self::Start,
                (Self::Start, b' ' | b'\t') => Self::Indented,
                (Self::Start, _) => {
                    text.clear();
                    text.push(&[byte]);
                    Self::Kept
                }
                (Self::Kept, _) => {
                    text.push(&[byte]);
                    Self::Kept
                }
                (Self::Indented, _) => Self::Indented,
            };
        }
    }
}
