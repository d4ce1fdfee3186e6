//! The errors of the command, as text and as exit code.

use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;

use scf_invoke::scf_invoke_core::reply::function_status::status_meaning;
use scf_invoke::scf_invoke_core::request::RequestError;
use scf_invoke::{ConfigurationError, Delivery, Error, StreamErrorKind};

use crate::hint;
use crate::stderr::print_line;

/// The reason why a command failed.
pub(crate) enum CommandError {
    /// An argument, or what it names, is wrong.
    Usage(String),
    /// The environment does not allow it.
    Configuration(String),
    /// A call failed.
    Call(Error),
    /// An event that was accepted has failed, with this status where it is
    /// known.
    Event(Option<u16>),
    /// The API answered a question with an error.
    Api(String),
    /// The answer to a question is not the API's.
    Protocol(String),
    /// The time was used up before a call.
    Timeout(String),
    /// A signal ended the call.
    Interrupted(Delivery),
    /// Standard output could not be written.
    Output(io::Error),
}

impl CommandError {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Event(_) => 1,
            Self::Usage(_) => 2,
            Self::Api(_) => 4,
            Self::Protocol(_) => 5,
            Self::Configuration(_) => 3,
            Self::Timeout(_) => 6,
            Self::Output(_) => 7,
            // As shells report a program that Ctrl-C ended.
            Self::Interrupted(_) => 130,
            Self::Call(error) => match error {
                Error::Function(_) => 1,
                Error::Request(RequestError::Sign(_)) => 3,
                Error::Request(_) => 2,
                Error::Configuration(
                    ConfigurationError::Region
                    | ConfigurationError::Endpoint(_)
                    | ConfigurationError::Settings(_)
                    | ConfigurationError::Zero { .. },
                ) => 2,
                Error::Configuration(_) => 3,
                Error::Api(_) => 4,
                Error::Timeout { .. } => 6,
                Error::Writer(_) => 7,
                _ => 5,
            },
        }
    }

    /// Returns the kind in one word.
    pub(crate) fn kind(&self) -> &'static str {
        match self.code() {
            1 => "function",
            2 => "usage",
            3 => "configuration",
            4 => "api",
            6 => "timeout",
            7 => "output",
            130 => "interrupted",
            _ => "network",
        }
    }

    /// Returns what was wrong, with the whole chain of causes.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Usage(text)
            | Self::Configuration(text)
            | Self::Timeout(text)
            | Self::Api(text)
            | Self::Protocol(text) => text.clone(),
            Self::Interrupted(delivery) => format!(
                "interrupted; {}",
                match delivery {
                    Delivery::NotSent | Delivery::Refused => "the function was not run",
                    Delivery::Unknown => "the function may have run: find out before calling again",
                    Delivery::Executed => "the function has run",
                }
            ),
            Self::Event(None) => "the function failed".to_owned(),
            Self::Event(Some(status)) => match status_meaning(i64::from(*status)) {
                Some(meaning) => format!("the function failed with status {status} ({meaning})"),
                None => format!("the function failed with status {status}"),
            },
            // The library below says the same again, in its own types.
            Self::Call(error @ Error::Network { error: cause, .. })
                if cause.kind() == StreamErrorKind::Certificate =>
            {
                error.to_string()
            }
            Self::Call(error) => with_causes(error),
            Self::Output(error) => format!("cannot write to standard output: {error}"),
        }
    }

    /// Returns what is known of the function, where the error is of a call.
    pub(crate) fn delivery(&self) -> Option<Delivery> {
        match self {
            Self::Call(error) => Some(error.delivery()),
            Self::Interrupted(delivery) => Some(*delivery),
            _ => None,
        }
    }

    /// Prints it to standard error, with the options that may help.
    pub(crate) fn report(&self) -> ExitCode {
        print_line(&format!("tscf: {}", self.text()));
        if let Some(hint) = hint::of(self) {
            print_line(&format!("tscf: hint: {hint}"));
        }
        ExitCode::from(self.code())
    }
}

/// Returns an error with the whole chain of its causes.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut last = text.clone();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        // An error that wraps another often repeats its text.
        if said != last {
            let _ = write!(text, "\n  because: {said}");
        }
        last = said;
        cause = error.source();
    }
    text
}

impl From<Error> for CommandError {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}
