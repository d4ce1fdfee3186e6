//! The handle of a running emulator, and the thread that it owns.

use std::net::{SocketAddr, TcpListener as StdListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::Notify;

use crate::builder::Builder;
use crate::credential::Credential;
use crate::error::StartError;
use crate::fault::Fault;
use crate::server::{self, App};

/// A running emulator. Dropping it stops it: its thread, its connections and
/// all processes of functions are gone when the drop returns.
///
/// It may be used from synchronous code and from asynchronous code on any
/// runtime: it works on a thread of its own.
///
/// ```
/// # fn main() -> Result<(), scf_emulator::StartError> {
/// let emulator = scf_emulator::Emulator::builder().function("hello", |_| Ok("hello")).start()?;
///
/// println!("listening on {}", emulator.url());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Emulator {
    addr: SocketAddr,
    app: Arc<App>,
    shutdown: ShutdownHandle,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Stops an emulator from elsewhere, such as a handler of Ctrl-C.
#[derive(Clone, Debug)]
pub struct ShutdownHandle(Arc<Notify>);

impl ShutdownHandle {
    /// Asks the emulator to stop. [`Emulator::wait`] returns once it has.
    pub fn shutdown(&self) {
        // Kept for the server if it is not waiting at this moment.
        self.0.notify_one();
    }
}

impl Emulator {
    /// The settings, to be changed and started.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Starts an emulator of the functions in a folder, on a free port.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be read or no port is free.
    pub fn start(functions_dir: impl Into<PathBuf>) -> Result<Self, StartError> {
        Self::builder().functions_dir(functions_dir).start()
    }

    pub(crate) fn run(addr: SocketAddr, app: App) -> Result<Self, StartError> {
        let bind = |error| StartError::Bind(addr, error);
        let listener = StdListener::bind(addr).map_err(bind)?;
        listener.set_nonblocking(true).map_err(bind)?;
        let bound = listener.local_addr().map_err(bind)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .thread_name("scf-emulator-function")
            .build()
            .map_err(StartError::Thread)?;
        let app = Arc::new(app);
        let shutdown = ShutdownHandle(Arc::new(Notify::new()));
        let (served, stopping) = (Arc::clone(&app), Arc::clone(&shutdown.0));
        let thread = std::thread::Builder::new()
            .name("scf-emulator".to_owned())
            .spawn(move || {
                runtime.block_on(server::serve(listener, &served, &stopping));
                // Drops whatever runs, and processes with it. A closure that
                // blocks cannot be stopped, and is not waited for long.
                runtime.shutdown_timeout(Duration::from_millis(500));
                served.functions.stop();
            })
            .map_err(StartError::Thread)?;
        Ok(Self { addr: bound, app, shutdown, thread: Mutex::new(Some(thread)) })
    }

    /// The address that it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The address as a URL, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The first key that it knows.
    pub fn credential(&self) -> &Credential {
        // The builder leaves no list empty.
        &self.app.credentials[0]
    }

    /// The names of the functions that there are now, sorted.
    pub fn function_names(&self) -> Vec<String> {
        self.app.functions.names()
    }

    /// Makes the next request that has no fault yet go wrong in this way.
    pub fn inject(&self, fault: Fault) {
        self.app.faults.inject(fault);
    }

    /// Likewise the next so many requests.
    pub fn inject_times(&self, times: usize, fault: &Fault) {
        for _ in 0..times {
            self.inject(fault.clone());
        }
    }

    /// Sets the emulator's clock wrong by so many seconds from now on.
    pub fn set_clock_offset_secs(&self, secs: i64) {
        self.app.clock.set_offset_secs(secs);
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

impl Drop for Emulator {
    fn drop(&mut self) {
        self.shutdown.shutdown();
        self.wait();
    }
}
