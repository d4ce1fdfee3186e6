//! The place where credentials came from, as errors and dry runs name it.

use std::fmt;
use std::path::PathBuf;

/// The place where credentials came from.
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
    /// A credential file of the official command line.
    Tccli {
        /// The file.
        path: PathBuf,
    },
    /// The output of the program that a profile names.
    Process {
        /// The program, without its arguments.
        program: String,
    },
    /// The role of the virtual machine, from its metadata service.
    CvmRole {
        /// The role's name.
        role: String,
    },
    /// The role of a TKE workload, from STS.
    TkeRole {
        /// The role's resource name.
        role_arn: String,
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
            Self::Tccli { path } => write!(f, "{}", path.display()),
            Self::Process { program } => write!(f, "the credential process {program}"),
            Self::CvmRole { role } => write!(f, "the role {role} of this virtual machine"),
            Self::TkeRole { role_arn } => write!(f, "the role {role_arn} of this TKE workload"),
        }
    }
}
