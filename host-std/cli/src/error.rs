//! What went wrong, as text and as exit code.

use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;

use scf_invoke::scf_invoke_core::request::RequestError;
use scf_invoke::{ConfigurationError, Error};

use crate::stderr::print_line;

/// Why the command did not do what it was to do.
pub(crate) enum CommandError {
    /// An argument, or what it names, is wrong.
    Usage(String),
    /// The environment does not allow it.
    Configuration(String),
    /// A call failed.
    Call(Error),
    /// Standard output could not be written.
    Output(io::Error),
}

impl CommandError {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Configuration(_) => 3,
            Self::Output(_) => 7,
            Self::Call(error) => match error {
                Error::Function(_) => 1,
                Error::Request(RequestError::Sign(_)) => 3,
                Error::Request(_) => 2,
                Error::Configuration(
                    ConfigurationError::Region
                    | ConfigurationError::Endpoint(_)
                    | ConfigurationError::Settings(_),
                ) => 2,
                Error::Configuration(_) => 3,
                Error::Api(_) => 4,
                Error::Timeout { .. } => 6,
                Error::Writer(_) => 7,
                _ => 5,
            },
        }
    }

    /// The kind in one word.
    pub(crate) fn kind(&self) -> &'static str {
        match self.code() {
            1 => "function",
            2 => "usage",
            3 => "configuration",
            4 => "api",
            6 => "timeout",
            7 => "output",
            _ => "network",
        }
    }

    /// What was wrong, with the whole chain of causes.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Usage(text) | Self::Configuration(text) => text.clone(),
            Self::Call(error) => with_causes(error),
            Self::Output(error) => format!("cannot write to standard output: {error}"),
        }
    }

    /// Says it on standard error.
    pub(crate) fn report(&self) -> ExitCode {
        print_line(&format!("scf: {}", self.text()));
        ExitCode::from(self.code())
    }
}

/// An error with the whole chain of its causes.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut last = text.clone();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        // What wraps another error often has only its words to say.
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
