//! The handle of a running emulator.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use scf_serve::{Server, Settings, ShutdownHandle};

use crate::app::App;
use crate::builder::Builder;
use crate::credential::Credential;
use crate::error::StartError;
use crate::fault::Fault;
use crate::faults::ArmedFault;
use crate::record::Record;
use crate::timers::{self, NextTimer};

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
    app: Arc<App>,
    server: Server,
}

impl Emulator {
    /// Returns the settings, to be changed and started.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Starts an emulator of the functions in a folder, on a free port.
    ///
    /// # Errors
    ///
    /// An error where the folder cannot be read or no port is free.
    pub fn start(functions_dir: impl Into<PathBuf>) -> Result<Self, StartError> {
        Self::builder().functions_dir(functions_dir).start()
    }

    pub(crate) fn run(settings: Settings, app: App) -> Result<Self, StartError> {
        let app = Arc::new(app);
        let server = Server::start(settings, Arc::clone(&app))?;
        app.functions.host().set_endpoint(server.url());
        Ok(Self { app, server })
    }

    /// Returns the address that it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// Returns the address as a URL, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Returns the first key that it knows.
    pub fn credential(&self) -> &Credential {
        // The builder leaves no list empty.
        &self.app.credentials[0]
    }

    /// Returns when the timers of functions fire next, the first one first.
    pub fn timers(&self) -> Vec<NextTimer> {
        timers::next(&self.app)
    }

    /// Returns the folders that hold code and are no function, each with the reason.
    pub fn skipped_folders(&self) -> Vec<(String, &'static str)> {
        self.app.functions.skipped()
    }

    /// Returns the names of the functions that there are now, sorted.
    pub fn function_names(&self) -> Vec<String> {
        self.app.functions.names()
    }

    /// Returns the functions that cannot run on this machine, sorted, each with what is missing
    /// and how to get it.
    #[cfg(unix)]
    pub fn unable_functions(&self) -> Vec<(String, String)> {
        self.app.functions.unable()
    }

    /// Returns the functions that run elsewhere, sorted, each with the address of the runtime
    /// API that its process has to use.
    #[cfg(unix)]
    pub fn runtime_apis(&self) -> Vec<(String, SocketAddr)> {
        self.app.functions.runtime_apis()
    }

    /// Makes the next request that has no fault yet go wrong in this way.
    ///
    /// Faults queue up: each request takes one, in the order in which they were
    /// injected, and is answered as usual where there is none. A request that is
    /// refused (a wrong signature, say) takes its fault with it.
    ///
    /// ```
    /// # fn main() -> Result<(), scf_emulator::StartError> {
    /// use scf_emulator::{Emulator, Fault};
    ///
    /// let emulator = Emulator::builder().function("hello", |_| Ok("hello")).start()?;
    /// emulator.inject(Fault::rate_limited());
    /// emulator.inject_into("hello", Fault::CloseBeforeRun);
    /// # Ok(())
    /// # }
    /// ```
    pub fn inject(&self, fault: Fault) {
        self.app.faults.arm(None, fault, Some(1));
    }

    /// Makes the next `times` authorized requests go wrong.
    pub fn inject_times(&self, times: u64, fault: &Fault) {
        self.app.faults.arm(None, fault.clone(), Some(times));
    }

    /// Makes the next authorized request for this function go wrong, so that
    /// tests which share an emulator do not take each other's faults.
    pub fn inject_into(&self, function_name: &str, fault: Fault) {
        self.app.faults.arm(Some(function_name), fault, Some(1));
    }

    /// Makes requests go wrong: those for one function or all, so many or each
    /// of them. Returns the number by which it can be taken back.
    pub fn arm(&self, function_name: Option<&str>, fault: Fault, times: Option<u64>) -> u64 {
        self.app.faults.arm(function_name, fault, times)
    }

    /// Returns the faults that wait for a request.
    pub fn armed(&self) -> Vec<ArmedFault> {
        self.app.faults.list()
    }

    /// Takes back the fault of that number, or all of them. Returns whether
    /// there was any.
    pub fn disarm(&self, id: Option<u64>) -> bool {
        self.app.faults.disarm(id)
    }

    /// Returns the requests that came, oldest first, those included that were
    /// refused or that a fault ended. The last 10,000 are kept, of 64 MiB
    /// together.
    ///
    /// ```
    /// # fn main() -> Result<(), scf_emulator::StartError> {
    /// let emulator = scf_emulator::Emulator::builder().function("hello", |_| Ok("hello")).start()?;
    ///
    /// // Let the code under test call it. Then:
    /// for record in emulator.records_of("hello") {
    ///     assert_eq!(record.event.as_deref(), Some("{}"));
    ///     assert_eq!(record.status, Some(200));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn records(&self) -> Vec<Record> {
        self.app.journal.pick(|_| true)
    }

    /// Returns the requests that came for a function, oldest first.
    pub fn records_of(&self, function_name: &str) -> Vec<Record> {
        self.app.journal.pick(|entry| entry.function_name() == Some(function_name))
    }

    /// Blocks until every event that was accepted has ended: with success, given
    /// up after its retries, or with the emulator.
    pub fn wait_for_events(&self) {
        self.app.events.wait_until_empty();
    }

    /// Forgets the requests that came so far.
    pub fn clear_records(&self) {
        self.app.journal.clear();
    }

    /// Sets the emulator's clock wrong by so many seconds from now on.
    pub fn set_clock_offset_secs(&self, secs: i64) {
        self.app.clock.set_offset_secs(secs);
    }

    /// Leads browsers that open `/_emulator/` to a page at this address, which
    /// shows what the control interface has. The first address stays.
    pub fn set_page(&self, url: impl Into<String>) {
        let _ = self.app.page.set(url.into());
    }

    /// Returns a handle that stops it, for another thread.
    pub fn shutdown_handle(&self) -> ShutdownHandle {
        self.server.shutdown_handle()
    }

    /// Waits until a [`ShutdownHandle`] has stopped it.
    pub fn wait(&self) {
        self.server.wait();
    }
}
