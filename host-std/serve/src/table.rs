//! The connections that there are, and which of them makes room for a new one.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::task::AbortHandle;

use crate::limits::Limits;

/// Returns what stands for one client: its address, or the first 64 bits of an
/// IPv6 address, whose other bits a client can choose.
pub fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(ip) if !ip.is_loopback() => Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64).into(),
        ip => ip,
    }
}

/// All connections of a server.
#[derive(Debug)]
pub(crate) struct Table {
    places: Mutex<Places>,
    limits: Limits,
    /// A connection has ended, or has begun to wait.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Places {
    next: u64,
    all: HashMap<u64, Arc<Place>>,
}

/// One connection's place in the table.
#[derive(Debug)]
pub(crate) struct Place {
    peer: IpAddr,
    /// Since when its client is waited for; nothing while a request runs.
    waiting: Mutex<Option<Instant>>,
    /// The task that serves it.
    task: OnceLock<AbortHandle>,
}

impl Place {
    fn waiting(&self) -> MutexGuard<'_, Option<Instant>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes which task serves the connection, to be ended where another one takes the place.
    pub(crate) fn served_by(&self, task: AbortHandle) {
        let _ = self.task.set(task);
    }

    pub(crate) fn begin(&self) {
        *self.waiting() = None;
    }
}

/// The fate of a new connection.
pub(crate) enum Admission {
    Admitted(Ticket),
    /// All places are taken by requests that run.
    Full,
    /// So are all places of this peer.
    PeerFull,
}

/// A taken place, which is free again when this is dropped.
pub(crate) struct Ticket {
    number: u64,
    pub(crate) place: Arc<Place>,
    table: Arc<Table>,
}

impl Ticket {
    /// Notes that the client is waited for again.
    pub(crate) fn wait(&self) {
        *self.place.waiting() = Some(Instant::now());
        self.table.changed.notify_waiters();
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.table.places().all.remove(&self.number);
        self.table.changed.notify_waiters();
    }
}

impl Table {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { places: Mutex::default(), limits, changed: Notify::new() }
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what is ready at the next change after this call.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// Finds a place for a connection, if need be by ending the one that has
    /// waited longest: of the same peer where that has too many, else of the
    /// peer that has most.
    pub(crate) fn admit(self: &Arc<Self>, peer: IpAddr) -> Admission {
        let peer = network(peer);
        let mut places = self.places();
        let of_peer = places.all.values().filter(|place| place.peer == peer).count();
        let peer_is_full = !peer.is_loopback() && of_peer >= self.limits.per_peer;
        if peer_is_full || places.all.len() >= self.limits.connections {
            let Some(number) = places.longest_waiting(peer_is_full.then_some(peer)) else {
                return if peer_is_full { Admission::PeerFull } else { Admission::Full };
            };
            let evicted = places.all.remove(&number);
            if let Some(task) = evicted.as_ref().and_then(|place| place.task.get()) {
                task.abort();
            }
        }
        let number = places.next;
        places.next += 1;
        let place = Arc::new(Place {
            peer,
            waiting: Mutex::new(Some(Instant::now())),
            task: OnceLock::new(),
        });
        places.all.insert(number, Arc::clone(&place));
        Admission::Admitted(Ticket { number, place, table: Arc::clone(self) })
    }
}

impl Places {
    fn longest_waiting(&self, peer: Option<IpAddr>) -> Option<u64> {
        let mut counts: HashMap<IpAddr, usize> = HashMap::new();
        for place in self.all.values() {
            *counts.entry(place.peer).or_default() += 1;
        }
        self.all
            .iter()
            .filter(|(_, place)| peer.is_none_or(|peer| place.peer == peer))
            .filter_map(|(number, place)| Some((*number, place.peer, (*place.waiting())?)))
            .min_by_key(|(_, peer, since)| {
                (std::cmp::Reverse(counts.get(peer).copied().unwrap_or(0)), *since)
            })
            .map(|(number, ..)| number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(table: &Arc<Table>, peer: [u8; 4]) -> Option<Ticket> {
        match table.admit(IpAddr::from(peer)) {
            Admission::Admitted(ticket) => Some(ticket),
            Admission::Full | Admission::PeerFull => None,
        }
    }

    #[test]
    fn a_peer_with_too_many_connections_loses_the_one_that_waited_longest() {
        let limits = Limits { connections: 10, per_peer: 2, ..Limits::default() };
        let table = Arc::new(Table::new(limits));
        let (greedy, other) = ([10, 0, 0, 1], [10, 0, 0, 2]);
        let first = admitted(&table, greedy).unwrap();
        let second = admitted(&table, greedy).unwrap();
        let _other = admitted(&table, other).unwrap();
        first.place.begin();
        let third = admitted(&table, greedy).unwrap();
        // The first one runs, so the second made room.
        let numbers: Vec<u64> = table.places().all.keys().copied().collect();
        assert!(numbers.contains(&first.number) && numbers.contains(&third.number));
        assert!(!numbers.contains(&second.number));
        third.place.begin();
        assert!(matches!(table.admit(IpAddr::from(greedy)), Admission::PeerFull));
        assert!(admitted(&table, other).is_some());
    }

    #[test]
    fn a_full_table_takes_the_place_from_the_peer_that_has_most() {
        let limits = Limits { connections: 4, per_peer: 3, ..Limits::default() };
        let table = Arc::new(Table::new(limits));
        let modest = admitted(&table, [10, 0, 0, 2]).unwrap();
        let greedy: Vec<_> = (0..3).map(|_| admitted(&table, [10, 0, 0, 1]).unwrap()).collect();
        let _new = admitted(&table, [10, 0, 0, 3]).unwrap();
        let places = table.places();
        assert!(places.all.contains_key(&modest.number));
        assert!(!places.all.contains_key(&greedy[0].number));
    }

    #[test]
    fn nothing_makes_room_while_all_run() {
        let table = Arc::new(Table::new(Limits { connections: 1, ..Limits::default() }));
        let only = admitted(&table, [127, 0, 0, 1]).unwrap();
        only.place.begin();
        assert!(matches!(table.admit(IpAddr::from([127, 0, 0, 1])), Admission::Full));
        only.wait();
        assert!(admitted(&table, [127, 0, 0, 1]).is_some());
    }

    #[test]
    fn one_network_of_ipv6_is_one_client_and_a_mapped_address_is_its_own() {
        let ip = |text: &str| network(text.parse().unwrap());
        assert_eq!(ip("2001:db8::1"), ip("2001:db8::ffff:2"));
        assert_ne!(ip("2001:db8::1"), ip("2001:db8:0:1::1"));
        assert_eq!(ip("::ffff:10.0.0.1"), ip("10.0.0.1"));
        assert!(ip("::1").is_loopback());
    }
}
