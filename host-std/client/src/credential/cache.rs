//! Credentials that are renewed before their end, once for all calls that
//! wait.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::{CredentialError, Credentials, ProfileSettings};

/// A source of credentials that change: a vault, a role, a file that somebody
/// rotates.
///
/// A client asks when it has none, when those it has are within five minutes
/// of their [end](Credentials::expiring), and when the service says that they
/// have ended. It asks from one thread at a time, and all its calls share what
/// comes.
///
/// ```
/// use scf_invoke::credential::ProvideCredentials;
/// use scf_invoke::{Client, CredentialError, Credentials};
///
/// fn from_vault() -> Result<Credentials, CredentialError> {
///     Credentials::new("AKIDEXAMPLE", "the-secret-key", None)
/// }
/// let client = Client::builder().region("ap-guangzhou").credentials_from(from_vault).build()?;
/// # Ok::<(), scf_invoke::Error>(())
/// ```
pub trait ProvideCredentials: Send + Sync + 'static {
    /// Returns credentials that are good from now on. It may block.
    ///
    /// # Errors
    /// [`CredentialError`], which the calls that wait for it end with.
    fn provide(&self) -> Result<Credentials, CredentialError>;

    /// Returns the region and endpoint that belong to the credentials; a
    /// builder takes from them what the program has not set.
    ///
    /// # Errors
    /// [`CredentialError`], which the builder ends with.
    fn settings(&self) -> Result<ProfileSettings, CredentialError> {
        Ok(ProfileSettings::default())
    }
}

impl ProvideCredentials for Credentials {
    fn provide(&self) -> Result<Credentials, CredentialError> {
        Ok(self.clone())
    }
}

impl<F> ProvideCredentials for F
where
    F: Fn() -> Result<Credentials, CredentialError> + Send + Sync + 'static,
{
    fn provide(&self) -> Result<Credentials, CredentialError> {
        self()
    }
}

/// The time before the end from which on new ones are asked for: the service
/// takes a signature for five minutes.
const AHEAD: Duration = Duration::from_secs(300);

/// The time between two tries while the credentials at hand may still do.
const PAUSE: Duration = Duration::from_secs(30);

/// The credentials at hand, and where the next come from.
pub(crate) struct CredentialCache {
    provider: Box<dyn ProvideCredentials>,
    state: Mutex<State>,
    renewed: Condvar,
}

#[derive(Default)]
struct State {
    current: Option<Arc<Credentials>>,
    /// The error of the last try, for those who wait for it.
    error: Option<CredentialError>,
    renewing: bool,
    /// The number of tries so far.
    tries: u64,
    last_try: Option<Instant>,
}

impl State {
    /// Returns the credentials at hand, if they need not be renewed.
    fn good(&self) -> Option<Arc<Credentials>> {
        let current = self.current.as_ref()?;
        let due = current
            .expires_at()
            .is_some_and(|end| end <= SystemTime::now().checked_add(AHEAD).unwrap_or(end));
        // Without the pause, credentials that live for minutes only, or a clock
        // that is years ahead, would make every call renew them.
        let tried = self.last_try.is_some_and(|last| last.elapsed() < PAUSE);
        (!due || tried).then(|| Arc::clone(current))
    }

    /// Returns the credentials at hand, if they have not ended.
    fn usable(&self) -> Option<Arc<Credentials>> {
        let current = self.current.as_ref()?;
        let ended = current.expires_at().is_some_and(|end| end <= SystemTime::now());
        (!ended).then(|| Arc::clone(current))
    }
}

