//! A secret id and key, perhaps with a session token, and the places where
//! they are found.
//!
//! # Places, in order
//! 1. what the program was given explicitly;
//! 2. the environment: `TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY`,
//!    the token in `TENCENTCLOUD_TOKEN`, `TENCENTCLOUD_SESSION_TOKEN` or
//!    `TENCENTCLOUD_SECURITY_TOKEN`;
//! 3. the environment inside SCF: `TENCENTCLOUD_SECRETID`,
//!    `TENCENTCLOUD_SECRETKEY` and `TENCENTCLOUD_SESSIONTOKEN`;
//! 4. the ini file named by `TENCENTCLOUD_CREDENTIALS_FILE`; without it
//!    `~/.tencentcloud/credentials`, then `/etc/tencentcloud/credentials`;
//! 5. the official command line's `~/.tccli/PROFILE.credential`;
//! 6. the role of the virtual machine (CVM), from its metadata service;
//! 7. the role of the TKE workload, by `TKE_REGION`, `TKE_PROVIDER_ID`,
//!    `TKE_WEB_IDENTITY_TOKEN_FILE` and `TKE_ROLE_ARN`.
//!
//! The first place that has anything decides. Half a pair is an error there
//! and not passed over, since falling through would sign as somebody else.
//!
//! A profile that was [asked for by name](Finder::profile) is looked for in the
//! files alone: a variable that happens to be set must not win over an explicit
//! wish. `TENCENTCLOUD_PROFILE` (for tccli's files also `TCCLI_PROFILE`) only
//! replaces the name `default`.
//!
//! # The ini file
//! ```ini
//! [default]
//! secret_id = AKID...
//! secret_key = ...
//! region = ap-guangzhou
//!
//! [deploy]
//! credential_process = "/opt/tools/get-key" --role deploy
//! ```
//! A profile has `secret_id`, `secret_key` and perhaps `token`, or
//! `credential_process`: a program that prints
//! `{"SecretId":"...","SecretKey":"...","Token":"...","ExpiredTime":1700000000}`,
//! the last two if it likes. It may also name a `region` and an `endpoint`.
//!
//! # Renewal
//! Temporary credentials with a known end are searched for again in the last
//! five minutes before it, once for all the calls that wait; see
//! [`ProvideCredentials`].

mod cache;
mod cvm;
mod environment;
mod error;
mod fetch;
mod file;
mod find;
mod ini;
mod process;
mod profile;
mod search;
mod source;
mod tccli;
mod temporary;
mod tke;

use std::fmt;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

pub(crate) use cache::CredentialCache;
pub use cache::ProvideCredentials;
pub use error::{CredentialError, Part, PartError};
pub use find::Finder;
pub use profile::ProfileSettings;
pub use search::{Finding, Place, Search};
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
    /// Unix seconds.
    expires_at: Option<u64>,
    warning: Option<String>,
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
            if let Some(error) = value.and_then(|value| PartError::of(value)) {
                return Err(CredentialError::Malformed { part, error, source });
            }
        }
        Ok(Self { secret_id, secret_key, token, source, expires_at: None, warning: None })
    }

    /// Sets the end of temporary credentials.
    #[must_use]
    pub fn expiring(self, end: SystemTime) -> Self {
        let seconds = end.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.with_expiry(Some(seconds))
    }

    fn with_expiry(mut self, expires_at: Option<u64>) -> Self {
        self.expires_at = expires_at;
        self
    }

    fn with_warning(mut self, warning: Option<String>) -> Self {
        self.warning = warning;
        self
    }

    /// Returns whether both give the same signature.
    pub(crate) fn signs_like(&self, other: &Self) -> bool {
        (&self.secret_id, &self.secret_key, &self.token)
            == (&other.secret_id, &other.secret_key, &other.token)
    }

    /// Returns the secret id.
    pub fn secret_id(&self) -> &str {
        &self.secret_id
    }

    /// Returns the secret key. Sign with it; never print it.
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// Returns the token of temporary credentials. It is as secret as the key.
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.as_str())
    }

    /// Returns the end of temporary credentials, where it is known.
    pub fn expires_at(&self) -> Option<SystemTime> {
        UNIX_EPOCH.checked_add(Duration::from_secs(self.expires_at?))
    }

    /// Returns a warning to the user, such as that others can read the file.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// Returns the place where these credentials were found.
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// Returns the first characters of the secret id, enough for its owner to tell
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
            .field("expires_at", &self.expires_at)
            .finish()
    }
}
