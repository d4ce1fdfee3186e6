//! The keys that the emulator knows.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::verify::HmacKey;

/// The secret id that an emulator knows by default.
pub const DEVELOPMENT_SECRET_ID: &str = "AKIDEMULATORDEVELOPMENTONLY";
/// The secret key that belongs to [`DEVELOPMENT_SECRET_ID`]. It is public, and
/// worth nothing outside an emulator.
pub const DEVELOPMENT_SECRET_KEY: &str = "emulator-development-key";

/// A secret id and key that may call the emulator.
///
/// ```
/// use scf_emulator::Credential;
///
/// let temporary = Credential::new("AKIDtest", "key").with_token("token");
/// assert!(!format!("{temporary:?}").contains("key\""));
/// ```
#[derive(Clone)]
pub struct Credential {
    secret_id: Arc<str>,
    secret_key: Zeroizing<String>,
    token: Option<Zeroizing<String>>,
    /// The last key that was derived from the secret one; the same for a whole day.
    day_key: Arc<Mutex<Option<DayKey>>>,
}

/// The key for one scope, such as `2026-01-31/scf/tc3_request`.
struct DayKey {
    scope: String,
    key: HmacKey,
}

impl Credential {
    /// Returns a permanent key.
    pub fn new(secret_id: impl Into<String>, secret_key: impl Into<String>) -> Self {
        Self {
            secret_id: secret_id.into().into(),
            secret_key: Zeroizing::new(secret_key.into()),
            token: None,
            day_key: Arc::default(),
        }
    }

    /// Returns the key that every emulator of this crate knows unless it is
    /// given others. It is public: whoever reaches such an emulator runs its
    /// functions. `tscf emulator` takes a random one.
    pub fn development() -> Self {
        Self::new(DEVELOPMENT_SECRET_ID, DEVELOPMENT_SECRET_KEY)
    }

    /// Returns a key that nobody else knows, made anew by each call.
    pub fn random() -> Self {
        let random = || uuid::Uuid::new_v4().simple();
        Self::new(format!("AKIDEMULATOR{}", random()), format!("{}{}", random(), random()))
    }

    /// Makes it a temporary key: a request must carry this token too.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(Zeroizing::new(token.into()));
        self
    }

    /// Returns the public half.
    pub fn secret_id(&self) -> &str {
        &self.secret_id
    }

    /// Returns the secret half.
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    pub(crate) fn shared_id(&self) -> Arc<str> {
        Arc::clone(&self.secret_id)
    }

    pub(crate) fn zeroizing_key(&self) -> &Zeroizing<String> {
        &self.secret_key
    }

    /// Returns the key of a scope, a day and a service, which is derived unless it is the last
    /// one.
    pub(crate) fn day_key(&self, scope: &str, derive: impl FnOnce() -> HmacKey) -> HmacKey {
        let mut last = self.day_key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(DayKey { key, .. }) = last.as_ref().filter(|last| last.scope == scope) {
            return key.clone();
        }
        let key = derive();
        *last = Some(DayKey { scope: scope.to_owned(), key: key.clone() });
        key
    }

    /// Returns the token of a temporary key.
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.as_str())
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("secret_id", &self.secret_id).finish_non_exhaustive()
    }
}
