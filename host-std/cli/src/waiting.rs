//! The step that a call is at, shown on a terminal while it takes long.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use scf_invoke::{Delivery, Progress};

use crate::status_line::StatusLine;
use crate::terminal::harmless;

/// A call that ends sooner is not worth a word; also the time between words.
const PATIENCE: Duration = Duration::from_secs(1);

/// The step that the call is at, as the client reports it.
pub(crate) struct Waiting(Mutex<State>);

struct State {
    step: Progress,
    has_reply: bool,
    line: StatusLine,
}

impl Waiting {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            step: Progress::Connecting,
            has_reply: false,
            line: StatusLine::default(),
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
            Progress::Connecting | Progress::Securing | Progress::Retrying { .. } => {
                Delivery::NotSent
            }
            _ => Delivery::Unknown,
        }
    }

    /// Prints something else in place of the line.
    pub(crate) fn pause(&self, print: impl FnOnce()) {
        let mut state = self.lock();
        state.line.erase();
        print();
    }

    /// Erases the line, and shows no other.
    pub(crate) fn freeze(&self) {
        self.lock().line.freeze();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        if !StatusLine::is_possible() {
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
    while stopped.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
        let mut state = waiting.lock();
        let seconds = start.elapsed().as_secs();
        let text = format!("tscf: {whom}: {}, {seconds} s", state.step);
        state.line.show(&text);
    }
    waiting.lock().line.erase();
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
