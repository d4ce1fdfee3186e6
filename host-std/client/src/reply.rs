//! The reply of a function, and its failure.

use std::fmt;
use std::time::Duration;

use scf_invoke_core::attempt::{Delivery, Received, Retry};
use scf_invoke_core::reply::function_status::status_meaning;
use scf_invoke_core::reply::{FailureDetails, Fields, failure_details};
use scf_invoke_core::wire::json::{Scanner, Token};
use serde::Deserialize;
use serde::de::value::{BorrowedStrDeserializer, Error as NotText};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::Error;
use crate::engine::from_body;

/// The reply of a function that succeeded.
///
/// For an asynchronous call the event was accepted: the result is empty, and
/// [`function_request_id`](Self::function_request_id) names the run to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub(crate) fields: Fields,
    pub(crate) result_text: String,
    pub(crate) log: Option<String>,
}

impl Reply {
    /// Reads the body of a response of the API, for tests of a program: they
    /// come to the same replies and errors as calls do.
    ///
    /// ```
    /// use scf_invoke::{Error, Reply};
    ///
    /// let body = r#"{"Response":{"Result":{"RetMsg":"7","InvokeResult":0},"RequestId":"id"}}"#;
    /// assert_eq!(Reply::from_response(body)?.result::<u32>()?, 7);
    ///
    /// let body = r#"{"Response":{"Error":{"Code":"InternalError","Message":""},"RequestId":""}}"#;
    /// assert!(matches!(Reply::from_response(body), Err(Error::Api(_))));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// The error that a call would end with: [`Error::Function`], [`Error::Api`]
    /// or [`Error::Protocol`].
    pub fn from_response(body: &str) -> Result<Self, Error> {
        from_body(body)
    }

    /// Returns the result as a value: parsed as JSON, or the text that it is
    /// where that is not JSON.
    ///
    /// ```no_run
    /// # let client = scf_invoke::Client::from_env("ap-guangzhou")?;
    /// let greeting: String = client.invoke("hello", r#"{"name":"world"}"#)?.result()?;
    /// # Ok::<(), scf_invoke::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Result`]: the function has run, and its result is not such a
    /// value.
    pub fn result<'r, T: Deserialize<'r>>(&'r self) -> Result<T, Error> {
        let text = self.result_text.as_str();
        serde_json::from_str(text).or_else(|error| {
            if error.is_syntax() || error.is_eof() {
                let text = BorrowedStrDeserializer::<NotText>::new(text);
                if let Ok(value) = T::deserialize(text) {
                    return Ok(value);
                }
            }
            Err(Error::Result(ResultError(error)))
        })
    }

    /// Returns what the function returned, as it came: JSON from the managed
    /// runtimes, where a text has its quotes; anything from a custom one. Empty
    /// where the result went to a writer.
    pub fn result_text(&self) -> &str {
        &self.result_text
    }

    /// Returns the same, to keep it.
    pub fn into_result_text(self) -> String {
        self.result_text
    }

    /// Returns the last 4 KB of the log, where [`LogType::Tail`](crate::LogType::Tail)
    /// asked for it.
    pub fn log(&self) -> Option<&str> {
        self.log.as_deref()
    }

    /// Returns the id of the request, to find it with the provider.
    pub fn request_id(&self) -> &str {
        self.fields.request_id().as_str()
    }

    /// Returns the id of the run of the function, to find it in the logs.
    pub fn function_request_id(&self) -> &str {
        self.fields.function_request_id().as_str()
    }

    /// Returns the time that the function ran.
    pub fn duration(&self) -> Option<Duration> {
        self.fields.duration().map(|duration| Duration::from_nanos(duration.as_nanos()))
    }

    /// Returns the time that is billed.
    pub fn billed_duration(&self) -> Option<Duration> {
        let millis = u64::try_from(self.fields.billed_duration()?).ok()?;
        Some(Duration::from_millis(millis))
    }

    /// Returns the memory that the run took, in bytes.
    pub fn memory_bytes(&self) -> Option<u64> {
        u64::try_from(self.fields.memory_bytes()?).ok()
    }

    /// Returns all small fields of the reply.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }
}

/// The fields that are there, durations in milliseconds: `result` is the value
/// of JSON, or the text; `result_text` is what came.
impl Serialize for Reply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match serde_json::from_str::<serde_json::Value>(&self.result_text) {
            Ok(value) => map.serialize_entry("result", &value)?,
            Err(_) => map.serialize_entry("result", &self.result_text)?,
        }
        map.serialize_entry("result_text", &self.result_text)?;
        if let Some(log) = &self.log {
            map.serialize_entry("log", log)?;
        }
        map.serialize_entry("request_id", self.request_id())?;
        map.serialize_entry("function_request_id", self.function_request_id())?;
        if let Some(duration) = self.duration() {
            map.serialize_entry("duration_ms", &(duration.as_secs_f64() * 1000.0))?;
        }
        if let Some(billed) = self.billed_duration() {
            let millis = u64::try_from(billed.as_millis()).unwrap_or(u64::MAX);
            map.serialize_entry("billed_duration_ms", &millis)?;
        }
        if let Some(bytes) = self.memory_bytes() {
            map.serialize_entry("memory_bytes", &bytes)?;
        }
        map.end()
    }
}

