//! Ids of requests and of runs.

use std::fmt;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

/// The ids that one system call gives random bytes for.
const BATCH: usize = 64;

/// The id of a request or of a run: a random UUID, as text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestId([u8; 36]);

impl RequestId {
    /// Returns an id that nobody can foresee.
    pub(crate) fn random() -> Self {
        let mut text = [0; 36];
        let uuid = uuid::Builder::from_random_bytes(random_bytes()).into_uuid();
        uuid.hyphenated().encode_lower(&mut text);
        Self(text)
    }
}

/// Returns random bytes of the system, which are fetched for many ids at once.
fn random_bytes() -> [u8; 16] {
    static FETCHED: Mutex<Vec<[u8; 16]>> = Mutex::new(Vec::new());
    let mut fetched = FETCHED.lock().unwrap_or_else(PoisonError::into_inner);
    if fetched.is_empty() {
        let mut batch = [[0; 16]; BATCH];
        getrandom::fill(batch.as_flattened_mut()).expect("the system gives random bytes");
        fetched.extend(batch);
    }
    fetched.pop().unwrap_or_default()
}

impl Deref for RequestId {
    type Target = str;

    fn deref(&self) -> &str {
        // Digits and hyphens are always UTF-8.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{BATCH, RequestId};
    use std::collections::HashSet;

    #[test]
    fn ids_are_random_uuids_and_all_different() {
        let ids: HashSet<String> =
            (0..3 * BATCH).map(|_| RequestId::random().to_string()).collect();
        assert_eq!(ids.len(), 3 * BATCH);
        for id in ids {
            assert_eq!(uuid::Uuid::parse_str(&id).unwrap().get_version_num(), 4, "{id}");
        }
    }
}
