//! The output of a function, in the form of SCF's log.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The most of a function's output that is kept, its end.
const KEPT: usize = 64 * 1024;
/// The part of the log that a caller gets.
const TAIL: usize = 4 * 1024;
/// The part of a result that the log repeats.
const RESULT: usize = 1024;

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

/// The log of one invocation while it runs. However much a function prints, it stays small.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunLog {
    live: Option<LiveLog>,
    log: Log,
}

impl RunLog {
    /// Begins a log whose output a reader gets while it arrives.
    pub(crate) fn new(live: LiveLog) -> Self {
        Self { live: Some(live), log: Log::default() }
    }

    pub(crate) fn push(&mut self, output: &[u8]) {
        if output.is_empty() {
            return;
        }
        if let Some(LiveLog(reader)) = &self.live {
            reader(&String::from_utf8_lossy(output));
        }
        let kept = &mut self.log.output;
        kept.extend_from_slice(output);
        // Cut only now and then, so that much output is not moved each time.
        if kept.len() > 2 * KEPT {
            kept.drain(..kept.len() - KEPT);
        }
    }

    /// Tells that an instance was started for this invocation.
    #[cfg(unix)]
    pub(crate) fn init_report(
        &mut self,
        request_id: &str,
        start: crate::function::ColdStart,
        memory_mb: u64,
        mem_usage: u64,
    ) {
        let (runtime, function) = (start.runtime.as_millis(), start.function.as_millis());
        self.log.init_report = format!(
            "Init Report RequestId: {request_id} Coldstart: {}ms (PullCode: 0ms InitRuntime: \
             {runtime}ms InitFunction: {function}ms) Memory: {memory_mb}MB MemUsage: {:.2}MB\n",
            runtime + function,
            megabytes(mem_usage)
        );
    }

    pub(crate) fn end(self) -> Log {
        self.log
    }
}

/// The log of an invocation that has ended, without what its outcome has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    /// The line about the start of an instance, where there was one.
    init_report: String,
    output: Vec<u8>,
}

impl Log {
    /// Returns the bytes that it takes.
    pub(crate) fn size(&self) -> usize {
        self.init_report.len() + self.output.len()
    }

    /// Returns the whole text.
    pub(crate) fn text(&self, ended: &Ended<'_>) -> String {
        let Ended { request_id, ret_msg, memory_mb, .. } = *ended;
        let output = String::from_utf8_lossy(&self.output);
        let line_end = if output.is_empty() || output.ends_with('\n') { "" } else { "\n" };
        let result = shortened(ret_msg);
        let result = if ended.is_failure {
            format!("ERROR RequestId: {request_id} Result:{result}")
        } else {
            format!("Response RequestId:{request_id} RetMsg:{}", serde_json::Value::from(result))
        };
        format!(
            "START RequestId: {request_id}\nEvent RequestId: {request_id}\n{}{output}{line_end}\
             {result}\nEND RequestId: {request_id}\nReport RequestId: {request_id} \
             Duration:{}ms Memory:{memory_mb}MB MemUsage:{:.4}MB\n",
            self.init_report,
            ended.duration.as_micros().div_ceil(1000),
            megabytes(ended.mem_usage)
        )
    }
}

/// Returns the last 4 KB of a log, cut between characters.
pub(crate) fn tail(log: &str) -> &str {
    let mut from = log.len().saturating_sub(TAIL);
    while !log.is_char_boundary(from) {
        from += 1;
    }
    &log[from..]
}

/// The end of an invocation, for its log.
pub(crate) struct Ended<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) ret_msg: &'a str,
    pub(crate) is_failure: bool,
    pub(crate) duration: Duration,
    pub(crate) memory_mb: u64,
    pub(crate) mem_usage: u64,
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// Returns the start of a long result, so that a log is not full of it.
fn shortened(result: &str) -> &str {
    let mut end = result.len().min(RESULT);
    while !result.is_char_boundary(end) {
        end -= 1;
    }
    &result[..end]
}

#[cfg(test)]
mod tests {
    use super::{Ended, RunLog, tail};
    use std::time::Duration;

    const ENDED: Ended<'_> = Ended {
        request_id: "X",
        ret_msg: "\"hi\"",
        is_failure: false,
        duration: Duration::from_millis(3000),
        memory_mb: 128,
        mem_usage: 17_571_840,
    };

    #[test]
    fn lines_of_a_success_and_of_a_failure() {
        let mut log = RunLog::default();
        log.push(b"hello");
        assert_eq!(
            log.clone().end().text(&ENDED),
            "START RequestId: X\nEvent RequestId: X\nhello\n\
             Response RequestId:X RetMsg:\"\\\"hi\\\"\"\nEND RequestId: X\n\
             Report RequestId: X Duration:3000ms Memory:128MB MemUsage:16.7578MB\n"
        );
        let failed = log.end().text(&Ended { ret_msg: "{}", is_failure: true, ..ENDED });
        assert!(failed.contains("\nhello\nERROR RequestId: X Result:{}\nEND "));
    }

    #[test]
    fn stays_small_and_cuts_between_characters() {
        let mut log = RunLog::default();
        for _ in 0..100_000 {
            log.push("é".as_bytes());
        }
        let log = log.end().text(&Ended { ret_msg: &"é".repeat(1 << 20), ..ENDED });
        assert!(log.len() < 200_000);
        assert!(tail(&log).len() <= 4096);
        assert!(tail(&log).ends_with("MB\n"));
    }
}