/// A result that is not of the wanted form.
#[derive(Debug)]
pub struct ResultError(serde_json::Error);

impl fmt::Display for ResultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the function's result is not of the wanted form: {}", self.0)
    }
}

impl std::error::Error for ResultError {}

/// A function that failed. What it was to do may be half done, unless its
/// [`delivery`](Self::delivery) says that it was not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    reply: Reply,
    details: FailureDetails,
    message: String,
}

impl FunctionError {
    /// `err_msg` is the message beside the result, which is mostly empty.
    pub(crate) fn new(reply: Reply, err_msg: String) -> Self {
        let details = failure_details(&reply.result_text);
        let reported = member(&reply.result_text, "errorMessage").filter(|text| !text.is_empty());
        Self { details, message: reported.unwrap_or(err_msg), reply }
    }

    /// Returns what the platform says of the failure, as it came: usually JSON
    /// with a stack trace. Where results go to a writer, its first 64 KiB.
    pub fn result_text(&self) -> &str {
        &self.reply.result_text
    }

    /// Returns what went wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the exception, such as `ValueError: no such city`, where there is
    /// a stack trace; cut where it is long.
    pub fn exception(&self) -> &str {
        self.details.exception.as_str()
    }

    /// Returns whether the function was run: the platform comes to its limits
    /// before that, and says so by the status.
    pub fn delivery(&self) -> Delivery {
        self.received().delivery(true)
    }

    /// Returns what could make another attempt succeed, without running the
    /// function twice.
    pub fn retry(&self) -> Retry {
        self.received().retry(self.delivery())
    }

    fn received(&self) -> Received<'_> {
        Received::from_response(200, Ok(()), &self.reply.fields, false, self.status_code())
    }

    /// Returns the platform's status, such as 433 for a timeout.
    pub fn status_code(&self) -> Option<i64> {
        self.details.status_code
    }

    /// Returns the meaning of that status, where it is known.
    pub fn status_meaning(&self) -> Option<&'static str> {
        status_meaning(self.details.status_code?)
    }

    /// Returns where in the function it happened, line by line, if the platform
    /// says so.
    pub fn stack_trace(&self) -> Option<String> {
        member(self.result_text(), "stackTrace").filter(|trace| !trace.is_empty())
    }

    /// Returns the last 4 KB of the log, where it was asked for.
    pub fn log(&self) -> Option<&str> {
        self.reply.log()
    }

    /// Returns the id of the request.
    pub fn request_id(&self) -> &str {
        self.reply.request_id()
    }

    /// Returns the id of the run of the function, to find it in the logs.
    pub fn function_request_id(&self) -> &str {
        self.reply.function_request_id()
    }

    /// Returns the reply as it came: ids, duration, memory, and the platform's words
    /// in place of a result.
    pub fn reply(&self) -> &Reply {
        &self.reply
    }
}

/// Returns the text of that name in a JSON object, as far as it can be read.
fn member(object: &str, name: &str) -> Option<String> {
    let (mut scanner, mut input) = (Scanner::new(), object.as_bytes());
    let (mut key, mut value) = (vec![], vec![]);
    while let Ok(Some(token)) = scanner.next(&mut input) {
        let text = match scanner.is_key() {
            true => &mut key,
            false => &mut value,
        };
        match token {
            Token::TextStart => text.clear(),
            Token::Text(piece) => text.extend_from_slice(piece),
            Token::Char(piece) => text.extend_from_slice(piece.as_bytes()),
            Token::TextEnd
                if scanner.depth() == 1 && !scanner.is_key() && key == name.as_bytes() =>
            {
                return String::from_utf8(value).ok();
            }
            // The name of a value that is no text must not stick to the next.
            Token::ObjectStart | Token::ArrayStart => key.clear(),
            _ => {}
        }
    }
    None
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the function failed")?;
        if let Some(status) = self.status_code() {
            write!(f, " with status {status}")?;
            if let Some(meaning) = self.status_meaning() {
                write!(f, " ({meaning})")?;
            }
        }
        for part in [self.message(), self.exception()] {
            if !part.is_empty() {
                f.write_str(": ")?;
                shown(part, f)?;
            }
        }
        f.write_str(if self.details.exception.is_truncated() { "..." } else { "" })?;
        match self.function_request_id() {
            "" => Ok(()),
            id => write!(f, " (function request id {id})"),
        }
    }
}

/// Writes a text of somebody else's, without its control characters.
pub(crate) fn shown(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for c in text.chars() {
        if c.is_control() {
            write!(f, "{}", c.escape_debug())?;
        } else {
            fmt::Write::write_char(f, c)?;
        }
    }
    Ok(())
}

impl std::error::Error for FunctionError {}

#[cfg(test)]
mod tests {
    use super::member;

    #[test]
    fn a_member_is_found_at_the_top_and_unescaped() {
        let object = r#"{"a":{"t":"inner"},"b":["t","x"],"n":1,"t":"one\n\u00e9 \ud83d\ude00"}"#;
        assert_eq!(member(object, "t").as_deref(), Some("one\né \u{1f600}"));
        for none in ["", "{", r#"["t","x"]"#, r#"{"t":1,"u":"x"}"#, r#"{"t":["x"],"u":"y"}"#] {
            assert_eq!(member(none, "t"), None, "{none}");
        }
    }
}
