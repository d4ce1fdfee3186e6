//! Hooks: observers of a client's calls, for logs, metrics and traces.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use scf_invoke_core::attempt::Delivery;

#[cfg(feature = "tracing")]
use super::trace::CallSpan;
use super::{Passing, Progress};
use crate::{Error, Reply};

/// An observer of a client's calls. Every method does nothing by default.
///
/// The methods run on the thread of the call, and should not block it.
///
/// ```
/// use scf_invoke::{CallInfo, Client, Finished, Hook};
///
/// struct Log;
///
/// impl Hook for Log {
///     fn finished(&self, call: &CallInfo<'_>, end: &Finished<'_>) {
///         println!("{} took {:?}: {}", call.function_name, end.latency, end.delivery);
///     }
/// }
/// let builder = Client::builder().hook(Log);
/// ```
pub trait Hook: Send + Sync + 'static {
    /// Takes what a call is doing.
    fn progress(&self, call: &CallInfo<'_>, progress: Progress) {
        let _ = (call, progress);
    }

    /// Takes bytes of a request as they go out. They have its signature, and the
    /// token: keep them from logs.
    fn sent(&self, call: &CallInfo<'_>, bytes: &[u8]) {
        let _ = (call, bytes);
    }

    /// Takes bytes of a response as they come: status line, headers, body.
    fn received(&self, call: &CallInfo<'_>, bytes: &[u8]) {
        let _ = (call, bytes);
    }

    /// Takes the error of an attempt that is followed by another after `wait`.
    fn retry(&self, call: &CallInfo<'_>, error: &Error, wait: Duration) {
        let _ = (call, error, wait);
    }

    /// Takes the end of a call, which comes once for each, also where its
    /// future is dropped.
    fn finished(&self, call: &CallInfo<'_>, end: &Finished<'_>) {
        let _ = (call, end);
    }
}

/// A call, for a [`Hook`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallInfo<'a> {
    /// A number that no other call of this process has.
    pub id: u64,
    /// The function.
    pub function_name: &'a str,
    /// The region.
    pub region: &'a str,
    /// The moment at which the call began.
    pub started: Instant,
    /// The attempt being made, counted from 1.
    pub attempt: u32,
    /// The id that the call was given to be traced by.
    pub trace_id: Option<&'a str>,
}

/// The end of a call, for a [`Hook`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Finished<'a> {
    /// The reply or the error; `None` where the call's future was dropped.
    pub result: Option<Result<&'a Reply, &'a Error>>,
    /// The delivery of the request: whether the function may have run.
    pub delivery: Delivery,
    /// The time from the beginning of the call.
    pub latency: Duration,
    /// `true` where the last attempt used a connection that was open already.
    pub reused: bool,
}

/// A function is the hook that takes the progress alone.
pub(super) struct OnProgress<F>(pub(super) F);

impl<F: Fn(Progress) + Send + Sync + 'static> Hook for OnProgress<F> {
    fn progress(&self, _: &CallInfo<'_>, progress: Progress) {
        self.0(progress);
    }
}

/// A call in progress. If it is dropped before its end, the hooks learn
/// that it was cancelled.
pub(super) struct InProgress<'a> {
    hooks: &'a [Arc<dyn Hook>],
    pub(super) info: CallInfo<'a>,
    pub(super) reused: bool,
    #[cfg(feature = "tracing")]
    span: CallSpan,
    /// `true` once the whole request of the attempt may have been sent.
    sent: AtomicBool,
    ended: bool,
}

impl<'a> InProgress<'a> {
    pub(super) fn new(
        hooks: &'a [Arc<dyn Hook>],
        function_name: &'a str,
        region: &'a str,
        trace_id: Option<&'a str>,
    ) -> Self {
        static CALLS: AtomicU64 = AtomicU64::new(1);
        let id = CALLS.fetch_add(1, Ordering::Relaxed);
        let started = Instant::now();
        let info = CallInfo { id, function_name, region, started, attempt: 1, trace_id };
        Self {
            hooks,
            info,
            reused: false,
            #[cfg(feature = "tracing")]
            span: CallSpan::new(&info),
            sent: AtomicBool::new(false),
            ended: false,
        }
    }

    pub(super) fn progress(&self, progress: Progress) {
        if progress == Progress::Waiting {
            self.sent.store(true, Ordering::Relaxed);
        }
        #[cfg(feature = "tracing")]
        self.span.progress(progress);
        for hook in self.hooks {
            hook.progress(&self.info, progress);
        }
    }

    /// Tells of an exchange while it is carried.
    pub(super) fn passing(&self, passing: &Passing<'_>) {
        match passing {
            Passing::Step(step) => self.progress(*step),
            Passing::Sent(bytes) => self.hooks.iter().for_each(|hook| hook.sent(&self.info, bytes)),
            Passing::Received(bytes) => {
                self.hooks.iter().for_each(|hook| hook.received(&self.info, bytes));
            }
        }
    }

    /// Returns what is known of the function if the attempt ends now.
    pub(super) fn delivery(&self) -> Delivery {
        match self.sent.load(Ordering::Relaxed) {
            true => Delivery::Unknown,
            false => Delivery::NotSent,
        }
    }

    /// Says that another attempt follows, since this one was not executed.
    pub(super) fn again(&mut self, error: &Error, number: u32, wait: Duration) {
        self.sent.store(false, Ordering::Relaxed);
        #[cfg(feature = "tracing")]
        self.span.again(error, number, wait);
        for hook in self.hooks {
            hook.retry(&self.info, error, wait);
        }
        self.info.attempt = number;
        if !wait.is_zero() {
            self.progress(Progress::Retrying { attempt: number, wait });
        }
    }

    pub(super) fn end(mut self, result: &Result<Reply, Error>) {
        let delivery = match result {
            Ok(_) => Delivery::Executed,
            Err(error) => error.delivery(),
        };
        self.finish(Some(result.as_ref()), delivery);
    }

    fn finish(&mut self, result: Option<Result<&Reply, &Error>>, delivery: Delivery) {
        self.ended = true;
        let latency = self.info.started.elapsed();
        let end = Finished { result, delivery, latency, reused: self.reused };
        #[cfg(feature = "tracing")]
        self.span.finish(&end);
        for hook in self.hooks {
            hook.finished(&self.info, &end);
        }
    }
}

impl Drop for InProgress<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.finish(None, self.delivery());
        }
    }
}
