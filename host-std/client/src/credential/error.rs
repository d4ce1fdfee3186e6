//! What can be wrong with credentials. No error holds or prints a secret.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::Source;

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

/// What is wrong with the text of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
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

impl Fault {
    /// The first thing wrong with a part, if any.
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

impl fmt::Display for Fault {
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

/// Why there are no credentials.
#[derive(Debug)]
#[non_exhaustive]
pub enum CredentialError {
    /// No place has any.
    NotFound {
        /// Every place that was looked at, with what was found there.
        looked_at: Vec<String>,
    },
    /// A place has only a part of what is needed.
    Incomplete {
        /// The place.
        place: String,
        /// What is there, as it is spelled in that place.
        present: String,
        /// What is missing, as it is spelled in that place.
        missing: String,
    },
    /// A part is not what any credential looks like.
    Malformed {
        /// The part.
        part: Part,
        /// What is wrong with it.
        fault: Fault,
        /// Where it came from.
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
        /// What the system said.
        error: io::Error,
    },
    /// A line of a file is not understood.
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { looked_at } => {
                f.write_str("no credentials found; looked at:")?;
                for place in looked_at {
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
            Self::Malformed { part, fault, source } => {
                write!(f, "the {part} from {source} {fault}")
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
        }
    }
}

impl std::error::Error for CredentialError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable { error, .. } => Some(error),
            _ => None,
        }
    }
}
