//! The settings beside the credentials in a profile.

use std::path::PathBuf;

/// The region and endpoint that a profile names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfileSettings {
    /// The region.
    pub region: Option<String>,
    /// The endpoint, as [`Endpoint::parse`](crate::Endpoint::parse) reads it.
    pub endpoint: Option<String>,
    /// The file that has the profile.
    pub path: PathBuf,
}
