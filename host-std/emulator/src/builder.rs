//! The settings of an emulator, and its start.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use scf_serve::{BodyLimits, Budget, Limits, Origin, Settings};

use crate::access::Access;
use crate::api::is_function_name;
use crate::app::{App, BODY_BUDGET};
use crate::changes::Changes;
use crate::clock::Clock;
use crate::credential::Credential;
use crate::emulator::Emulator;
use crate::error::StartError;
use crate::events::{EventLimits, Events};
use crate::faults::{Faults, RateLimit};
#[cfg(unix)]
use crate::function::Attached;
use crate::function::{Closure, Debugging, Event, FunctionError, FunctionLimits, Functions, Reply};
use crate::journal::Journal;
use crate::observe::{Observation, Observer};

/// Bytes of events that may wait or run.
const QUEUED_BYTES: usize = 64 * 1024 * 1024;

/// Settings of an emulator; made by [`Emulator::builder`].
///
/// Every setting has a default: a free port on 127.0.0.1, the development
/// credential, no functions, three seconds for a function to answer.
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    addr: SocketAddr,
    allow_remote: bool,
    credentials: Vec<Credential>,
    clock_offset_secs: i64,
    functions_dir: Option<PathBuf>,
    closures: HashMap<String, Closure>,
    default_timeout: Duration,
    max_instances: usize,
    idle_expiry: Duration,
    rate_limit: Option<usize>,
    hosts: Vec<String>,
    origins: Vec<String>,
    #[cfg(feature = "tls")]
    ca_file: Option<PathBuf>,
    grace: Duration,
    max_queued_events: usize,
    retry_minute: Duration,
    debug_ports: HashMap<String, Option<u16>>,
    #[cfg(unix)]
    elsewhere: HashMap<String, SocketAddr>,
    observer: Option<Observer>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            allow_remote: false,
            credentials: Vec::new(),
            clock_offset_secs: 0,
            functions_dir: None,
            closures: HashMap::new(),
            default_timeout: Duration::from_secs(3),
            max_instances: 16,
            idle_expiry: Duration::from_secs(60),
            rate_limit: None,
            hosts: Vec::new(),
            origins: Vec::new(),
            #[cfg(feature = "tls")]
            ca_file: None,
            grace: Duration::from_secs(10),
            max_queued_events: 10_000,
            retry_minute: Duration::from_secs(60),
            debug_ports: HashMap::new(),
            #[cfg(unix)]
            elsewhere: HashMap::new(),
            observer: None,
        }
    }

    /// Runs the functions in this folder, one in each of its subfolders.
    pub fn functions_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.functions_dir = Some(dir.into());
        self
    }

    /// Adds a function that is a closure. It goes before a folder of the same
    /// name. It may block; a panic in it is reported like an exception.
    ///
    /// ```
    /// # fn main() -> Result<(), scf_emulator::StartError> {
    /// use scf_emulator::{Emulator, FunctionError};
    ///
    /// let emulator = Emulator::builder()
    ///     .function("echo", |event| Ok(event.json()))
    ///     .function("fail", |_| Err::<String, _>(FunctionError::new("as asked")))
    ///     .start()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn function<F, R>(mut self, name: impl Into<String>, function: F) -> Self
    where
        F: Fn(Event) -> Result<R, FunctionError> + Send + Sync + 'static,
        R: Into<Reply>,
    {
        self.closures.insert(name.into(), Closure::new(function, false));
        self
    }

    /// Adds a function that is a closure and does not block. It runs on the thread that serves
    /// all connections, which takes less time than a [`function`](Self::function),
    /// for no thread has to wake up. After a run of more than 10 ms it runs as a `function`
    /// does, until a run is quick again.
    ///
    /// ```
    /// # fn main() -> Result<(), scf_emulator::StartError> {
    /// use scf_emulator::Emulator;
    ///
    /// let emulator = Emulator::builder().quick_function("hello", |_| Ok("hello")).start()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn quick_function<F, R>(mut self, name: impl Into<String>, function: F) -> Self
    where
        F: Fn(Event) -> Result<R, FunctionError> + Send + Sync + 'static,
        R: Into<Reply>,
    {
        self.closures.insert(name.into(), Closure::new(function, true));
        self
    }

    /// Listens on this address instead of a free port of 127.0.0.1.
    pub fn bind(mut self, addr: impl Into<SocketAddr>) -> Self {
        self.addr = addr.into();
        self
    }

    /// Allows an address that other machines can reach. Whoever reaches it and
    /// knows a key (the development key is public) runs the functions.
    pub fn allow_remote(mut self, allow: bool) -> Self {
        self.allow_remote = allow;
        self
    }

    /// Adds a key. The first takes the place of the development credential.
    pub fn credential(mut self, credential: Credential) -> Self {
        self.credentials.push(credential);
        self
    }

    /// Sets the emulator's clock wrong by so many seconds: its `Date` header,
    /// and the time within which it accepts a signature.
    pub fn clock_offset_secs(mut self, secs: i64) -> Self {
        self.clock_offset_secs = secs;
        self
    }

    /// Sets how long a function may take whose `function.json` does not say;
    /// three seconds by default, as in SCF. It holds for closures too, which
    /// cannot be stopped and run on after the caller has its reply.
    pub fn default_timeout(mut self, timeout: Duration) -> Self {
        self.default_timeout = timeout;
        self
    }

    /// Sets how many processes one function may have at once; 16 by default. A
    /// synchronous call beyond that fails with status 432, an event waits.
    pub fn max_instances(mut self, count: usize) -> Self {
        self.max_instances = count.clamp(1, 1024);
        self
    }

    /// Sets how long a process waits for a next call before it ends; 60 seconds by
    /// default.
    pub fn idle_expiry(mut self, time: Duration) -> Self {
        self.idle_expiry = time;
        self
    }

    /// Refuses calls beyond so many within a second, as the API does beyond
    /// 100; there is no limit by default.
    pub fn rate_limit(mut self, per_second: usize) -> Self {
        self.rate_limit = Some(per_second);
        self
    }

    /// Lets pages of this origin, such as `http://127.0.0.1:8000`, call the
    /// emulator and read its answers. There is none by default: the API answers
    /// no page of another origin, so that a page which calls it directly works
    /// in tests alone.
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origins.push(origin.into());
        self
    }

    /// Answers requests to this host too, which is not one of the loopback
    /// interface. A page can reach the emulator through a name of its own (DNS
    /// rebinding), so other names are refused.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.hosts.push(host.into());
        self
    }

    /// Serves https, with a certificate that is made now. Its CA is written to
    /// this file, for clients to trust. It stands for localhost, the names of
    /// the API and those of [`Builder::host`].
    #[cfg(feature = "tls")]
    pub fn tls(mut self, ca_file: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(ca_file.into());
        self
    }

    /// Sets how many events may wait or run at once; 10,000 by default, of 64 MiB
    /// together. More are refused, with `RequestLimitExceeded`.
    pub fn max_queued_events(mut self, count: usize) -> Self {
        self.max_queued_events = count;
        self
    }

    /// Sets how long a minute takes for an event that waits to run again. The API
    /// waits one minute after the first failure and two after the second.
    pub fn retry_minute(mut self, minute: Duration) -> Self {
        self.retry_minute = minute;
        self
    }

    /// Sets how long a stop by a [`ShutdownHandle`](crate::ShutdownHandle) waits for
    /// what runs; ten seconds by default. A drop waits for nothing.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Starts a Node.js function with `--inspect`, or a Python function under debugpy, so that a
    /// debugger can attach at this port of 127.0.0.1; by default that is 9229, or 5678.
    ///
    /// Such a function has one instance, in its folder itself so that breakpoints bind, and
    /// limits of neither time nor memory.
    pub fn debug(mut self, function_name: impl Into<String>, port: Option<u16>) -> Self {
        self.debug_ports.insert(function_name.into(), port);
        self
    }

    /// Does not start this function: it runs in a process of yours, in a debugger say, which
    /// speaks the custom runtime API at this loopback address; [`Emulator::runtime_apis`] has the
    /// port that port 0 stands for. Any process of this machine that asks there gets the
    /// function's events. There is no limit of time.
    ///
    /// ```
    /// # fn main() -> Result<(), scf_emulator::StartError> {
    /// use scf_emulator::Emulator;
    ///
    /// let emulator = Emulator::builder().run_elsewhere("hello", ([127, 0, 0, 1], 0)).start()?;
    /// let (name, addr) = &emulator.runtime_apis()[0];
    /// println!("SCF_RUNTIME_API={} SCF_RUNTIME_API_PORT={} ./{name}", addr.ip(), addr.port());
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(unix)]
    pub fn run_elsewhere(
        mut self,
        function_name: impl Into<String>,
        addr: impl Into<SocketAddr>,
    ) -> Self {
        self.elsewhere.insert(function_name.into(), addr.into());
        self
    }

    /// Calls this after each request, for a log or a test's count.
    pub fn observe(mut self, observer: impl Fn(&Observation) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Starts the emulator; it answers when this returns.
    ///
    /// # Errors
    ///
    /// An error where the folder or the address is not usable, or a name is wrong.
    pub fn start(self) -> Result<Emulator, StartError> {
        if !self.addr.ip().is_loopback() && !self.allow_remote {
            return Err(StartError::NotLoopback(self.addr));
        }
        if let Some(name) = self.closures.keys().find(|name| !is_function_name(name)) {
            return Err(StartError::FunctionName(name.clone()));
        }
        let origins: Result<Vec<Origin>, _> = self
            .origins
            .into_iter()
            .map(|text| text.parse().map_err(|_| StartError::Origin(text)))
            .collect();
        let access = Access::new(self.addr.ip().is_loopback(), &self.hosts, origins?);
        if let Some(dir) = &self.functions_dir {
            std::fs::read_dir(dir).map_err(|error| StartError::FunctionsDir(dir.clone(), error))?;
        }
        let mut credentials = self.credentials;
        if credentials.is_empty() {
            credentials.push(Credential::development());
        }
        let limits = FunctionLimits {
            timeout: self.default_timeout,
            max_instances: self.max_instances,
            idle_expiry: self.idle_expiry,
        };
        let changes = Changes::new();
        let debugging = Debugging {
            ports: self.debug_ports,
            #[cfg(unix)]
            attached: bind_all(self.elsewhere)?,
        };
        let (closures, dir) = (self.closures, self.functions_dir);
        let functions = Functions::new(closures, dir, limits, debugging, changes.clone());
        functions.check_debugged()?;
        // Functions call others with a key of their own.
        credentials.push(functions.host().credential.clone());
        let clock = Clock::default();
        clock.set_offset_secs(self.clock_offset_secs);
        let app = App {
            credentials,
            clock,
            faults: Faults::new(changes.clone()),
            rate_limit: self.rate_limit.map(RateLimit::new),
            access,
            functions,
            events: Events::new(EventLimits {
                count: self.max_queued_events,
                bytes: QUEUED_BYTES,
                minute: self.retry_minute,
                at_once: self.max_instances.saturating_sub(1).max(1),
            }),
            journal: Journal::new(changes.clone()),
            changes,
            observer: self.observer,
            body_limits: BodyLimits::default(),
            budget: Budget::new(BODY_BUDGET),
            page: OnceLock::new(),
        };
        let limits = Limits::default().with_grace(self.grace);
        let settings = Settings::new("scf-emulator").bind(self.addr).limits(limits);
        #[cfg(feature = "tls")]
        let settings = match self.ca_file {
            None => settings,
            Some(file) => {
                let year = crate::clock::year(Clock::default().now());
                match crate::tls::make(&file, &self.hosts, year) {
                    Ok(config) => settings.tls(config),
                    Err(error) => return Err(StartError::Tls(file, error)),
                }
            }
        };
        Emulator::run(settings, app)
    }
}

/// Takes the addresses of functions that run elsewhere.
#[cfg(unix)]
fn bind_all(
    elsewhere: HashMap<String, SocketAddr>,
) -> Result<HashMap<String, Arc<Attached>>, StartError> {
    let attached = elsewhere.into_iter().map(|(name, addr)| {
        if !is_function_name(&name) {
            return Err(StartError::FunctionName(name));
        }
        if !addr.ip().is_loopback() {
            return Err(StartError::NotLoopback(addr));
        }
        let attached = Attached::bind(addr).map_err(|error| StartError::Bind(addr, error))?;
        Ok((name, Arc::new(attached)))
    });
    attached.collect()
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("addr", &self.addr)
            .field("functions_dir", &self.functions_dir)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}
