//! Ending calls from outside: one at a time, or all of a client.

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
#[cfg(feature = "tokio")]
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::Deadline;

/// Cancels calls from another thread or task.
///
/// A call that it ends has [`Error::Cancelled`](crate::Error::Cancelled), which
/// knows whether the function may have run. A reply that has come already is
/// not taken back. A clone cancels the same calls.
///
/// An asynchronous call ends at once. A blocking one that is still connecting
/// ends when the connection is there or its timeout has passed; nothing is sent
/// then.
///
/// ```no_run
/// use scf_invoke::{Canceller, Error};
///
/// let client = scf_invoke::Client::from_env("ap-guangzhou")?;
/// let canceller = Canceller::new();
/// let call = client.call("resize").canceller(&canceller);
/// let result = std::thread::scope(|scope| {
///     scope.spawn(|| canceller.cancel());
///     call.send()
/// });
/// if let Err(Error::Cancelled { delivery }) = result {
///     println!("the request is {}", delivery.as_str());
/// }
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Canceller(Arc<Calls>);

impl Canceller {
    /// Returns a canceller of no calls yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels the calls that it was given to. Those that begin later end at
    /// once.
    pub fn cancel(&self) {
        self.0.end();
        self.0.interrupt();
    }

    /// Returns whether it has cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.lock().is_ended
    }
}

/// The calls that something ends together: a canceller, or the client itself.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    state: Mutex<CallsState>,
    left: Condvar,
}

#[derive(Debug, Default)]
struct CallsState {
    /// No other call begins.
    is_ended: bool,
    running: BTreeMap<u64, Arc<Interrupt>>,
    /// The threads that wait until none is running: to wake nobody is a system call
    /// all the same.
    waiting: usize,
    /// The task that waits until none is running.
    #[cfg(feature = "tokio")]
    waker: Option<Waker>,
}

impl Calls {
    fn lock(&self) -> MutexGuard<'_, CallsState> {
        // Nothing is ever half changed under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets no other call begin.
    pub(crate) fn end(&self) {
        self.lock().is_ended = true;
    }

    /// Interrupts the calls in progress, and returns how many there are.
    pub(crate) fn interrupt(&self) -> usize {
        let running: Vec<_> = self.lock().running.values().cloned().collect();
        for interrupt in &running {
            interrupt.set();
        }
        running.len()
    }

    /// Waits until no call is in progress, or the deadline has passed.
    pub(crate) fn wait_until_empty(&self, deadline: Deadline) {
        let mut state = self.lock();
        while !state.running.is_empty() {
            let left = deadline.remaining().unwrap_or(Duration::MAX);
            if left.is_zero() {
                return;
            }
            state.waiting += 1;
            let waited = self.left.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.waiting -= 1;
        }
    }

    /// Is ready once no call is in progress.
    #[cfg(feature = "tokio")]
    pub(crate) fn poll_empty(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        if state.running.is_empty() {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }

    /// Takes a call, unless no other may begin.
    fn enter(&self, id: u64, interrupt: &Arc<Interrupt>) -> bool {
        let mut state = self.lock();
        if !state.is_ended {
            state.running.insert(id, Arc::clone(interrupt));
        }
        !state.is_ended
    }

    fn leave(&self, id: u64) {
        let mut state = self.lock();
        state.running.remove(&id);
        if !state.running.is_empty() {
            return;
        }
        if state.waiting > 0 {
            self.left.notify_all();
        }
        #[cfg(feature = "tokio")]
        if let Some(waker) = state.waker.take() {
            drop(state);
            waker.wake();
        }
    }
}

/// A call in progress, which its client and its canceller know until it is
/// dropped.
pub(super) struct Running<'e> {
    id: u64,
    pub(super) interrupt: Arc<Interrupt>,
    client: &'e Calls,
    canceller: Option<&'e Calls>,
}

impl<'e> Running<'e> {
    /// Begins a call; `None` where the client is closed.
    pub(super) fn begin(
        id: u64,
        client: &'e Calls,
        canceller: Option<&'e Canceller>,
    ) -> Option<Self> {
        let interrupt = Arc::new(Interrupt::default());
        if !client.enter(id, &interrupt) {
            return None;
        }
        let canceller = canceller.map(|canceller| &*canceller.0);
        let running = Self { id, interrupt, client, canceller };
        if canceller.is_some_and(|canceller| !canceller.enter(id, &running.interrupt)) {
            running.interrupt.set();
        }
        Some(running)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.client.leave(self.id);
        if let Some(canceller) = self.canceller {
            canceller.leave(self.id);
        }
    }
}

/// The end of one call from outside.
#[derive(Debug, Default)]
pub(crate) struct Interrupt {
    state: Mutex<InterruptState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct InterruptState {
    is_set: bool,
    /// What a blocking call waits for.
    socket: Option<Arc<TcpStream>>,
    /// The task of an asynchronous call.
    #[cfg(feature = "tokio")]
    waker: Option<Waker>,
}

impl Interrupt {
    fn lock(&self) -> MutexGuard<'_, InterruptState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self) {
        let mut state = self.lock();
        state.is_set = true;
        if let Some(socket) = &state.socket {
            // Then whoever reads or writes does not wait. One that is closed
            // already needs none.
            let _ = socket.shutdown(Shutdown::Both);
        }
        self.changed.notify_all();
        #[cfg(feature = "tokio")]
        if let Some(waker) = state.waker.take() {
            drop(state);
            waker.wake();
        }
    }

    pub(super) fn is_set(&self) -> bool {
        self.lock().is_set
    }

    /// Waits so long, or until it is set.
    pub(crate) fn sleep(&self, wait: Duration) {
        let state = self.lock();
        // That it was poisoned or timed out is all the same.
        drop(self.changed.wait_timeout_while(state, wait, |state| !state.is_set));
    }

    /// Shuts the socket when it is set, until the guard is dropped.
    pub(crate) fn arm(&self, socket: &Arc<TcpStream>) -> Armed<'_> {
        let mut state = self.lock();
        if state.is_set {
            let _ = socket.shutdown(Shutdown::Both);
        }
        state.socket = Some(Arc::clone(socket));
        Armed(self)
    }

    /// Is ready once it is set.
    #[cfg(feature = "tokio")]
    pub(crate) fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        if state.is_set {
            return Poll::Ready(());
        }
        match &mut state.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

/// A socket that an interrupt shuts.
pub(crate) struct Armed<'a>(&'a Interrupt);

impl Drop for Armed<'_> {
    fn drop(&mut self) {
        self.0.lock().socket = None;
    }
}
