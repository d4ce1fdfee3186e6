//! A token bucket for each client.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use scf_serve::network;

/// Clients that are remembered at once. Each is forgotten when its bucket is
/// full again, after a second.
const CLIENTS: usize = 10_000;

pub(crate) struct Buckets {
    rate: f64,
    clients: Mutex<HashMap<IpAddr, Bucket>>,
}

struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn refill(&mut self, rate: f64, now: Instant) {
        let since = now.saturating_duration_since(self.at);
        self.tokens = (self.tokens + since.as_secs_f64() * rate).min(rate);
        self.at = now;
    }
}

impl Buckets {
    pub(crate) fn new(rate: u32) -> Self {
        Self { rate: f64::from(rate.max(1)), clients: Mutex::default() }
    }

    /// Takes a token, or says how long it is until there is one.
    pub(crate) fn take(&self, client: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let key = network(client);
        if clients.len() >= CLIENTS && !clients.contains_key(&key) {
            clients.retain(|_, bucket| {
                bucket.refill(self.rate, now);
                bucket.tokens < self.rate
            });
            if clients.len() >= CLIENTS {
                return Err(Duration::from_secs(1));
            }
        }
        let bucket = clients.entry(key).or_insert(Bucket { tokens: self.rate, at: now });
        bucket.refill(self.rate, now);
        if bucket.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.tokens) / self.rate));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills() {
        let (buckets, start) = (Buckets::new(2), Instant::now());
        let a = IpAddr::from([10, 0, 0, 1]);
        let after = |millis| start + Duration::from_millis(millis);
        assert!(buckets.take(a, start).is_ok() && buckets.take(a, start).is_ok());
        assert_eq!(buckets.take(a, start), Err(Duration::from_millis(500)));
        assert!(buckets.take(IpAddr::from([10, 0, 0, 2]), start).is_ok(), "another client");
        assert!(buckets.take(a, after(499)).is_err());
        assert!(buckets.take(a, after(501)).is_ok());
        // However long it rests, it holds no more than a second's worth.
        assert!(buckets.take(a, after(60_000)).is_ok() && buckets.take(a, after(60_000)).is_ok());
        assert!(buckets.take(a, after(60_000)).is_err());
    }

    #[test]
    fn memory_is_bounded_and_freed() {
        let (buckets, now) = (Buckets::new(1), Instant::now());
        let client = |n: usize| IpAddr::from(u32::try_from(n).unwrap().to_be_bytes());
        for n in 0..CLIENTS {
            assert!(buckets.take(client(n), now).is_ok());
        }
        assert!(buckets.take(client(CLIENTS), now).is_err());
        let later = now + Duration::from_secs(1);
        assert!(buckets.take(client(CLIENTS), later).is_ok());
        assert_eq!(buckets.clients.lock().unwrap().len(), 1);
    }
}
