//! The count of all the events by their endings.

use std::fmt::{self, Write as _};
use std::time::{Duration, Instant};

use scf_invoke::Delivery;

use crate::error::CommandError;

/// The most lines that are named of an outcome.
const NAMED: usize = 20;

/// The ways in which an event ends, from the best to the worst.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It succeeded, or was accepted.
    Succeeded,
    /// An earlier run of the command had its result.
    DoneBefore,
    /// The function ran and failed, or its result is lost.
    Failed,
    /// It is no event, and was not sent.
    Invalid,
    /// It was not executed.
    NotRun,
    /// It may have run.
    Unknown,
}

const ENDINGS: [(Ending, &str); 6] = [
    (Ending::Succeeded, "succeeded"),
    (Ending::DoneBefore, "done before"),
    (Ending::Failed, "failed"),
    (Ending::Invalid, "invalid, not sent"),
    (Ending::NotRun, "not run"),
    (Ending::Unknown, "may have run"),
];

impl Ending {
    pub(super) fn of(error: &CommandError) -> Self {
        match error.delivery() {
            None => Self::Invalid,
            Some(Delivery::NotSent | Delivery::Refused) => Self::NotRun,
            Some(Delivery::Unknown) => Self::Unknown,
            Some(Delivery::Executed) => Self::Failed,
        }
    }
}

/// The count of each ending.
pub(super) struct Summary {
    started: Instant,
    counts: [u64; ENDINGS.len()],
    /// The first lines that may have run.
    unknown: Vec<u64>,
    /// The exit code of the worst event.
    pub(super) code: u8,
}

impl Summary {
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), counts: Default::default(), unknown: vec![], code: 0 }
    }

    pub(super) fn add(&mut self, line: u64, ending: Ending, code: u8) {
        self.counts[ending as usize] += 1;
        self.code = self.code.max(code);
        if ending == Ending::Unknown && self.unknown.len() < NAMED {
            self.unknown.push(line);
        }
    }

    fn count(&self, ending: Ending) -> u64 {
        self.counts[ending as usize]
    }

    /// Returns the number of events that this run sent or tried to.
    fn tried(&self) -> u64 {
        self.counts.iter().sum::<u64>() - self.count(Ending::DoneBefore)
    }

    fn rate(&self) -> f64 {
        self.tried() as f64 / self.started.elapsed().as_secs_f64().max(0.001)
    }

    /// Returns the line that is shown meanwhile; `done` is the part of the
    /// input that is done, where its size is known.
    pub(super) fn progress(&self, done: Option<f64>) -> String {
        let bad = self.tried() - self.count(Ending::Succeeded);
        let mut line = format!(
            "tscf: {} done, {bad} failed, {:.1}/s",
            self.tried() + self.count(Ending::DoneBefore),
            self.rate()
        );
        if let Some(done) = done.filter(|done| *done > 0.0) {
            let left = self.started.elapsed().as_secs_f64() * (1.0 - done) / done;
            let _ = write!(line, ", {:.0} %, {} left", done * 100.0, Clock(left));
        }
        line
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.started.elapsed().as_secs_f64();
        write!(f, "tscf: {} events in {seconds:.1} s, {:.1}/s", self.tried(), self.rate())?;
        for (ending, words) in ENDINGS {
            let count = self.count(ending);
            if count > 0 {
                write!(f, "\n  {count:>9}  {words}")?;
            }
        }
        if !self.unknown.is_empty() {
            let more = self.count(Ending::Unknown) as usize > self.unknown.len();
            write!(f, ": {}", Lines(&self.unknown, more))?;
        }
        Ok(())
    }
}

/// The numbers of some lines.
pub(super) struct Lines<'a>(pub(super) &'a [u64], pub(super) bool);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.len() == 1 && !self.1 { "line " } else { "lines " })?;
        for (index, line) in self.0.iter().enumerate() {
            write!(f, "{}{line}", if index == 0 { "" } else { ", " })?;
        }
        f.write_str(if self.1 { " and more" } else { "" })
    }
}

/// A time as people say it.
struct Clock(f64);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = Duration::try_from_secs_f64(self.0).unwrap_or(Duration::MAX).as_secs();
        match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
            (0, 0, s) => write!(f, "{s} s"),
            (0, m, s) => write!(f, "{m} min {s} s"),
            (h, m, _) => write!(f, "{h} h {m} min"),
        }
    }
}
