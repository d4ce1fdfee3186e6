//! Bounds on the requests that the relay lets through.

use std::time::Duration;

/// The largest body that is relayed: the API takes no larger one either, so
/// that every request that it could accept passes.
pub(crate) const BODY_LIMIT: u64 = 10 * 1024 * 1024;

/// Bounds on what clients can ask of a relay.
///
/// ```
/// use scf_relay::Limits;
///
/// let limits = Limits { rate: 5, ..Limits::default() };
/// assert_eq!(limits.concurrency, 256);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests a second from one client address, and as many at once after a
    /// quiet second. 20 by default. IPv6 addresses are taken together by their
    /// first 64 bits, for a client has all the others.
    pub rate: u32,
    /// Requests under way at once, from all clients together. 256 by default.
    /// A request counts from when its body is here.
    pub concurrency: usize,
    /// Requests in progress at once of one client, those whose body is still to
    /// come included. 32 by default.
    pub per_client: usize,
    /// Bytes a second that a body has to come with on average. 8 KiB by
    /// default.
    pub body_rate: u32,
    /// Bytes that the bodies of all requests may take of memory; those of one
    /// client may take a quarter of it, or have one body. 256 MiB by default.
    pub memory: u64,
    /// Until a connection to the endpoint is ready: name lookup, TCP and TLS.
    /// 10 s by default.
    pub connect: Duration,
    /// The time for which a client may pause while it sends a body or takes a response.
    /// 30 s by default.
    pub pause: Duration,
    /// From the last byte of the request to that of the response. 310 s by
    /// default, since a synchronous invocation may take 300 s.
    pub exchange: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rate: 20,
            concurrency: 256,
            per_client: 32,
            body_rate: 8 * 1024,
            memory: 256 * 1024 * 1024,
            connect: Duration::from_secs(10),
            pause: Duration::from_secs(30),
            exchange: Duration::from_secs(310),
        }
    }
}
