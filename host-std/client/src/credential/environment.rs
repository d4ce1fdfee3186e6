//! Credentials in the environment.

use std::ffi::OsString;

use zeroize::Zeroizing;

use super::search::Look;
use super::{CredentialError, Credentials, Source};

/// One way the environment spells the parts.
pub(super) struct Spelling {
    secret_id: &'static str,
    secret_key: &'static str,
    tokens: &'static [&'static str],
}

pub(super) const SPELLINGS: [Spelling; 2] = [
    Spelling {
        secret_id: "TENCENTCLOUD_SECRET_ID",
        secret_key: "TENCENTCLOUD_SECRET_KEY",
        tokens: &[
            "TENCENTCLOUD_TOKEN",
            "TENCENTCLOUD_SESSION_TOKEN",
            "TENCENTCLOUD_SECURITY_TOKEN",
        ],
    },
    // The variables that SCF sets inside a function.
    Spelling {
        secret_id: "TENCENTCLOUD_SECRETID",
        secret_key: "TENCENTCLOUD_SECRETKEY",
        tokens: &["TENCENTCLOUD_SESSIONTOKEN"],
    },
];

type Variables<'a> = dyn Fn(&str) -> Option<OsString> + Send + Sync + 'a;

/// The variables of a process, or what a test gives in their place.
pub(super) struct Environment<'a>(pub(super) Box<Variables<'a>>);

impl Environment<'_> {
    /// Returns a variable's text. An empty one counts as not set: scripts and
    /// CI systems spell "none" that way.
    pub(super) fn text(
        &self,
        name: &'static str,
    ) -> Result<Option<Zeroizing<String>>, CredentialError> {
        match (self.0)(name) {
            None => Ok(None),
            Some(value) => match value.into_string() {
                Ok(text) if text.is_empty() => Ok(None),
                Ok(text) => Ok(Some(Zeroizing::new(text))),
                Err(_) => Err(CredentialError::NotUnicode { variable: name }),
            },
        }
    }

    /// Returns the credentials in one spelling, or the reason why there are
    /// none.
    pub(super) fn credentials(&self, spelling: &Spelling) -> Look {
        let Spelling { secret_id, secret_key, tokens } = *spelling;
        let incomplete = |present: &str, missing: &str| {
            Err(CredentialError::Incomplete {
                place: "the environment".into(),
                present: present.into(),
                missing: missing.into(),
            })
        };
        match (self.text(secret_id)?, self.text(secret_key)?) {
            (Some(id), Some(key)) => {
                let mut token = None;
                for &name in tokens {
                    if let Some(value) = self.text(name)? {
                        token = Some((name, value));
                        break;
                    }
                }
                let source = Source::Environment {
                    secret_id,
                    secret_key,
                    token: token.as_ref().map(|(name, _)| *name),
                };
                Credentials::from_source(id, key, token.map(|(_, value)| value), source).map(Ok)
            }
            (Some(_), None) => incomplete(secret_id, secret_key),
            (None, Some(_)) => incomplete(secret_key, secret_id),
            (None, None) => {
                let empty = [secret_id, secret_key].iter().any(|name| (self.0)(name).is_some());
                Ok(Err(if empty { "set but empty" } else { "not set" }.into()))
            }
        }
    }
}

impl Spelling {
    pub(super) fn place(&self) -> String {
        format!("environment variables {}, {}", self.secret_id, self.secret_key)
    }
}
