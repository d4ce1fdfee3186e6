//! The errors of credentials. None holds or prints a secret.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Place, Source};

/// One of the parts of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The secret id.
    SecretId,
    /// The secret key.
    SecretKey,
    /// The token of temporary credentials.
    Token,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SecretId => "secret id",
            Self::SecretKey => "secret key",
            Self::Token => "token",
        })
    }
}

/// A text that cannot be the part of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartError {
    /// Nothing there.
    Empty,
    /// White space before the text.
    LeadingSpace,
    /// A space or tab after the text.
    TrailingSpace,
    /// A line break after the text, as a paste or a file often leaves one.
    TrailingLineBreak,
    /// White space within the text.
    InnerSpace,
    /// A control character.
    Control,
    /// A character outside ASCII.
    NotAscii,
}

impl PartError {
    /// Returns the first thing wrong with a part, if any.
    pub(super) fn of(value: &str) -> Option<Self> {
        let Some(last) = value.chars().next_back() else {
            return Some(Self::Empty);
        };
        if value.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        Some(if value.starts_with(char::is_whitespace) {
            Self::LeadingSpace
        } else if matches!(last, '\n' | '\r') {
            Self::TrailingLineBreak
        } else if last.is_whitespace() {
            Self::TrailingSpace
        } else if value.contains(char::is_whitespace) {
            Self::InnerSpace
        } else if value.contains(char::is_control) {
            Self::Control
        } else {
            Self::NotAscii
        })
    }
}

impl std::error::Error for PartError {}

impl fmt::Display for PartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "is empty: set it, or remove it altogether",
            Self::LeadingSpace => "begins with white space: remove it",
            Self::TrailingSpace => "ends with white space: remove it",
            Self::TrailingLineBreak => "ends with a line break: remove it",
            Self::InnerSpace => "has white space within: copy it again in one piece",
            Self::Control => "has a control character within: copy it again",
            Self::NotAscii => "has a character that is not ASCII: copy it again from the console",
        })
    }
}

/// The reason why there are no credentials.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum CredentialError {
    /// No place has any.
    NotFound {
        /// Every place that was looked at, in order.
        places: Vec<Place>,
    },
    /// A place has only a part of what is needed.
    Incomplete {
        /// The place.
        place: String,
        /// The name of the part that is there, as it is spelled in that place.
        present: String,
        /// The name of the part that is missing, as it is spelled in that place.
        missing: String,
    },
    /// A part is not what any credential looks like.
    Malformed {
        /// The part.
        part: Part,
        /// The reason.
        error: PartError,
        /// The place it came from.
        source: Source,
    },
    /// An environment variable is not Unicode text.
    NotUnicode {
        /// The variable.
        variable: &'static str,
    },
    /// A file is there, or was named, but cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: Arc<io::Error>,
    },
    /// A line of a file is not understood.
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The reason.
        reason: &'static str,
    },
    /// A JSON file or answer is not what it must be.
    Json {
        /// The file, program or service.
        place: String,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// The program that a profile names gave no credentials.
    Process {
        /// The program, without its arguments.
        program: String,
        /// The reason.
        reason: String,
    },
    /// A service that gives temporary credentials refused, or did not answer.
    Service {
        /// The service.
        service: String,
        /// The reason, and the remedy.
        reason: String,
    },
    /// The credentials are past their end, and this program cannot renew them.
    Expired {
        /// The place they came from.
        source: Source,
    },
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { places } => {
                f.write_str("no credentials found; looked at:")?;
                for place in places {
                    write!(f, "\n  - {place}")?;
                }
                f.write_str(
                    "\nset TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, or write secret_id \
                     and secret_key under [default] into ~/.tencentcloud/credentials",
                )
            }
            Self::Incomplete { place, present, missing } => {
                write!(f, "{place} has {present} but not {missing}: set both, or remove {present}")
            }
            Self::Malformed { part, error, source } => {
                write!(f, "the {part} from {source} {error}")
            }
            Self::NotUnicode { variable } => {
                write!(f, "the environment variable {variable} is not Unicode text: set it again")
            }
            Self::Unreadable { path, .. } => write!(
                f,
                "the credentials file {} cannot be read: check that it exists and that you may read it",
                path.display()
            ),
            Self::Syntax { path, line, reason } => {
                write!(f, "{}, line {line}: {reason}", path.display())
            }
            Self::Json { place, line, column } => write!(
                f,
                "{place}, line {line}, column {column}: this is not the JSON of credentials"
            ),
            Self::Process { program, reason } => {
                write!(f, "the credential process {program} {reason}")
            }
            Self::Service { service, reason } => write!(f, "{service}: {reason}"),
            Self::Expired { source } => write!(
                f,
                "the temporary credentials from {source} have expired: log in again with the \
                 tool that wrote them"
            ),
        }
    }
}

impl std::error::Error for CredentialError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable { error, .. } => Some(error.as_ref()),

            _ => None,
        }
    }
}
