//! The handle of a running relay, and the thread that it owns.

use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::Notify;

use crate::builder::Builder;
use crate::error::StartError;
use crate::handler::Handler;
use crate::server;

/// A running relay. Dropping it stops it: its thread and its connections are
/// gone when the drop returns.
///
/// It may be used from synchronous code and from asynchronous code on any
/// runtime: it works on a thread of its own.
#[derive(Debug)]
pub struct Relay {
    addr: SocketAddr,
    shutdown: ShutdownHandle,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Stops a relay from elsewhere, such as a handler of Ctrl-C.
#[derive(Clone, Debug)]
pub struct ShutdownHandle(Arc<Notify>);

impl ShutdownHandle {
    /// Asks the relay to stop. [`Relay::wait`] returns once it has.
    pub fn shutdown(&self) {
        // Kept for the server if it is not waiting at this moment.
        self.0.notify_one();
    }
}

impl Relay {
    /// The settings, to be changed and started.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn run(
        addr: SocketAddr,
        pause: Duration,
        handler: Handler,
    ) -> Result<Self, StartError> {
        let bind = |error| StartError::Bind(addr, error);
        let listener = StdListener::bind(addr).map_err(bind)?;
        listener.set_nonblocking(true).map_err(bind)?;
        let bound = listener.local_addr().map_err(bind)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .thread_name("scf-relay-blocking")
            .build()
            .map_err(StartError::Thread)?;
        let shutdown = ShutdownHandle(Arc::new(Notify::new()));
        let stopping = Arc::clone(&shutdown.0);
        let thread = std::thread::Builder::new()
            .name("scf-relay".to_owned())
            .spawn(move || {
                runtime.block_on(server::serve(listener, &handler, pause, &stopping));
                // A name lookup cannot be stopped, and is not waited for long.
                runtime.shutdown_timeout(Duration::from_millis(500));
            })
            .map_err(StartError::Thread)?;
        Ok(Self { addr: bound, shutdown, thread: Mutex::new(Some(thread)) })
    }

    /// The address that it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The address as a URL, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// A handle that stops it, for another thread.
    pub fn shutdown_handle(&self) -> ShutdownHandle {
        self.shutdown.clone()
    }

    /// Waits until a [`ShutdownHandle`] has stopped it.
    pub fn wait(&self) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take() {
            // A panic of the server was printed when it happened.
            let _ = thread.join();
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shutdown.shutdown();
        self.wait();
    }
}
