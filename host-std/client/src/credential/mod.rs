//! Who signs: a secret id and key, perhaps with a session token, and where
//! they are found.
//!
//! # Places, in order
//! 1. what the program was given explicitly;
//! 2. the environment: `TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY`,
//!    the token in `TENCENTCLOUD_TOKEN` or else `TENCENTCLOUD_SESSION_TOKEN`;
//! 3. the environment inside SCF: `TENCENTCLOUD_SECRETID`,
//!    `TENCENTCLOUD_SECRETKEY` and `TENCENTCLOUD_SESSIONTOKEN`;
//! 4. the ini file named by `TENCENTCLOUD_CREDENTIALS_FILE`; without it
//!    `~/.tencentcloud/credentials`, then `/etc/tencentcloud/credentials`.
//!
//! The first place that has anything decides. Half a pair is an error there
//! and not passed over, since falling through would sign as somebody else. A
//! profile that was asked for by name is looked for in the files alone: a
//! variable that happens to be set must not win over an explicit wish.
//!
//! The JSON files of the official command line (`~/.tccli`) are not read.

mod error;
mod find;
mod ini;
mod source;

use std::fmt;

use zeroize::Zeroizing;

pub use error::{CredentialError, Fault, Part};
pub use find::Finder;
pub use source::Source;

/// A secret id and key, perhaps with the token of temporary credentials.
///
/// The parts are checked when this is made, never shown by `Debug`, and wiped
/// from memory when it is dropped.
///
/// ```
/// use scf_invoke::Credentials;
///
/// let credentials = Credentials::new("AKIDEXAMPLE0123456789", "a-secret-key", None)?;
/// assert_eq!(credentials.secret_id(), "AKIDEXAMPLE0123456789");
/// assert!(!format!("{credentials:?}").contains("a-secret-key"));
///
/// let pasted = Credentials::new("AKIDEXAMPLE0123456789", "a-secret-key\n", None);
/// assert!(pasted.unwrap_err().to_string().contains("ends with a line break"));
/// # Ok::<(), scf_invoke::CredentialError>(())
/// ```
#[derive(Clone)]
pub struct Credentials {
    secret_id: Zeroizing<String>,
    secret_key: Zeroizing<String>,
    token: Option<Zeroizing<String>>,
    source: Source,
}

impl Credentials {
    /// Credentials that the program was given.
    ///
    /// # Errors
    /// [`CredentialError::Malformed`] where a part is empty or has a character
    /// that no credential has, such as the newline of a paste.
    pub fn new(
        secret_id: impl Into<String>,
        secret_key: impl Into<String>,
        token: Option<String>,
    ) -> Result<Self, CredentialError> {
        Self::from_source(
            Zeroizing::new(secret_id.into()),
            Zeroizing::new(secret_key.into()),
            token.map(Zeroizing::new),
            Source::Explicit,
        )
    }

    /// Credentials from the first of the [places](self) that has any, by this
    /// process's environment and the user's home folder.
    ///
    /// # Errors
    /// [`CredentialError`]; where nothing is found, it lists every place that
    /// was looked at.
    ///
    /// ```no_run
    /// let credentials = scf_invoke::Credentials::find()?;
    /// println!("signing as {} from {}", credentials.short_id(), credentials.source());
    /// # Ok::<(), scf_invoke::CredentialError>(())
    /// ```
    pub fn find() -> Result<Self, CredentialError> {
        Finder::from_process().find()
    }

    fn from_source(
        secret_id: Zeroizing<String>,
        secret_key: Zeroizing<String>,
        token: Option<Zeroizing<String>>,
        source: Source,
    ) -> Result<Self, CredentialError> {
        let parts = [
            (Part::SecretId, Some(&secret_id)),
            (Part::SecretKey, Some(&secret_key)),
            (Part::Token, token.as_ref()),
        ];
        for (part, value) in parts {
            if let Some(fault) = value.and_then(|value| Fault::of(value)) {
                return Err(CredentialError::Malformed { part, fault, source });
            }
        }
        Ok(Self { secret_id, secret_key, token, source })
    }

    /// The secret id.
    pub fn secret_id(&self) -> &str {
        &self.secret_id
    }

    /// The secret key. Sign with it; never print it.
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// The token of temporary credentials. It is as secret as the key.
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.as_str())
    }

    /// Where these credentials were found.
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// The first characters of the secret id, enough for its owner to tell
    /// which of theirs it is.
    pub fn short_id(&self) -> String {
        // A part of a short id would be too much of it.
        let shown = if self.secret_id.len() >= 16 { 8 } else { 0 };
        format!("{}...", self.secret_id.get(..shown).unwrap_or(""))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("secret_id", &self.short_id())
            .field("secret_key", &"(hidden)")
            .field("token", &self.token.as_ref().map(|_| "(hidden)"))
            .field("source", &self.source)
            .finish()
    }
}
