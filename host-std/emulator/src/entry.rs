//! A request as the journal keeps it. Thousands are kept and few are read, so an entry shares
//! what it can, and what a reader can work out is not in it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::api::Call;
use crate::error::ApiError;
use crate::fault::Fault;
use crate::function::Outcome;
use crate::id::RequestId;
use crate::record::{Record, RecordState};

/// The bytes of a log that are kept of a function that prints much.
const LOG: usize = 64 * 1024;

/// What is kept of a request; a [`Record`] says it to a reader.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) request_id: RequestId,
    /// Its headers, a line each.
    headers: String,
    /// What it asks for, once that is known.
    pub(crate) call: Option<Arc<Call>>,
    pub(crate) fault: Option<Fault>,
    pub(crate) state: RecordState,
    received: SystemTime,
    started: Option<SystemTime>,
    pub(crate) ended: Option<SystemTime>,
    pub(crate) function_request_id: Option<RequestId>,
    runs: u32,
    instance: Option<u64>,
    start_up: Option<Duration>,
    /// The outcome of its last run that has ended.
    outcome: Option<Arc<Outcome>>,
    /// What its function has printed; after the end that is a part of the outcome.
    printed: Option<String>,
    error: Option<ApiError>,
}

impl Entry {
    /// Begins the entry of a request with these headers.
    pub(crate) fn new(request_id: RequestId, headers: &[(&str, &str)]) -> Self {
        Self {
            request_id,
            headers: header_lines(headers),
            call: None,
            fault: None,
            state: RecordState::Received,
            received: SystemTime::now(),
            started: None,
            ended: None,
            function_request_id: None,
            runs: 0,
            instance: None,
            start_up: None,
            outcome: None,
            printed: None,
            error: None,
        }
    }

    /// Begins the entry of a call that came without a request of its own.
    pub(crate) fn of_call(request_id: RequestId, call: &Arc<Call>) -> Self {
        Self { call: Some(Arc::clone(call)), ..Self::new(request_id, &[]) }
    }

    pub(crate) fn function_name(&self) -> Option<&str> {
        self.call.as_deref().map(|call| call.function_name.as_str())
    }

    /// Returns whether this is the id of the request or of its run.
    pub(crate) fn has_id(&self, id: &str) -> bool {
        *self.request_id == *id || self.has_function_request_id(id)
    }

    pub(crate) fn has_function_request_id(&self, id: &str) -> bool {
        self.function_request_id.is_some_and(|own| *own == *id)
    }

    /// Notes that its function starts, for the first time or again.
    pub(crate) fn starts(&mut self, function_request_id: RequestId) {
        self.function_request_id = Some(function_request_id);
        self.state = RecordState::Running;
        self.started = Some(SystemTime::now());
        self.runs += 1;
        (self.instance, self.start_up, self.printed) = (None, None, None);
    }

    /// Notes which instance runs it, and how long that took to start if it was started for it.
    pub(crate) fn is_placed(&mut self, instance: u64, start_up: Option<Duration>) {
        (self.instance, self.start_up) = (Some(instance), start_up);
    }

    /// Adds what its function printed, and keeps the end of much.
    pub(crate) fn add_to_log(&mut self, text: &str) {
        let printed = self.printed.get_or_insert_default();
        printed.push_str(text);
        if printed.len() > 2 * LOG {
            let mut from = printed.len() - LOG;
            while !printed.is_char_boundary(from) {
                from += 1;
            }
            printed.drain(..from);
        }
    }

    /// Notes the outcome of a run.
    pub(crate) fn ends(&mut self, outcome: &Arc<Outcome>) {
        let succeeded = outcome.status == 200;
        self.state = if succeeded { RecordState::Succeeded } else { RecordState::Failed };
        self.ended = Some(SystemTime::now());
        if !outcome.is_early {
            self.printed = None;
        }
        self.outcome = Some(Arc::clone(outcome));
    }

    /// Notes that the API answered an error.
    pub(crate) fn answered(&mut self, error: &ApiError) {
        self.error = Some(error.clone());
        self.state = RecordState::Answered;
        self.ended = Some(SystemTime::now());
    }

