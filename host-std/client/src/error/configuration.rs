//! The reason why no client can be made.

use std::fmt;

use scf_invoke_core::request::SettingsError;
use scf_invoke_core::sign::day_key::ImportError;

#[cfg(feature = "tls")]
use crate::TlsError;
use crate::{CredentialError, EndpointError, ProxyError};

/// Settings that no client can be made of.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// Credentials are missing or malformed.
    Credentials(CredentialError),
    /// The text is no exported day key.
    DayKey(ImportError),
    /// A part of the day key's identity is malformed.
    Identity(scf_invoke_core::sign::credential::CredentialError),
    /// No region was given, and the environment names none.
    RegionMissing,
    /// The region has characters that no region's name has.
    Region,
    /// The endpoint cannot be read.
    Endpoint(EndpointError),
    /// A proxy cannot be read.
    Proxy(ProxyError),
    /// Another setting is unusable.
    Settings(SettingsError),
    /// A setting is zero with which no call could be made: a timeout, or the
    /// number of attempts.
    Zero {
        /// The setting, such as `Timeouts::connect`.
        setting: &'static str,
    },
    /// TLS cannot be set up.
    #[cfg(feature = "tls")]
    Tls(TlsError),
}

impl ConfigurationError {
    fn inner(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Credentials(error) => Some(error),
            Self::DayKey(error) => Some(error),
            Self::Identity(error) => Some(error),
            Self::RegionMissing | Self::Region | Self::Zero { .. } => None,
            Self::Endpoint(error) => Some(error),
            Self::Proxy(error) => Some(error),
            Self::Settings(error) => Some(error),
            #[cfg(feature = "tls")]
            Self::Tls(error) => Some(error),
        }
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.inner()) {
            (_, Some(error)) => fmt::Display::fmt(error, f),
            (Self::Region, None) => f.write_str(
                "the region must be a name such as ap-guangzhou: lowercase letters, digits and \
                 hyphens",
            ),
            (Self::Zero { setting }, None) => {
                write!(f, "{setting} is zero, so that no call could be made: give a larger one")
            }
            (_, None) => f.write_str(
                "no region is given: name one such as ap-guangzhou, or set TENCENTCLOUD_REGION",
            ),
        }
    }
}

impl std::error::Error for ConfigurationError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner().and_then(std::error::Error::source)
    }
}
