//! The handle of a running relay.

use std::net::SocketAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Request, Response};
use scf_serve::{Connection, Cut, Server, Service, Settings, ShutdownHandle};

use crate::body::RelayBody;
use crate::builder::Builder;
use crate::error::StartError;
use crate::handler::Handler;

/// A running relay. Dropping it stops it: its thread and its connections are
/// gone when the drop returns.
///
/// It may be used from synchronous code and from asynchronous code on any
/// runtime: it works on a thread of its own.
#[derive(Debug)]
pub struct Relay(Server);

impl Service for Handler {
    type Body = RelayBody;

    async fn call(
        self: Arc<Self>,
        request: Request<Incoming>,
        connection: Connection,
    ) -> Result<Response<RelayBody>, Cut> {
        let client = connection.peer().ip();
        Ok(self.answer(request, client, || connection.begin()).await)
    }
}

impl Relay {
    /// Returns the settings, to be changed and started.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn run(settings: Settings, handler: Handler) -> Result<Self, StartError> {
        Ok(Self(Server::start(settings, Arc::new(handler))?))
    }

    /// Returns the address that it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.0.addr()
    }

    /// Returns the address as a URL, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.0.url()
    }

    /// Returns a handle that stops it, for another thread.
    pub fn shutdown_handle(&self) -> ShutdownHandle {
        self.0.shutdown_handle()
    }

    /// Waits until a [`ShutdownHandle`] has stopped it.
    pub fn wait(&self) {
        self.0.wait();
    }
}
