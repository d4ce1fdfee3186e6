//! Who signs the requests: a secret, or a day's key alone.

use std::fmt;

use scf_invoke_core::sign::credential::CredentialError as CoreError;
use scf_invoke_core::sign::day_key::{DayKey, ImportError};
use scf_invoke_core::sign::tc3::Signer;
use zeroize::Zeroizing;

use crate::Credentials;

/// What a client signs with.
#[derive(Clone)]
pub(super) enum Identity {
    Secret(Credentials),
    Day { secret_id: String, key: DayKey, token: Option<Zeroizing<String>> },
}

impl Identity {
    /// The holder of an exported day key.
    pub(super) fn day(text: &str, token: Option<Zeroizing<String>>) -> Result<Self, ImportError> {
        let (secret_id, key) = DayKey::import(text.trim())?;
        Ok(Self::Day { secret_id: secret_id.to_owned(), key, token })
    }

    /// A signer that starts with the day key that was derived last.
    pub(super) fn signer(&self, known: Option<DayKey>) -> Result<Signer<'_>, CoreError> {
        let (signer, token) = match self {
            Self::Secret(credentials) => {
                let signer = Signer::new(credentials.secret_id(), credentials.secret_key())?;
                let signer = match known {
                    Some(key) => signer.remember(key),
                    None => signer,
                };
                (signer, credentials.token())
            }
            Self::Day { secret_id, key, token } => (
                Signer::with_day_key(secret_id, key.clone())?,
                token.as_ref().map(|token| token.as_str()),
            ),
        };
        match token {
            Some(token) => signer.token(token),
            None => Ok(signer),
        }
    }

    pub(super) fn has_token(&self) -> bool {
        match self {
            Self::Secret(credentials) => credentials.token().is_some(),
            Self::Day { token, .. } => token.is_some(),
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(credentials) => credentials.fmt(f),
            Self::Day { key, .. } => key.fmt(f),
        }
    }
}
