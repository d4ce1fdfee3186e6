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

/// The log of one invocation. However much a function prints, it stays small.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunLog {
    live: Option<LiveLog>,
    head: String,
    output: Vec<u8>,
}

impl RunLog {
    pub(crate) fn start(request_id: &str) -> Self {
        Self {
            head: format!("START RequestId: {request_id}\nEvent RequestId: {request_id}\n"),
            ..Self::default()
        }
    }

    /// Shows the output to a reader too, while it arrives.
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

    /// Tells that an instance was started for this invocation.
    #[cfg(unix)]
    pub(crate) fn init_report(
        &mut self,
        request_id: &str,
        start: crate::function::ColdStart,
        memory_mb: u64,
        mem_usage: u64,
    ) {
        use std::fmt::Write;

        let (runtime, function) = (start.runtime.as_millis(), start.function.as_millis());
        let _ = writeln!(
            self.head,
            "Init Report RequestId: {request_id} Coldstart: {}ms (PullCode: 0ms InitRuntime: \
             {runtime}ms InitFunction: {function}ms) Memory: {memory_mb}MB MemUsage: {:.2}MB",
            runtime + function,
            megabytes(mem_usage)
        );
    }

    pub(crate) fn end(mut self, ended: &Ended<'_>) -> Log {
        if !self.output.is_empty() && !self.output.ends_with(b"\n") {
            self.output.push(b'\n');
        }
        let Ended { request_id, ret_msg, memory_mb, .. } = *ended;
        let result = shortened(ret_msg);
        let result = if ended.is_failure {
            format!("ERROR RequestId: {request_id} Result:{result}")
        } else {
            format!("Response RequestId:{request_id} RetMsg:{}", serde_json::Value::from(result))
        };
        let output = String::from_utf8_lossy(&self.output);
        Log(format!(
            "{}{output}{result}\nEND RequestId: {request_id}\nReport RequestId: {request_id} \
             Duration:{}ms Memory:{memory_mb}MB MemUsage:{:.4}MB\n",
            self.head,
            ended.duration.as_micros().div_ceil(1000),
            megabytes(ended.mem_usage)
        ))
    }
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

/// A finished log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(String);

impl Log {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Returns the last 4 KB, cut between characters.
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
    use super::{Ended, RunLog};
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
        let mut log = RunLog::start("X");
        log.push(b"hello");
        assert_eq!(
            log.clone().end(&ENDED).text(),
            "START RequestId: X\nEvent RequestId: X\nhello\n\
             Response RequestId:X RetMsg:\"\\\"hi\\\"\"\nEND RequestId: X\n\
             Report RequestId: X Duration:3000ms Memory:128MB MemUsage:16.7578MB\n"
        );
        let failed = log.end(&Ended { ret_msg: "{}", is_failure: true, ..ENDED });
        assert!(failed.text().contains("\nhello\nERROR RequestId: X Result:{}\nEND "));
    }

    #[test]
    fn stays_small_and_cuts_between_characters() {
        let mut log = RunLog::start("X");
        for _ in 0..100_000 {
            log.push("é".as_bytes());
        }
        let log = log.end(&Ended { ret_msg: &"é".repeat(1 << 20), ..ENDED });
        assert!(log.text().len() < 200_000);
        assert!(log.tail().len() <= 4096);
        assert!(log.tail().ends_with("MB\n"));
    }
}
