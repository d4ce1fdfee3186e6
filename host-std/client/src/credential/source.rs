//! Where credentials came from, in words for errors and dry runs.

use std::fmt;
use std::path::PathBuf;

/// Where credentials came from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The program gave them.
    Explicit,
    /// Environment variables, by their names.
    Environment {
        /// The variable of the secret id.
        secret_id: &'static str,
        /// The variable of the secret key.
        secret_key: &'static str,
        /// The variable of the token, if one was set.
        token: Option<&'static str>,
    },
    /// A profile of an ini file.
    File {
        /// The file.
        path: PathBuf,
        /// The section's name.
        profile: String,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explicit => f.write_str("the arguments given"),
            Self::Environment { secret_id, secret_key, token } => {
                write!(f, "the environment ({secret_id}, {secret_key}")?;
                if let Some(token) = token {
                    write!(f, ", {token}")?;
                }
                f.write_str(")")
            }
            Self::File { path, profile } => {
                write!(f, "{}, profile [{profile}]", path.display())
            }
        }
    }
}
