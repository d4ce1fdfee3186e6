//! A function that runs in a process which its developer starts, in a debugger say. The process
//! speaks the runtime API at an address that is the same each time.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::Failure;
use super::config::Config;
use super::invocation::{Order, Run};
use super::runtime_api::RuntimeApi;

/// How long a call waits for the process to be there.
const PATIENCE: Duration = Duration::from_secs(60);

/// A function whose process is not the emulator's.
pub(crate) struct Attached {
    addr: SocketAddr,
    /// Until it is served.
    listener: Mutex<Option<TcpListener>>,
    api: OnceLock<RuntimeApi>,
    /// Held while an invocation runs: the process has one at a time.
    turn: tokio::sync::Mutex<()>,
}

impl Attached {
    /// Takes the address, so that it is known to be free.
    pub(crate) fn bind(addr: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(addr)?;
        listener.set_nonblocking(true)?;
        Ok(Self {
            addr: listener.local_addr()?,
            listener: Mutex::new(Some(listener)),
            api: OnceLock::new(),
            turn: tokio::sync::Mutex::default(),
        })
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Serves the runtime API, to whatever process asks.
    pub(super) fn serve(&self) {
        let listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Ok(api)) = listener.map(RuntimeApi::serve) {
            api.serve_all();
            let _ = self.api.set(api);
        }
    }

    /// Runs one invocation in the process. What it prints stays in its own terminal.
    pub(super) async fn run(&self, config: &Config, order: Order<'_>) -> Run {
        let _turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(_) if order.synchronous => return Run::not_started(Failure::Concurrency(1)),
            Err(_) => self.turn.lock().await,
        };
        let absent = || {
            Run::not_started(Failure::NotStarted(format!(
                "no process asks for events at {0}; start it with SCF_RUNTIME_API={1} and \
                 SCF_RUNTIME_API_PORT={2}",
                self.addr,
                self.addr.ip(),
                self.addr.port()
            )))
        };
        let Some(api) = self.api.get() else { return absent() };
        if tokio::time::timeout(PATIENCE, api.asks_for_work()).await.is_err() {
            return absent();
        }
        let started = Instant::now();
        let limit = config.timeout;
        let answer = api.give(order.request_id, order.event, config.memory_mb, limit.as_millis());
        let result = match tokio::time::timeout(limit, answer).await {
            Ok(Ok(answer)) => answer.result,
            Ok(Err(_)) => Err(Failure::Exited("it gave no answer".to_owned())),
            Err(_) => Err(Failure::TimedOut(limit)),
        };
        Run { result, mem_usage: 0, duration: started.elapsed(), is_early: false }
    }
}
