//! The identity that signs: a secret, or a day's key alone.

use std::fmt;
use std::sync::Arc;

use scf_invoke_core::sign::credential::CredentialError as CoreError;
use scf_invoke_core::sign::day_key::{DayKey, ImportError};
use scf_invoke_core::sign::tc3::Signer;
use zeroize::Zeroizing;

use crate::credential::{CredentialCache, ProfileSettings, ProvideCredentials};
use crate::{CredentialError, Credentials};

/// The credentials, or the day key, that a client signs with.
pub(crate) enum Identity {
    Secret(Arc<CredentialCache>),
    Day { secret_id: String, key: DayKey, token: Option<Zeroizing<String>> },
}

/// The credentials, or the day key, that one attempt is signed with.
pub(crate) enum SigningIdentity<'i> {
    Secret(Arc<Credentials>),
    Day { secret_id: &'i str, key: &'i DayKey, token: Option<&'i str> },
}

impl Identity {
    /// Takes the source of credentials.
    pub(super) fn secret(provider: impl ProvideCredentials) -> Self {
        Self::Secret(Arc::new(CredentialCache::new(Box::new(provider))))
    }

    /// Takes an exported day key.
    pub(super) fn day(text: &str, token: Option<Zeroizing<String>>) -> Result<Self, ImportError> {
        let (secret_id, key) = DayKey::import(text.trim())?;
        Ok(Self::Day { secret_id: secret_id.to_owned(), key, token })
    }

    /// Returns the settings that belong to the credentials.
    pub(super) fn settings(&self) -> Result<ProfileSettings, CredentialError> {
        match self {
            Self::Secret(cache) => cache.settings(),
            Self::Day { .. } => Ok(ProfileSettings::default()),
        }
    }

    /// Replaces credentials that the service no longer takes. Returns whether
    /// there are others.
    pub(super) fn renew(&self, rejected: &Arc<Credentials>) -> bool {
        match self {
            Self::Secret(cache) => cache.replace(rejected).is_some(),
            Self::Day { .. } => false,
        }
    }

    /// Returns what the next attempt is signed with, if that needs no waiting.
    #[cfg(feature = "tokio")]
    pub(crate) fn at_hand(&self) -> Option<SigningIdentity<'_>> {
        match self {
            Self::Secret(cache) => cache.at_hand().map(SigningIdentity::Secret),
            Self::Day { .. } => self.current().ok(),
        }
    }

    /// Returns the credentials that may have to be waited for.
    #[cfg(feature = "tokio")]
    pub(crate) fn cache(&self) -> Option<Arc<CredentialCache>> {
        match self {
            Self::Secret(cache) => Some(Arc::clone(cache)),
            Self::Day { .. } => None,
        }
    }

    /// Returns what the next attempt is signed with; renews credentials that
    /// are about to end.
    pub(crate) fn current(&self) -> Result<SigningIdentity<'_>, CredentialError> {
        Ok(match self {
            Self::Secret(cache) => SigningIdentity::Secret(cache.get()?),
            Self::Day { secret_id, key, token } => SigningIdentity::Day {
                secret_id,
                key,
                token: token.as_ref().map(|token| token.as_str()),
            },
        })
    }
}

impl SigningIdentity<'_> {
    /// Returns a signer that starts with the day key that was derived last.
    pub(super) fn signer(&self, known: Option<DayKey>) -> Result<Signer<'_>, CoreError> {
        let signer = match self {
            Self::Secret(credentials) => {
                let signer = Signer::new(credentials.secret_id(), credentials.secret_key())?;
                match known {
                    Some(key) => signer.remember(key),
                    None => signer,
                }
            }
            Self::Day { secret_id, key, .. } => Signer::with_day_key(secret_id, (*key).clone())?,
        };
        match self.token() {
            Some(token) => signer.token(token),
            None => Ok(signer),
        }
    }

    /// Returns the token that is sent beside the signature.
    pub(crate) fn token(&self) -> Option<&str> {
        match self {
            Self::Secret(credentials) => credentials.token(),
            Self::Day { token, .. } => *token,
        }
    }

    /// Returns the credentials, where they may be renewed.
    pub(super) fn credentials(&self) -> Option<&Arc<Credentials>> {
        match self {
            Self::Secret(credentials) => Some(credentials),
            Self::Day { .. } => None,
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(cache) => cache.fmt(f),
            Self::Day { key, .. } => key.fmt(f),
        }
    }
}
