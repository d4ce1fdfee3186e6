//! Requests in progress of each client.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use scf_serve::network;

/// Counts the requests in progress of each client, up to a bound.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    most: usize,
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A request in progress, until this is dropped.
#[derive(Debug)]
pub(crate) struct InProgress {
    client: IpAddr,
    clients: Clients,
}

impl Clients {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, counts: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a request, unless the client has too many.
    pub(crate) fn begin(&self, client: IpAddr) -> Option<InProgress> {
        let client = network(client);
        let mut counts = self.lock();
        let count = counts.get(&client).copied().unwrap_or(0);
        if count >= self.most {
            return None;
        }
        counts.insert(client, count + 1);
        Some(InProgress { client, clients: self.clone() })
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        let mut counts = self.clients.lock();
        let left = counts.get(&self.client).copied().unwrap_or(0).saturating_sub(1);
        if left == 0 {
            counts.remove(&self.client);
        } else {
            counts.insert(self.client, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_a_bound_of_its_own_and_nothing_is_left() {
        let clients = Clients::new(2);
        let (a, b) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let first = clients.begin(a);
        let second = clients.begin(a);
        assert!(first.is_some() && second.is_some() && clients.begin(a).is_none());
        assert!(clients.begin(b).is_some());
        drop(first);
        assert!(clients.begin(a).is_some());
        drop(second);
        assert!(clients.lock().is_empty());
    }
}
