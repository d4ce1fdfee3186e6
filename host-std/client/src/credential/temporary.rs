//! Temporary credentials as the services and credential processes write them.

use serde::Deserialize;
use zeroize::Zeroizing;

use super::{CredentialError, Credentials, Source};

/// The parts, in the spellings that are in use.
#[derive(Deserialize)]
pub(super) struct TemporaryKeys {
    #[serde(rename = "TmpSecretId", alias = "SecretId", alias = "secretId")]
    secret_id: Zeroizing<String>,
    #[serde(rename = "TmpSecretKey", alias = "SecretKey", alias = "secretKey")]
    secret_key: Zeroizing<String>,
    #[serde(default, rename = "Token", alias = "token")]
    token: Option<Zeroizing<String>>,
    /// Unix seconds. STS has it beside the keys.
    #[serde(default, rename = "ExpiredTime", alias = "expiredTime")]
    pub(super) expired_time: Option<u64>,
}

impl TemporaryKeys {
    pub(super) fn credentials(
        self,
        source: Source,
        expired_time: Option<u64>,
    ) -> Result<Credentials, CredentialError> {
        let token = self.token.filter(|token| !token.is_empty());
        let found = Credentials::from_source(self.secret_id, self.secret_key, token, source)?;
        Ok(found.with_expiry(expired_time.or(self.expired_time)))
    }
}

/// Reads JSON from `place`. An error says where it is wrong, and shows none of it.
pub(super) fn parse<'t, T: Deserialize<'t>>(
    place: &str,
    text: &'t [u8],
) -> Result<T, CredentialError> {
    serde_json::from_slice(text).map_err(|error| CredentialError::Json {
        place: place.to_owned(),
        line: error.line(),
        column: error.column(),
    })
}
