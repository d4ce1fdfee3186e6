//! The outcome of a request, for a log.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::http::request::Parts;

use crate::check;
use crate::refusal::{Reason, Refusal};
use crate::upload::Upload;

/// Longer ones are cut in a log.
const PATH_SHOWN: usize = 100;

/// The outcome of one request. It holds nothing that is secret: no header but the
/// action, no query and no body. It is displayed as a line of a log.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Observation {
    /// The client's address.
    pub client: IpAddr,
    /// The request's method.
    pub method: String,
    /// The request's path, without a query; a long one is cut, and U+FFFD stands
    /// for each control character.
    pub path: String,
    /// `Invoke` or `InvokeFunction`, where it is one of them.
    pub action: Option<&'static str>,
    /// The status of the response, if there was one.
    pub status: Option<u16>,
    /// The way in which it ended.
    pub outcome: Outcome,
    /// Bytes of the client's body that were passed on.
    pub sent: u64,
    /// Bytes of the body that the client got.
    pub received: u64,
    /// From the request's head to the end of the response.
    pub duration: Duration,
}

/// The ways in which a request ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The endpoint's response was passed on, whole.
    Relayed,
    /// The endpoint's response broke off after its beginning was passed on.
    Cut,
    /// The client went away before the end of its response.
    ClientGone,
    /// A preflight was answered.
    Preflight,
    /// A file of the page was asked for.
    Page,
    /// The relay answered by itself.
    Own {
        /// Why.
        reason: Reason,
        /// The message, with its cause, which the client does not get.
        detail: String,
    },
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.client, self.method, self.path)?;
        if let Some(action) = self.action {
            write!(f, " {action}")?;
        }
        match self.status {
            Some(status) => write!(f, " {status}")?,
            None => f.write_str(" -")?,
        }
        match &self.outcome {
            Outcome::Relayed => f.write_str(" relayed")?,
            Outcome::Cut => f.write_str(" cut by the endpoint")?,
            Outcome::ClientGone => f.write_str(" client gone")?,
            Outcome::Preflight => f.write_str(" preflight")?,
            Outcome::Page => f.write_str(" page")?,
            Outcome::Own { reason, .. } => write!(f, " {}", reason.code())?,
        }
        let millis = self.duration.as_secs_f64() * 1e3;
        write!(f, " {millis:.1} ms, {} B sent, {} B received", self.sent, self.received)?;
        match &self.outcome {
            Outcome::Own { detail, .. } => write!(f, ": {detail}"),
            _ => Ok(()),
        }
    }
}

/// A URL can have the control characters above ASCII, which some terminals obey.
fn visible(char: char) -> char {
    if char.is_control() { char::REPLACEMENT_CHARACTER } else { char }
}

pub(crate) type Observer = Arc<dyn Fn(&Observation) + Send + Sync>;

/// An observation in the making, which the observer gets when it is dropped: at
/// the end of the response, or when nobody is there to take it.
pub(crate) struct Entry {
    observer: Option<Observer>,
    seen: Observation,
    upload: Option<Upload>,
    started: Instant,
}

impl Entry {
    pub(crate) fn new(observer: Option<Observer>, head: &Parts, client: IpAddr) -> Self {
        let seen = Observation {
            client,
            method: head.method.as_str().chars().take(16).collect(),
            path: head.uri.path().chars().take(PATH_SHOWN).map(visible).collect(),
            action: check::action(head),
            status: None,
            outcome: Outcome::ClientGone,
            sent: 0,
            received: 0,
            duration: Duration::ZERO,
        };
        Self { observer, seen, upload: None, started: Instant::now() }
    }

    pub(crate) fn status(&mut self, status: u16) {
        self.seen.status = Some(status);
    }

    pub(crate) fn outcome(&mut self, outcome: Outcome) {
        self.seen.outcome = outcome;
    }

    pub(crate) fn refused(&mut self, refusal: &Refusal) {
        self.outcome(Outcome::Own { reason: refusal.reason, detail: refusal.detail() });
    }

    /// Counts what is passed on of this body, to the end.
    pub(crate) fn watch(&mut self, upload: &Upload) {
        self.upload = Some(upload.clone());
    }

    pub(crate) fn received(&mut self, bytes: usize) {
        self.seen.received += bytes as u64;
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            self.seen.duration = self.started.elapsed();
            self.seen.sent = self.upload.as_ref().map_or(0, Upload::passed);
            observer(&self.seen);
        }
    }
}
