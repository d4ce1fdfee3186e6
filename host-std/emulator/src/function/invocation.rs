//! A function that was found, and one run of it.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

#[cfg(unix)]
use super::attached::Attached;
use super::closure::Closure;
use super::config::Config;
#[cfg(unix)]
use super::config::LATEST;
#[cfg(not(unix))]
use super::elsewhere::Folder;
#[cfg(unix)]
use super::folder::Folder;
use super::outcome::EVENT_LIMIT;
use super::{Event, Failure, Outcome, Responder};
use crate::api::Call;
#[cfg(unix)]
use crate::api::REGION;
use crate::error::ApiError;
use crate::id::RequestId;
use crate::log::{LiveLog, RunLog};

/// Takes the number of the instance that runs an invocation, and how long it took to start
/// if it was started for that.
pub(crate) type Placed = dyn Fn(u64, Option<Duration>) + Send + Sync;

/// A function that was found, ready to run once.
pub(crate) struct Invocation {
    pub(super) code: Code,
    pub(super) config: Arc<Config>,
    /// The version that the qualifier stands for.
    pub(super) version: Cow<'static, str>,
    pub(super) call: Arc<Call>,
    pub(super) request_id: RequestId,
    pub(super) responder: Option<Responder>,
}

/// The ways in which a function runs.
pub(super) enum Code {
    Closure(Closure),
    Folder(Arc<Folder>),
    #[cfg(unix)]
    Attached(Arc<Attached>),
}

#[cfg(unix)]
impl Code {
    pub(super) fn as_folder(&self) -> Option<&Folder> {
        if let Self::Folder(folder) = self { Some(folder) } else { None }
    }
}

/// One run to be made.
pub(super) struct Order<'a> {
    pub(super) function_name: &'a str,
    pub(super) version: &'a str,
    pub(super) region: &'a str,
    pub(super) trigger: Option<&'static str>,
    pub(super) synchronous: bool,
    pub(super) placed: &'a Placed,
    pub(super) request_id: &'a str,
    pub(super) event: String,
    /// Takes the response of a web function.
    pub(super) responder: Option<Responder>,
}

impl<'a> Order<'a> {
    /// Returns the order for which an instance starts before there is a call.
    #[cfg(unix)]
    pub(super) fn first(function_name: &'a str) -> Self {
        Self {
            function_name,
            version: LATEST,
            region: REGION,
            trigger: None,
            synchronous: true,
            placed: &|_, _| (),
            request_id: "",
            event: String::new(),
            responder: None,
        }
    }
}

/// The end of one run.
pub(super) struct Run {
    pub(super) result: Result<String, Failure>,
    pub(super) mem_usage: u64,
    pub(super) duration: Duration,
    /// It was answered before it ended, and its figures are not known.
    pub(super) is_early: bool,
}

impl Run {
    pub(super) fn not_started(failure: Failure) -> Self {
        Self { result: Err(failure), mem_usage: 0, duration: Duration::ZERO, is_early: false }
    }
}

impl Invocation {
    /// Returns the `FunctionRequestId`, known before the function runs.
    pub(crate) fn request_id(&self) -> RequestId {
        self.request_id
    }

    /// Returns the call that it answers.
    pub(crate) fn call(&self) -> &Arc<Call> {
        &self.call
    }

    /// Returns whether it runs at once and on the thread that asks for it.
    pub(crate) fn is_quick(&self) -> bool {
        matches!(&self.code, Code::Closure(closure) if closure.is_quick())
    }

    /// Runs under this id, as an event does that is run again.
    pub(crate) fn with_request_id(mut self, request_id: RequestId) -> Self {
        self.request_id = request_id;
        self
    }

    /// Sends the response of a web function there.
    pub(crate) fn with_responder(mut self, responder: Option<Responder>) -> Self {
        self.responder = responder;
        self
    }

    /// Runs the function to its end, shows its log as it comes, and says which instance runs
    /// it as soon as that is known.
    pub(crate) async fn run(self, live: LiveLog, placed: &Placed) -> Result<Outcome, ApiError> {
        let Self { code, config, version, call, request_id, responder } = self;
        let event = call.event.as_deref().unwrap_or("{}");
        let mut log = RunLog::new(live);
        let order = || Order {
            function_name: &call.function_name,
            version: &version,
            region: &call.region,
            trigger: call.trigger,
            synchronous: call.synchronous,
            placed,
            request_id: &request_id,
            event: event.to_owned(),
            responder,
        };
        let refused = match call.failure {
            Some(status) => Some(Failure::Asked(status)),
            None => (event.len() > EVENT_LIMIT).then_some(Failure::EventTooLarge(event.len())),
        };
        let run = match (refused, code) {
            (Some(failure), _) => Run::not_started(failure),
            (None, Code::Closure(closure)) => {
                let event = Event::new(Arc::clone(&call), request_id);
                let (result, duration) = closure.run(event.clone(), config.timeout).await;
                log.push(&event.printed());
                Run { result, mem_usage: 0, duration, is_early: false }
            }
            // Its state is large, and a closure's run would have room for it too.
            (None, Code::Folder(folder)) => {
                Box::pin(folder.run(&config, order(), &mut log)).await?
            }
            #[cfg(unix)]
            (None, Code::Attached(attached)) => Box::pin(attached.run(&config, order())).await,
        };
        let Run { result, mem_usage, duration, is_early } = run;
        let outcome = Outcome::new(request_id, result, mem_usage, duration, log, config.memory_mb);
        Ok(if is_early { outcome.early() } else { outcome })
    }
}