impl CredentialCache {
    pub(crate) fn new(provider: Box<dyn ProvideCredentials>) -> Self {
        Self { provider, state: Mutex::default(), renewed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing is ever half changed under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the credentials at hand, if they need not be renewed.
    #[cfg(feature = "tokio")]
    pub(crate) fn at_hand(&self) -> Option<Arc<Credentials>> {
        self.lock().good()
    }

    /// Returns the settings that belong to the credentials.
    pub(crate) fn settings(&self) -> Result<ProfileSettings, CredentialError> {
        self.provider.settings()
    }

    /// Returns credentials to sign with now. One caller renews them, and the
    /// others wait for it only if those at hand have ended.
    pub(crate) fn get(&self) -> Result<Arc<Credentials>, CredentialError> {
        let mut state = self.lock();
        loop {
            if let Some(good) = state.good() {
                return Ok(good);
            }
            if !state.renewing {
                break;
            }
            if let Some(usable) = state.usable() {
                return Ok(usable);
            }
            let awaited = state.tries;
            while state.renewing && state.tries == awaited {
                state = self.renewed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if let Some(error) = &state.error {
                return Err(error.clone());
            }
        }
        state.renewing = true;
        state.error = None;
        drop(state);

        // Others must not wait for ever if the provider panics.
        let renewal = Renewal(self);
        let provided = self.provider.provide();
        let mut state = self.lock();
        state.last_try = Some(Instant::now());
        let result = match provided {
            Ok(credentials) => {
                let credentials = Arc::new(credentials);
                state.current = Some(Arc::clone(&credentials));
                Ok(credentials)
            }
            Err(error) => state.usable().ok_or_else(|| {
                state.error = Some(error.clone());
                error
            }),
        };
        drop(state);
        drop(renewal);
        result
    }

    /// Returns others in place of credentials that the service no longer takes,
    /// if there are any.
    pub(crate) fn replace(&self, rejected: &Arc<Credentials>) -> Option<Arc<Credentials>> {
        let mut state = self.lock();
        // Another call may have been quicker.
        if state.current.as_ref().is_some_and(|current| Arc::ptr_eq(current, rejected)) {
            state.current = None;
        }
        drop(state);
        self.get().ok().filter(|credentials| !credentials.signs_like(rejected))
    }
}

/// A renewal in progress; ends when dropped.
struct Renewal<'c>(&'c CredentialCache);

impl Drop for Renewal<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.renewing = false;
        state.tries += 1;
        drop(state);
        self.0.renewed.notify_all();
    }
}

impl fmt::Debug for CredentialCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.lock().current {
            Some(current) => current.fmt(f),
            None => f.write_str("Credentials(not asked for yet)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Returns a cache whose provider counts, and gives credentials that end after
    /// `lifetime`, or an error once it has given `most`.
    fn cache(lifetime: Duration, most: usize) -> (CredentialCache, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let cache = CredentialCache::new(Box::new(move || {
            let number = counted.fetch_add(1, Ordering::SeqCst);
            if number == most {
                return Err(CredentialError::NotFound { places: vec![] });
            }
            Credentials::new(format!("AKID{number}"), "key", None)
                .map(|found| found.expiring(SystemTime::now() + lifetime))
        }));
        (cache, count)
    }

    fn long_ago(cache: &CredentialCache) {
        cache.lock().last_try = Instant::now().checked_sub(PAUSE);
    }

    #[test]
    fn credentials_far_from_their_end_are_kept() {
        let (cache, count) = cache(AHEAD * 2, 9);
        for _ in 0..3 {
            assert_eq!(cache.get().unwrap().secret_id(), "AKID0");
            long_ago(&cache);
        }
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn credentials_near_their_end_are_renewed_with_a_pause_between_tries() {
        let (cache, count) = cache(AHEAD / 2, 9);
        assert_eq!(cache.get().unwrap().secret_id(), "AKID0");
        assert_eq!(cache.get().unwrap().secret_id(), "AKID0");
        long_ago(&cache);
        assert_eq!(cache.get().unwrap().secret_id(), "AKID1");
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn a_renewal_that_fails_leaves_what_has_not_ended() {
        let (cache, _) = cache(AHEAD / 2, 1);
        cache.get().unwrap();
        long_ago(&cache);
        assert_eq!(cache.get().unwrap().secret_id(), "AKID0");
        let (cache, _) = self::cache(Duration::ZERO, 1);
        cache.get().unwrap();
        long_ago(&cache);
        assert!(cache.get().is_err());
    }

    #[test]
    fn rejected_credentials_are_replaced_only_by_others() {
        let (cache, _) = cache(AHEAD * 2, 9);
        let first = cache.get().unwrap();
        assert_eq!(cache.replace(&first).unwrap().secret_id(), "AKID1");
        let fixed = Credentials::new("AKID", "key", None).unwrap();
        let cache = CredentialCache::new(Box::new(fixed));
        let first = cache.get().unwrap();
        assert!(cache.replace(&first).is_none());
    }

    #[test]
    fn a_provider_that_panics_holds_up_nobody() {
        let cache = Arc::new(CredentialCache::new(Box::new(|| panic!("as the test wants"))));
        for _ in 0..2 {
            let cache = Arc::clone(&cache);
            assert!(std::thread::spawn(move || cache.get().is_ok()).join().is_err());
        }
    }
}
