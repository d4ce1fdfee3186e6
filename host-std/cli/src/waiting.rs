//! What a call is waiting for, shown on a terminal while it takes long.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::terminal::harmless;

/// A call that ends sooner is not worth a word; also the time between words.
const PATIENCE: Duration = Duration::from_secs(1);

/// Goes to the start of the line and empties it.
const ERASE: &str = "\r\x1b[K";

/// The step that the call is at, told by the client.
pub(crate) struct Progress(Mutex<scf_invoke::Progress>);

impl Progress {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(scf_invoke::Progress::Connecting)))
    }

    pub(crate) fn step(&self, step: scf_invoke::Progress) {
        *self.lock() = step;
    }

    fn lock(&self) -> MutexGuard<'_, scf_invoke::Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows the progress until it is dropped; then it is erased.
pub(crate) struct Shown {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Shown {
    /// Shows nothing unless standard error is a terminal.
    pub(crate) fn start(progress: &Arc<Progress>, whom: &str) -> Self {
        let nothing = Self { stop: None, thread: None };
        if !io::stderr().is_terminal() {
            return nothing;
        }
        let (stop, stopped) = mpsc::channel::<()>();
        let progress = Arc::clone(progress);
        let whom = harmless(whom).into_owned();
        let show = move || show(&progress, &whom, &stopped);
        match thread::Builder::new().name("scf-progress".into()).spawn(show) {
            Ok(thread) => Self { stop: Some(stop), thread: Some(thread) },
            Err(_) => nothing,
        }
    }
}

fn show(progress: &Progress, whom: &str, stopped: &mpsc::Receiver<()>) {
    let start = Instant::now();
    let mut line = String::new();
    while stopped.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
        let step = *progress.lock();
        line.clear();
        let seconds = start.elapsed().as_secs();
        let _ = write!(line, "{ERASE}scf: {whom}: {step}, {seconds} s");
        let _ = io::stderr().write_all(line.as_bytes());
    }
    if !line.is_empty() {
        let _ = io::stderr().write_all(ERASE.as_bytes());
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