    /// Returns the bytes that make an entry large.
    pub(crate) fn size(&self) -> usize {
        let event = self.call.as_deref().and_then(|call| call.event.as_ref());
        self.headers.len()
            + event.map_or(0, String::len)
            + self.outcome.as_deref().map_or(0, Outcome::size)
            + self.printed.as_ref().map_or(0, String::len)
    }

    /// Returns whether its last run has ended, with an outcome.
    fn has_ended(&self) -> bool {
        self.state != RecordState::Running && self.error.is_none()
    }

    /// Returns the log so far, or the whole one of a run that has ended.
    fn log(&self) -> String {
        match (&self.printed, &self.outcome) {
            (Some(printed), _) => printed.clone(),
            (None, Some(outcome)) if self.has_ended() => outcome.log(),
            (None, _) => String::new(),
        }
    }

    /// Says all of it to a reader.
    pub(crate) fn read(&self) -> Record {
        let lines = self.headers.lines().filter_map(|line| line.split_once(": "));
        let headers: Vec<(String, String)> =
            lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let header = |name: &str| {
            headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.clone())
        };
        let (call, outcome) = (self.call.as_deref(), self.outcome.as_deref());
        Record {
            request_id: self.request_id.to_string(),
            function_request_id: self.function_request_id.map(|id| id.to_string()),
            action: match call {
                Some(call) => Some(call.action.name().to_owned()),
                None => header("x-tc-action"),
            },
            function_name: call.map(|call| call.function_name.clone()),
            namespace: call.map(|call| call.namespace.to_string()),
            qualifier: call.map(|call| call.qualifier.to_string()),
            trigger: call.and_then(|call| call.trigger),
            synchronous: call.map(|call| call.synchronous),
            region: match call {
                Some(call) => Some(call.region.clone()),
                None => header("x-tc-region"),
            },
            event: call.and_then(|call| call.event.clone()),
            trace_id: header("x-tc-traceid"),
            fault: self.fault.clone(),
            state: self.state,
            received: Some(self.received),
            started: self.started,
            ended: self.ended,
            runs: self.runs,
            instance: self.instance,
            start_up: self.start_up,
            status: outcome.map(|outcome| outcome.status),
            duration: outcome.map_or(Duration::ZERO, |outcome| outcome.duration),
            memory_bytes: outcome.map_or(0, |outcome| outcome.mem_usage),
            result_text: outcome.map(|outcome| outcome.ret_msg.clone()),
            log: self.log(),
            error: self.error.clone(),
            headers,
        }
    }
}

/// Writes headers without what is secret in them. No value has a line break in it.
fn header_lines(headers: &[(&str, &str)]) -> String {
    let size = headers.iter().map(|(name, value)| name.len() + value.len() + 3).sum();
    let mut lines = String::with_capacity(size);
    for (name, value) in headers {
        let (shown, rest) = match *name {
            "x-tc-token" | "cookie" => ("", "…"),
            "authorization" => match value.rsplit_once('=') {
                Some((shown, _)) if shown.ends_with("Signature") => (shown, "=…"),
                _ => ("", "…"),
            },
            _ => (*value, ""),
        };
        for part in [name, ": ", shown, rest, "\n"] {
            lines.push_str(part);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::Entry;
    use crate::id::RequestId;

    #[test]
    fn an_entry_holds_no_secret() {
        let headers = [
            ("authorization", "TC3-HMAC-SHA256 Credential=a/b, Signature=abcdef"),
            ("x-tc-token", "abcdef"),
            ("x-tc-region", "ap-guangzhou"),
        ];
        let entry = Entry::new(RequestId::random(), &headers);
        let record = entry.read();
        assert_eq!(record.region.as_deref(), Some("ap-guangzhou"));
        assert_eq!(record.headers[2], ("x-tc-region".into(), "ap-guangzhou".into()));
        assert!(!format!("{entry:?} {record:?} {}", record.json(true)).contains("abcdef"));
    }
}
