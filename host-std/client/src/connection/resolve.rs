//! Name lookup that ends in time.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use super::socket::Expired;
use crate::{Deadline, Endpoint};

/// More addresses than any endpoint has; a hostile resolver may give more.
pub(crate) const MAX_ADDRESSES: usize = 16;

/// Returns the addresses of an endpoint, in the resolver's order.
pub(super) fn resolve(endpoint: &Endpoint, deadline: Deadline) -> io::Result<Vec<SocketAddr>> {
    if let Some(ip) = endpoint.ip() {
        return Ok(vec![SocketAddr::new(ip, endpoint.port())]);
    }
    let (host, port) = (endpoint.host().to_owned(), endpoint.port());
    let found = within(deadline, move || {
        (host.as_str(), port)
            .to_socket_addrs()
            .map(|found| found.take(MAX_ADDRESSES).collect::<Vec<_>>())
    })??;
    allowed(endpoint, found)
}

/// Returns the addresses that an endpoint permits of those that were found.
pub(crate) fn allowed(endpoint: &Endpoint, found: Vec<SocketAddr>) -> io::Result<Vec<SocketAddr>> {
    let allowed: Vec<_> =
        found.iter().copied().filter(|address| endpoint.permits(address.ip())).collect();
    if allowed.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            if found.is_empty() {
                "the name has no address"
            } else {
                "the name leads away from this machine, where plain http is not allowed"
            },
        ));
    }
    Ok(allowed)
}

/// Runs what cannot be interrupted on a thread of its own. If the deadline
/// comes first the thread is left to finish by itself: the system's resolver
/// gives up at some time, but cannot be made to.
fn within<T: Send + 'static>(
    deadline: Deadline,
    act: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::Builder::new().name("scf-resolve".into()).spawn(move || {
        // Nobody may be waiting any more.
        let _ = sender.send(act());
    })?;
    let received = match deadline.remaining() {
        Some(left) => receiver.recv_timeout(left),
        None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
    };
    received.map_err(|error| match error {
        RecvTimeoutError::Timeout => Expired::Deadline.into(),
        RecvTimeoutError::Disconnected => io::Error::other("the lookup thread ended early"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_lookup_that_hangs_does_not_hold_up_the_call() {
        let (release, hang) = mpsc::channel::<()>();
        let result = within(Deadline::after(Duration::from_millis(20)), move || hang.recv());
        let error = result.unwrap_err();
        let expired = error.get_ref().and_then(|e| e.downcast_ref::<Expired>());
        assert_eq!(expired, Some(&Expired::Deadline));
        drop(release);
    }
}
