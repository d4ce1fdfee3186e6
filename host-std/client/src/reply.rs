//! What a function gave back, and how it failed.

use std::fmt;
use std::time::Duration;

use scf_invoke_core::reply::function_status::status_meaning;
use scf_invoke_core::reply::{BoundedStr, FailureDetails, Fields, failure_details};
use scf_invoke_core::wire::json::{Scanner, Token};

/// What a function that succeeded gave back.
///
/// For an asynchronous call the event was accepted: the result is empty, and
/// [`function_request_id`](Self::function_request_id) names the run to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub(crate) fields: Fields,
    pub(crate) result: String,
    pub(crate) log: Option<String>,
}

impl Reply {
    /// What the function returned: a text as it is, anything else as JSON,
    /// which `serde_json::from_str` reads. Empty where the result went to a
    /// writer.
    pub fn result(&self) -> &str {
        &self.result
    }

    /// The same, to keep it.
    pub fn into_result(self) -> String {
        self.result
    }

    /// The last 4 KB of the log, where [`LogType::Tail`](crate::LogType::Tail)
    /// asked for it.
    pub fn log(&self) -> Option<&str> {
        self.log.as_deref()
    }

    /// The id of the request, to find it with the provider.
    pub fn request_id(&self) -> &str {
        self.fields.request_id().as_str()
    }

    /// The id of the run of the function, to find it in the logs.
    pub fn function_request_id(&self) -> &str {
        self.fields.function_request_id().as_str()
    }

    /// The time that the function ran.
    pub fn duration(&self) -> Option<Duration> {
        self.fields.duration().map(|duration| Duration::from_nanos(duration.as_nanos()))
    }

    /// The time that is billed.
    pub fn billed(&self) -> Option<Duration> {
        let millis = u64::try_from(self.fields.billed_duration()?).ok()?;
        Some(Duration::from_millis(millis))
    }

    /// The memory that the run took, in bytes.
    pub fn memory(&self) -> Option<u64> {
        u64::try_from(self.fields.memory_bytes()?).ok()
    }

    /// All the small fields of the answer.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }
}

/// A function that ran and failed. What it was to do may be half done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    reply: Reply,
    details: FailureDetails,
}

impl FunctionError {
    pub(crate) fn new(reply: Reply) -> Self {
        let details = failure_details(&reply.result);
        Self { reply, details }
    }

    /// What the platform says of the failure, as it came: usually JSON with a
    /// stack trace. Where results go to a writer, its first 64 KiB.
    pub fn ret_msg(&self) -> &str {
        &self.reply.result
    }

    /// What went wrong, in one line, cut where it is long.
    pub fn message(&self) -> &str {
        self.short_message().as_str()
    }

    fn short_message(&self) -> &BoundedStr<128> {
        let told = &self.details.error_message;
        if told.is_empty() { self.reply.fields.message() } else { told }
    }

    /// The platform's status, such as 433 for a timeout.
    pub fn status_code(&self) -> Option<i64> {
        self.details.status_code
    }

    /// What that status means, where it is known.
    pub fn status_meaning(&self) -> Option<&'static str> {
        status_meaning(self.details.status_code?)
    }

    /// Where in the function it happened, line by line, if the platform tells.
    pub fn stack_trace(&self) -> Option<String> {
        member(self.ret_msg(), "stackTrace").filter(|trace| !trace.is_empty())
    }

    /// The last 4 KB of the log, where it was asked for.
    pub fn log(&self) -> Option<&str> {
        self.reply.log()
    }

    /// The id of the request.
    pub fn request_id(&self) -> &str {
        self.reply.request_id()
    }

    /// The id of the run of the function, to find it in the logs.
    pub fn function_request_id(&self) -> &str {
        self.reply.function_request_id()
    }

    /// The reply as it came: ids, duration, memory, and the platform's words
    /// in place of a result.
    pub fn reply(&self) -> &Reply {
        &self.reply
    }
}

/// The text of that name in a JSON object, as far as it can be read.
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
        let message = self.short_message();
        if !message.is_empty() {
            f.write_str(": ")?;
            for c in message.as_str().chars() {
                if c.is_control() {
                    write!(f, "{}", c.escape_debug())?;
                } else {
                    fmt::Write::write_char(f, c)?;
                }
            }
            f.write_str(if message.is_truncated() { "..." } else { "" })?;
        }
        write!(f, " (function request id {})", self.function_request_id())
    }
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
