//! Requests in progress of each client, and the memory of their bodies.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use scf_serve::network;

/// Counts the requests in progress of each client, and the bytes of their bodies,
/// up to bounds.
#[derive(Debug)]
pub(crate) struct Clients {
    most: usize,
    most_bytes: u64,
    counts: Mutex<HashMap<IpAddr, Counts>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    requests: usize,
    bytes: u64,
}

/// A request in progress, until this is dropped.
#[derive(Debug)]
pub(crate) struct InProgress {
    client: IpAddr,
    clients: Arc<Clients>,
}

/// The declared bytes of a body that is on its way, until this is dropped.
#[derive(Debug)]
pub(crate) struct InMemory {
    client: IpAddr,
    bytes: u64,
    clients: Arc<Clients>,
}

impl Clients {
    pub(crate) fn new(most: usize, most_bytes: u64) -> Self {
        Self { most, most_bytes, counts: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Counts>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the counts of a client, and forgets one that has none.
    fn reduce(&self, client: IpAddr, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.lock();
        let Some(count) = counts.get_mut(&client) else { return };
        change(count);
        if *count == Counts::default() {
            counts.remove(&client);
        }
    }

    /// Begins a request, unless the client has too many.
    pub(crate) fn begin(self: &Arc<Self>, client: IpAddr) -> Option<InProgress> {
        let client = network(client);
        let mut counts = self.lock();
        let mut count = counts.get(&client).copied().unwrap_or_default();
        if count.requests >= self.most {
            return None;
        }
        count.requests += 1;
        counts.insert(client, count);
        Some(InProgress { client, clients: Arc::clone(self) })
    }
}

impl InProgress {
    /// Makes room for a body of so many bytes, unless other bodies of the client
    /// leave too little. One alone always has room.
    pub(crate) fn hold(&self, bytes: u64) -> Option<InMemory> {
        let mut counts = self.clients.lock();
        let count = counts.entry(self.client).or_default();
        if count.bytes > 0 && count.bytes.saturating_add(bytes) > self.clients.most_bytes {
            return None;
        }
        count.bytes += bytes;
        Some(InMemory { client: self.client, bytes, clients: Arc::clone(&self.clients) })
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.clients.reduce(self.client, |count| count.requests -= 1);
    }
}

impl Drop for InMemory {
    fn drop(&mut self) {
        self.clients.reduce(self.client, |count| count.bytes -= self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_a_bound_of_its_own_and_nothing_is_left() {
        let clients = Arc::new(Clients::new(2, 0));
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

    #[test]
    fn bodies_of_one_client_share_a_bound_and_nothing_is_left() {
        let clients = Arc::new(Clients::new(9, 100));
        let request = clients.begin(IpAddr::from([10, 0, 0, 1])).unwrap();
        let largest = request.hold(1000);
        assert!(largest.is_some() && request.hold(1).is_none());
        drop(largest);
        let bodies = (request.hold(60), request.hold(40));
        assert!(bodies.0.is_some() && bodies.1.is_some() && request.hold(1).is_none());
        let other = clients.begin(IpAddr::from([10, 0, 0, 2])).unwrap();
        assert!(other.hold(100).is_some());
        drop((request, bodies, other));
        assert!(clients.lock().is_empty());
    }
}
