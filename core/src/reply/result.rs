//! The reply as the caller sees it: fields, result and log together.

use core::fmt;

use super::failure::{FailureDetails, failure_details};
use super::fields::{Fields, ReplyClass};
use super::number::Duration;
use super::output::Texts;
use crate::attempt::{Delivery, Retry, function_failed};

/// The reply of a function's run; the texts are in the caller's buffer.
///
/// A function that failed still gives a reply: the API did what it was asked.
/// [`result_text`](Self::result_text) tells the two apart, and its error is not
/// to be overlooked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[must_use]
pub struct Reply<'b> {
    fields: Fields,
    result: Option<&'b str>,
    log: Option<&'b str>,
}

impl<'b> Reply<'b> {
    /// Creates the reply of these fields and texts.
    pub(crate) fn new(fields: &Fields, [result, log]: Texts<'b>) -> Self {
        Self { fields: *fields, result, log }
    }

    /// Returns what the function returned, as it came: JSON from the managed
    /// runtimes, where a text has its quotes; anything from a custom one. It is
    /// empty for an asynchronous call and where the result went to a sink.
    ///
    /// # Errors
    /// The function failed.
    pub fn result_text(&self) -> Result<&'b str, FunctionError<'b>> {
        let text = self.result.unwrap_or_default();
        match self.fields.class() {
            ReplyClass::FunctionFailed => {
                Err(FunctionError { text, has_figures: self.fields.has_figures() })
            }
            _ => Ok(text),
        }
    }

    /// Returns the result as a value: parsed as JSON by serde-json-core, or as
    /// the text that it is where that is not JSON.
    ///
    /// A string with escapes needs a `T` that owns it (`heapless::String`); a
    /// borrowed `&str` has the escapes as they stand. Surrogate pairs
    /// (`\ud83d\ude00`) are more than serde-json-core takes.
    ///
    /// ```
    /// # use scf_invoke_core::reply::Reply;
    /// # fn read(reply: Reply<'_>) {
    /// #[derive(serde::Deserialize)]
    /// struct Setting {
    ///     interval: u32,
    /// }
    /// let setting = reply.result::<Setting>();
    /// # }
    /// ```
    ///
    /// # Errors
    /// The function failed, or its result is not such a value.
    #[cfg(feature = "serde")]
    pub fn result<T: serde::Deserialize<'b>>(&self) -> Result<T, ResultError<'b>> {
        let text = self.result_text().map_err(ResultError::Function)?;
        if crate::wire::json::check(text.as_bytes()).is_ok() {
            return match serde_json_core::from_str(text) {
                Ok((value, _)) => Ok(value),
                Err(error) => Err(ResultError::Json(error)),
            };
        }
        let text = serde::de::value::BorrowedStrDeserializer::<serde::de::value::Error>::new(text);
        T::deserialize(text).map_err(|_| ResultError::NotJson)
    }

    /// Returns the log, where it was asked for and came; empty where it went to
    /// a sink.
    pub const fn log(&self) -> Option<&'b str> {
        self.log
    }

    /// Returns all the small fields.
    pub const fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Returns the id of the request, to find it with the provider.
    pub fn request_id(&self) -> &str {
        self.fields.request_id().as_str()
    }

    /// Returns the id of the run of the function, to find it in the logs.
    pub fn function_request_id(&self) -> &str {
        self.fields.function_request_id().as_str()
    }

    /// Returns the memory that the run took, in bytes.
    pub const fn memory_bytes(&self) -> Option<i64> {
        self.fields.memory_bytes()
    }

    /// Returns the time that is billed, in milliseconds.
    pub const fn billed_duration(&self) -> Option<i64> {
        self.fields.billed_duration()
    }

    /// Returns the time that the function ran.
    pub const fn duration(&self) -> Option<Duration> {
        self.fields.duration()
    }
}

/// A function that failed; what it was to do may be half done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct FunctionError<'b> {
    text: &'b str,
    has_figures: bool,
}

impl<'b> FunctionError<'b> {
    /// Returns what came in place of a result: usually JSON with the error and
    /// the stack trace.
    pub const fn result_text(&self) -> &'b str {
        self.text
    }

    /// Returns what that JSON says.
    pub fn details(&self) -> FailureDetails {
        failure_details(self.text)
    }

    /// Returns whether the function was run: the platform comes to its limits
    /// before that, and says so by the status in the text.
    pub fn delivery(&self) -> Delivery {
        function_failed(self.status()).0
    }

    /// Returns what could make another attempt succeed, without running the
    /// function twice.
    pub fn retry(&self) -> Retry {
        function_failed(self.status()).1
    }

    /// Returns the platform's status, where no figures of a run contradict it.
    fn status(&self) -> Option<u16> {
        let status = self.details().status_code.filter(|_| !self.has_figures)?;
        status.try_into().ok()
    }
}

impl fmt::Display for FunctionError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the function failed: ")?;
        let details = self.details();
        if details.error_message.is_empty() {
            return f.write_str(self.text);
        }
        details.error_message.fmt(f)?;
        if !details.exception.is_empty() {
            f.write_str(": ")?;
            details.exception.fmt(f)?;
        }
        Ok(())
    }
}

impl core::error::Error for FunctionError<'_> {}

/// The function's result is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Utf8Error;

impl fmt::Display for Utf8Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the function's result is not UTF-8")
    }
}

impl core::error::Error for Utf8Error {}

/// An error in place of the wanted value of a result.
#[cfg(feature = "serde")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ResultError<'b> {
    /// The function failed.
    Function(FunctionError<'b>),
    /// The result is JSON, but not of the wanted form.
    Json(serde_json_core::de::Error),
    /// The result is not JSON, and a text is not wanted.
    NotJson,
}

#[cfg(feature = "serde")]
impl fmt::Display for ResultError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function(error) => error.fmt(f),
            Self::Json(error) => {
                f.write_str("the result is not of the wanted form: ")?;
                error.fmt(f)
            }
            Self::NotJson => f.write_str("the result is not JSON"),
        }
    }
}

#[cfg(feature = "serde")]
impl core::error::Error for ResultError<'_> {}
