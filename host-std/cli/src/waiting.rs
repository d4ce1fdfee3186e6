//! The step that a call is at, shown on a terminal while it takes long.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use scf_invoke::{Delivery, Progress};

use crate::terminal::{harmless, obeys_sequences};

/// A call that ends sooner is not worth a word; also the time between words.
const PATIENCE: Duration = Duration::from_secs(1);

/// Goes to the start of the line and empties it.
const ERASE: &str = "\r\x1b[K";

/// The step that the call is at, as the client reports it.
pub(crate) struct Waiting(Mutex<State>);

struct State {
    step: Progress,
    has_reply: bool,
    is_shown: bool,
    is_frozen: bool,
}

impl Waiting {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            step: Progress::Connecting,
            has_reply: false,
            is_shown: false,
            is_frozen: false,
        })))
    }

    pub(crate) fn step(&self, step: Progress) {
        self.lock().step = step;
    }

    /// Notes that the call has ended with a reply.
    pub(crate) fn has_reply(&self) {
        self.lock().has_reply = true;
    }

    /// Returns what is known of the function if the program ends now.
    pub(crate) fn delivery(&self) -> Delivery {
        let state = self.lock();
        match state.step {
            _ if state.has_reply => Delivery::Executed,
            Progress::Connecting | Progress::Retrying { .. } => Delivery::NotSent,
            _ => Delivery::Unknown,
        }
    }

    /// Erases the line, and shows no other.
    pub(crate) fn freeze(&self) {
        let mut state = self.lock();
        state.is_frozen = true;
        state.erase();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn show(&mut self, line: &str) {
        if !self.is_frozen {
            self.is_shown = true;
            let _ = io::stderr().write_all(line.as_bytes());
        }
    }

    fn erase(&mut self) {
        if self.is_shown {
            self.is_shown = false;
            let _ = io::stderr().write_all(ERASE.as_bytes());
        }
    }
}

/// Shows the step until it is dropped; then it is erased.
pub(crate) struct Shown {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Shown {
    /// Shows nothing unless standard error is a terminal that can erase it.
    pub(crate) fn start(waiting: &Arc<Waiting>, whom: &str) -> Self {
        let nothing = Self { stop: None, thread: None };
        if !io::stderr().is_terminal() || !obeys_sequences() {
            return nothing;
        }
        let (stop, stopped) = mpsc::channel::<()>();
        let waiting = Arc::clone(waiting);
        let whom = harmless(whom).into_owned();
        let show = move || show(&waiting, &whom, &stopped);
        match thread::Builder::new().name("tscf-waiting".into()).spawn(show) {
            Ok(thread) => Self { stop: Some(stop), thread: Some(thread) },
            Err(_) => nothing,
        }
    }
}

fn show(waiting: &Waiting, whom: &str, stopped: &mpsc::Receiver<()>) {
    let start = Instant::now();
    let mut line = String::new();
    while stopped.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
        let mut state = waiting.lock();
        line.clear();
        let seconds = start.elapsed().as_secs();
        let _ = write!(line, "{ERASE}tscf: {whom}: {}, {seconds} s", state.step);
        state.show(&line);
    }
    waiting.lock().erase();
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
