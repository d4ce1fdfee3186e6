//! The program that a server serves.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hyper::body::Incoming;
use hyper::{Request, Response};

use crate::response_body::ResponseBody;
use crate::table::Place;

/// A program that answers requests.
pub trait Service: Send + Sync + 'static {
    /// The body of a response.
    type Body: Into<ResponseBody> + Send;

    /// Answers a request. An error closes the connection without a response.
    /// A panic ends this connection alone.
    fn call(
        self: Arc<Self>,
        request: Request<Incoming>,
        connection: Connection,
    ) -> impl Future<Output = Result<Response<Self::Body>, Cut>> + Send;

    /// Runs beside requests while the server accepts them.
    fn background(self: Arc<Self>) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Finishes what runs beside requests. It is polled once the server accepts
    /// no more, and dropped at the end of the grace period.
    fn finish(&self) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Is called on the server's thread when nothing runs any more.
    fn ended(&self) {}
}

/// The connection on which a request came.
#[derive(Clone, Debug)]
pub struct Connection {
    pub(crate) peer: SocketAddr,
    pub(crate) place: Arc<Place>,
    pub(crate) reset: Arc<AtomicBool>,
}

impl Connection {
    /// Returns the address of the other side.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Says that the request is whole, so that the connection is not ended in
    /// favour of a new one until there is a response.
    pub fn begin(&self) {
        self.place.begin();
    }

    /// Makes the connection end with a TCP reset instead of an orderly close.
    pub fn reset_at_end(&self) {
        self.reset.store(true, Ordering::Relaxed);
    }
}

/// The connection is to be closed without a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is cut")
    }
}

impl std::error::Error for Cut {}
