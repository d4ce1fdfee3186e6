//! What a function printed, in the form of SCF's log.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The most of a function's output that is kept, its end.
const KEPT: usize = 64 * 1024;
/// The part of the log that a caller gets.
const TAIL: usize = 4 * 1024;

/// Whoever reads a log while it is written.
#[derive(Clone)]
pub(crate) struct LiveLog(Arc<dyn Fn(&str) + Send + Sync>);

impl LiveLog {
    pub(crate) fn new(reader: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(reader))
    }
}

impl fmt::Debug for LiveLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LiveLog")
    }
}

/// The log of one invocation. However much a function prints, it stays small.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunLog {
    live: Option<LiveLog>,
    head: String,
    output: Vec<u8>,
    end: String,
}

impl RunLog {
    pub(crate) fn start(request_id: &str) -> Self {
        Self {
            head: format!("START RequestId: {request_id}\nEvent RequestId: {request_id}\n"),
            ..Self::default()
        }
    }

    /// Shows what comes to a reader too.
    pub(crate) fn live(mut self, live: LiveLog) -> Self {
        self.live = Some(live);
        self
    }

    pub(crate) fn push(&mut self, output: &[u8]) {
        if let Some(LiveLog(reader)) = &self.live
            && !output.is_empty()
        {
            reader(&String::from_utf8_lossy(output));
        }
        self.output.extend_from_slice(output);
        // Cut only now and then, so that much output is not moved each time.
        if self.output.len() > 2 * KEPT {
            self.output.drain(..self.output.len() - KEPT);
        }
    }

    pub(crate) fn end(
        mut self,
        request_id: &str,
        duration: Duration,
        memory_mb: u64,
        mem_usage: u64,
    ) -> Log {
        if !self.output.is_empty() && !self.output.ends_with(b"\n") {
            self.output.push(b'\n');
        }
        self.end = format!(
            "END RequestId: {request_id}\nReport RequestId: {request_id} Duration:{}ms \
             Memory:{memory_mb}MB MemUsage:{:.4}MB\n",
            duration.as_micros().div_ceil(1000),
            mem_usage as f64 / (1024.0 * 1024.0)
        );
        let output = String::from_utf8_lossy(&self.output);
        Log(format!("{}{output}{}", self.head, self.end))
    }
}

/// A finished log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(String);

impl Log {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// The last 4 KB, cut between characters.
    pub(crate) fn tail(&self) -> &str {
        let mut from = self.0.len().saturating_sub(TAIL);
        while !self.0.is_char_boundary(from) {
            from += 1;
        }
        &self.0[from..]
    }
}

#[cfg(test)]
mod tests {
    use super::RunLog;
    use std::time::Duration;

    #[test]
    fn lines() {
        let mut log = RunLog::start("X");
        log.push(b"hello");
        let log = log.end("X", Duration::from_millis(3000), 128, 17_571_840);
        assert_eq!(
            log.text(),
            "START RequestId: X\nEvent RequestId: X\nhello\nEND RequestId: X\n\
             Report RequestId: X Duration:3000ms Memory:128MB MemUsage:16.7578MB\n"
        );
    }

    #[test]
    fn stays_small_and_cuts_between_characters() {
        let mut log = RunLog::start("X");
        for _ in 0..100_000 {
            log.push("é".as_bytes());
        }
        let log = log.end("X", Duration::ZERO, 128, 0);
        assert!(log.text().len() < 200_000);
        assert!(log.tail().len() <= 4096);
        assert!(log.tail().ends_with("MB\n"));
    }
}
