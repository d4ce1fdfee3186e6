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
    /// The bytes of a character whose end is still to come, which the reader gets whole.
    begun: Vec<u8>,
    log: Log,
}

impl RunLog {
    /// Begins a log whose output a reader gets while it arrives.
    pub(crate) fn new(live: LiveLog) -> Self {
        Self { live: Some(live), ..Self::default() }
    }

    pub(crate) fn push(&mut self, output: &[u8]) {
        if output.is_empty() {
            return;
        }
        if let Some(LiveLog(reader)) = &self.live {
            let mut text = std::mem::take(&mut self.begun);
            text.extend_from_slice(output);
            self.begun = text.split_off(whole_characters(&text));
            if !text.is_empty() {
                reader(&String::from_utf8_lossy(&text));
            }
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
        if let Some(LiveLog(reader)) = &self.live
            && !self.begun.is_empty()
        {
            reader(&String::from_utf8_lossy(&self.begun));
        }
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

/// Returns the length of a text without the last character, if that is not whole.
fn whole_characters(text: &[u8]) -> usize {
    let begins = |byte: &u8| byte & 0b1100_0000 != 0b1000_0000;
    let Some(back) = text.iter().rev().take(4).position(begins) else { return text.len() };
    let begin = text.len() - 1 - back;
    let bytes = match text[begin] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    if back + 1 < bytes { begin } else { text.len() }
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
    use super::{Ended, LiveLog, RunLog, tail};
    use std::sync::{Arc, Mutex};
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
    fn a_reader_gets_characters_whole_however_they_arrive() {
        let seen = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&seen);
        let mut log = RunLog::new(LiveLog::new(move |text| kept.lock().unwrap().push_str(text)));
        let output = "é云😀\u{0}".bytes().chain([0xff, b'x', 0x80, 0x80, 0x80, 0x80, 0xe4, 0xba]);
        for byte in output {
            log.push(&[byte]);
        }
        log.end();
        let four = "\u{fffd}".repeat(4);
        assert_eq!(*seen.lock().unwrap(), format!("é云😀\0\u{fffd}x{four}\u{fffd}"));
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
