//! A running server, and the thread that it owns.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::connection::{Shared, run};
use crate::erased::ErasedService;
use crate::limits::Limits;
use crate::service::Service;
use crate::shutdown::{ShutdownHandle, Stop, reached};
use crate::table::{Admission, Table};

/// The time for which blocking work, such as a name lookup, may hold up the end.
const BLOCKING_GRACE: Duration = Duration::from_millis(500);
/// The connections that may wait to be accepted.
const BACKLOG: u32 = 1024;
/// The wait where the system has no descriptor for a connection.
const DESCRIPTOR_WAIT: Duration = Duration::from_millis(10);

/// The address and the limits of a server.
#[derive(Clone)]
#[must_use]
pub struct Settings {
    name: &'static str,
    addr: SocketAddr,
    limits: Limits,
    #[cfg(feature = "tls")]
    tls: Option<Arc<tokio_rustls::rustls::ServerConfig>>,
}

impl Settings {
    /// Returns settings with a free port of 127.0.0.1 and the default limits. The
    /// name is that of the server's thread.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            limits: Limits::default(),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Sets the address to listen on; port 0 takes a free one.
    pub fn bind(mut self, addr: SocketAddr) -> Self {
        self.addr = addr;
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Serves https with this certificate and key.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, config: Arc<tokio_rustls::rustls::ServerConfig>) -> Self {
        self.tls = Some(config);
        self
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("name", &self.name)
            .field("addr", &self.addr)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// A server that did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    Bind(SocketAddr, io::Error),
    /// The server's thread could not be started.
    Thread(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind(addr, error) => write!(f, "cannot listen on {addr}: {error}"),
            Self::Thread(error) => write!(f, "cannot start the server's thread: {error}"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Bind(_, error) | Self::Thread(error) => Some(error),
        }
    }
}

/// A running server. It works on a thread of its own, so that synchronous code
/// and any asynchronous runtime can hold it. Dropped, it ends at once: thread
/// and connections are gone when the drop returns.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    scheme: &'static str,
    shutdown: ShutdownHandle,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Server {
    /// Starts a server; it answers when this returns.
    ///
    /// # Errors
    ///
    /// An error where the address cannot be listened on, or no thread started.
    pub fn start<S: Service>(settings: Settings, service: Arc<S>) -> Result<Self, StartError> {
        Self::start_erased(settings, service)
    }

    fn start_erased(
        settings: Settings,
        service: Arc<dyn ErasedService>,
    ) -> Result<Self, StartError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .thread_name(format!("{}-blocking", settings.name))
            .build()
            .map_err(StartError::Thread)?;
        let bind = |error| StartError::Bind(settings.addr, error);
        let listener = {
            let _within = runtime.enter();
            listen(settings.addr).map_err(bind)?
        };
        let addr = listener.local_addr().map_err(bind)?;
        let (shutdown, stop) = watch::channel(Stop::Serving);
        #[cfg(feature = "tls")]
        let scheme = if settings.tls.is_some() { "https" } else { "http" };
        #[cfg(not(feature = "tls"))]
        let scheme = "http";
        let shared = Arc::new(Shared {
            service: Arc::clone(&service),
            limits: settings.limits,
            #[cfg(feature = "tls")]
            tls: settings.tls.map(tokio_rustls::TlsAcceptor::from),
            stop,
        });
        let thread = std::thread::Builder::new()
            .name(settings.name.to_owned())
            .spawn(move || {
                runtime.block_on(serve(listener, shared));
                runtime.shutdown_timeout(BLOCKING_GRACE);
                service.ended();
            })
            .map_err(StartError::Thread)?;
        let shutdown = ShutdownHandle(shutdown);
        Ok(Self { addr, scheme, shutdown, thread: Mutex::new(Some(thread)) })
    }

    /// Returns the address that it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Returns the address as a URL, such as `http://127.0.0.1:9000`.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.addr)
    }

    /// Returns a handle that stops it, for another thread.
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

impl Drop for Server {
    fn drop(&mut self) {
        self.shutdown.shutdown_now();
        self.wait();
    }
}

/// Listens with room for as many connections that come at once as are served. Without it, the
/// system lets a client try again after a second.
fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A port whose last connections are still closing can be taken; on Windows, so could one in use.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    // Dropped on return, and the connections with it.
    let mut connections = JoinSet::new();
    let background = tokio::spawn(Arc::clone(&shared.service).background());
    accept(listener, &shared, &mut connections).await;
    background.abort();
    let mut stop = shared.stop.clone();
    let finished = async {
        tokio::join!(
            async { while connections.join_next().await.is_some() {} },
            shared.service.finish(),
        )
    };
    tokio::select! {
        _ = finished => {}
        () = tokio::time::sleep(shared.limits.grace) => {}
        () = reached(&mut stop, Stop::Now) => {}
    }
}

/// Accepts connections until a stop.
async fn accept(listener: TcpListener, shared: &Arc<Shared>, connections: &mut JoinSet<()>) {
    let table = Arc::new(Table::new(shared.limits));
    let mut stop = shared.stop.clone();
    // One that came while all places were taken.
    let mut held: Option<(TcpStream, SocketAddr)> = None;
    loop {
        let changed = table.changed();
        if let Some((stream, peer)) = held.take() {
            match table.admit(peer.ip()) {
                Admission::Admitted(ticket) => {
                    let place = Arc::clone(&ticket.place);
                    let task = connections.spawn(run(Arc::clone(shared), stream, peer, ticket));
                    place.served_by(task);
                }
                Admission::Full => held = Some((stream, peer)),
                Admission::PeerFull => drop(stream),
            }
        }
        tokio::select! {
            () = reached(&mut stop, Stop::Draining) => return,
            Some(_) = connections.join_next() => {}
            () = changed, if held.is_some() => {}
            accepted = listener.accept(), if held.is_none() => match accepted {
                Ok(accepted) => held = Some(accepted),
                // Out of file descriptors, most likely: some close soon.
                Err(_) => tokio::time::sleep(DESCRIPTOR_WAIT).await,
            },
        }
    }
}
