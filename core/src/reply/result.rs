//! The reply as the caller sees it: fields, result and log together.

use core::fmt;

use super::failure::{FailureDetails, failure_details};
use super::fields::{Fields, Outcome};
use super::number::Duration;
use super::output::Texts;

/// What a run of a function gave; the texts are in the caller's buffer.
///
/// A function that failed still gives a reply: the API did what it was asked.
/// [`result`](Self::result) tells the two apart, and its error is not to be
/// overlooked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Reply<'b> {
    fields: Fields,
    ret_msg: Option<&'b str>,
    log: Option<&'b str>,
}

impl<'b> Reply<'b> {
    /// The reply of these fields and texts.
    pub(crate) fn new(fields: &Fields, [ret_msg, log]: Texts<'b>) -> Self {
        Self { fields: *fields, ret_msg, log }
    }

    /// What the function returned; empty for an asynchronous call and where
    /// the result went to a sink.
    ///
    /// # Errors
    /// The function failed. Whether it can be run again is the function's own
    /// affair: it may have done its work before it failed.
    pub fn result(&self) -> Result<&'b str, FunctionError<'b>> {
        match self.fields.outcome() {
            Outcome::FunctionFailed => {
                Err(FunctionError { ret_msg: self.ret_msg.unwrap_or_default() })
            }
            _ => Ok(self.ret_msg.unwrap_or_default()),
        }
    }

    /// The result as a value, read by serde-json-core.
    ///
    /// Strings with escapes need `T` to own them (`heapless::String`); a
    /// borrowed `&str` is given as it stands, escapes and all.
    ///
    /// ```
    /// # use scf_invoke_core::reply::Reply;
    /// # fn read(reply: Reply<'_>) {
    /// #[derive(serde::Deserialize)]
    /// struct Setting {
    ///     interval: u32,
    /// }
    /// let setting = reply.value::<Setting>();
    /// # }
    /// ```
    ///
    /// # Errors
    /// The function failed, or its result is not such a value.
    #[cfg(feature = "serde")]
    pub fn value<T: serde::Deserialize<'b>>(&self) -> Result<T, ValueError<'b>> {
        let result = self.result().map_err(ValueError::Function)?;
        match serde_json_core::from_str(result) {
            Ok((value, _)) => Ok(value),
            Err(error) => Err(ValueError::Json(error)),
        }
    }

    /// RetMsg as it came, whether the function failed or not; `None` where it
    /// was absent or null, empty where it went to a sink.
    pub const fn ret_msg(&self) -> Option<&'b str> {
        self.ret_msg
    }

    /// The log, where it was asked for and came; empty where it went to a sink.
    pub const fn log(&self) -> Option<&'b str> {
        self.log
    }

    /// All the small fields.
    pub const fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The id of the request, to find it with the provider.
    pub fn request_id(&self) -> &str {
        self.fields.request_id().as_str()
    }

    /// The id of the run of the function, to find it in the logs.
    pub fn function_request_id(&self) -> &str {
        self.fields.function_request_id().as_str()
    }

    /// The memory that the run took, in bytes.
    pub const fn memory_bytes(&self) -> Option<i64> {
        self.fields.memory_bytes()
    }

    /// The time that is billed, in milliseconds.
    pub const fn billed_duration(&self) -> Option<i64> {
        self.fields.billed_duration()
    }

    /// The time that the function ran.
    pub const fn duration(&self) -> Option<Duration> {
        self.fields.duration()
    }
}

/// A function that failed: it was run, and what it was to do may be half done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionError<'b> {
    ret_msg: &'b str,
}

impl<'b> FunctionError<'b> {
    /// RetMsg as it came: usually JSON with the error and the stack trace.
    pub const fn ret_msg(&self) -> &'b str {
        self.ret_msg
    }

    /// What that JSON says.
    pub fn details(&self) -> FailureDetails {
        failure_details(self.ret_msg)
    }
}

impl fmt::Display for FunctionError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the function failed: ")?;
        let details = self.details();
        if details.error_message.is_empty() {
            return f.write_str(self.ret_msg);
        }
        details.error_message.fmt(f)
    }
}

impl core::error::Error for FunctionError<'_> {}

/// Why a result is not the wanted value.
#[cfg(feature = "serde")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueError<'b> {
    /// The function failed.
    Function(FunctionError<'b>),
    /// The result is not JSON, or not of the wanted form.
    Json(serde_json_core::de::Error),
}

#[cfg(feature = "serde")]
impl fmt::Display for ValueError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function(error) => error.fmt(f),
            Self::Json(error) => {
                f.write_str("the result is not of the wanted form: ")?;
                error.fmt(f)
            }
        }
    }
}

#[cfg(feature = "serde")]
impl core::error::Error for ValueError<'_> {}
