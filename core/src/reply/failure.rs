//! Why a function failed, as its RetMsg tells it.

use super::number::Number;
use super::short::Short;
use crate::json::{Scanner, Token};

/// What the RetMsg of a failed function says. Each part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailureDetails {
    /// The platform's status, see
    /// [`status_meaning`](crate::function_status::status_meaning).
    pub status_code: Option<i64>,
    /// -1 for an exception.
    pub error_code: Option<i64>,
    /// What went wrong, as `Invoking task timed out after 3 seconds`.
    pub error_message: Short<128>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Other,
    Status,
    Code,
    Message,
}

/// Reads the RetMsg of a function that failed, so that the user learns why.
///
/// It is JSON with `statusCode`, `errorCode`, `errorMessage` and more, but
/// nothing is sure: what cannot be read is left out.
///
/// ```
/// use scf_core::reply::failure_details;
///
/// let text = r#"{"errorCode":-1,"errorMessage":"user code exception caught","statusCode":430}"#;
/// let details = failure_details(text);
/// assert_eq!(details.status_code, Some(430));
/// assert_eq!(details.error_message.as_str(), "user code exception caught");
/// ```
#[must_use]
pub fn failure_details(ret_msg: &str) -> FailureDetails {
    let mut details = FailureDetails::default();
    let mut scanner = Scanner::new();
    let mut input = ret_msg.as_bytes();
    let mut key = Short::<20>::new();
    let mut field = Field::Other;
    let mut number = Number::new();
    while let Ok(Some(token)) = scanner.next(&mut input) {
        // The root may be an array, whose members have no names.
        if scanner.depth() != 1 {
            continue;
        }
        let is_key = scanner.is_key();
        let message = !is_key && field == Field::Message;
        match token {
            Token::TextStart if is_key => key.text().clear(),
            Token::Text(piece) if is_key => key.text().push(piece),
            Token::Char(piece) if is_key => key.text().push(piece.as_bytes()),
            Token::TextEnd if is_key => {
                number = Number::new();
                field = match key.as_str() {
                    _ if key.is_cut() => Field::Other,
                    "statusCode" => Field::Status,
                    "errorCode" => Field::Code,
                    "errorMessage" => Field::Message,
                    _ => Field::Other,
                };
            }
            Token::TextStart if message => details.error_message.text().clear(),
            Token::Text(piece) if message => details.error_message.text().push(piece),
            Token::Char(piece) if message => details.error_message.text().push(piece.as_bytes()),
            Token::TextEnd if message => details.error_message.text().end(),
            Token::Number(piece) => piece.iter().for_each(|&byte| number.push(byte)),
            Token::NumberEnd if field == Field::Status => {
                details.status_code = number.integer(0).get()
            }
            Token::NumberEnd if field == Field::Code => {
                details.error_code = number.integer(0).get()
            }
            _ => {}
        }
    }
    // JSON that breaks off inside the message leaves a part of it.
    details.error_message.text().end();
    details
}
