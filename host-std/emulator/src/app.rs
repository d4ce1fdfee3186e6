//! The state that all requests share, and the run of a function for one.

use std::fmt;
use std::sync::{Arc, OnceLock};

use scf_serve::{BodyLimits, Budget};

use crate::access::Access;
use crate::changes::Changes;
use crate::clock::Clock;
use crate::credential::Credential;
use crate::error::ApiError;
use crate::events::Events;
use crate::faults::{Faults, RateLimit};
use crate::function::{Functions, Invocation, Outcome};
use crate::id::RequestId;
use crate::journal::Journal;
use crate::log::LiveLog;
use crate::observe::{Observation, ObservationKind, Observer};

/// The memory that the bodies of all requests share.
pub(crate) const BODY_BUDGET: u64 = 256 * 1024 * 1024;

/// All that a request needs.
pub(crate) struct App {
    pub(crate) credentials: Vec<Credential>,
    pub(crate) changes: Changes,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) access: Access,
    pub(crate) functions: Functions,
    pub(crate) events: Events,
    pub(crate) journal: Journal,
    pub(crate) observer: Option<Observer>,
    pub(crate) body_limits: BodyLimits,
    pub(crate) budget: Budget,
    /// The address of a page that shows the control interface.
    pub(crate) page: OnceLock<String>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

impl App {
    pub(crate) fn observe(
        &self,
        request_id: &str,
        function_name: Option<&str>,
        kind: ObservationKind,
    ) {
        if let Some(observer) = &self.observer {
            observer(&Observation {
                request_id: request_id.to_owned(),
                function_name: function_name.map(str::to_owned),
                kind,
            });
        }
    }

    pub(crate) fn observe_run(
        &self,
        request_id: &str,
        name: &str,
        run: &Result<Arc<Outcome>, ApiError>,
    ) {
        if self.observer.is_none() {
            return;
        }
        let kind = match run {
            Ok(outcome) => ObservationKind::Ran {
                status: outcome.status,
                duration: outcome.duration,
                mem_usage: outcome.mem_usage,
                log: outcome.log(),
            },
            Err(error) => ObservationKind::refused(error),
        };
        self.observe(request_id, Some(name), kind);
    }

    /// Runs a function to its end, records and observes it.
    pub(crate) async fn run(
        self: &Arc<Self>,
        invocation: Invocation,
        request_id: RequestId,
        number: u64,
    ) -> Result<Arc<Outcome>, ApiError> {
        let function_request_id = invocation.request_id();
        self.journal.update(number, |entry| entry.starts(function_request_id));
        let call = Arc::clone(invocation.call());
        let live = LiveLog::new({
            let (app, call) = (Arc::clone(self), Arc::clone(&call));
            move |text| {
                app.journal.log(number, &request_id, text);
                let kind = ObservationKind::Log { text: text.to_owned() };
                app.observe(&request_id, Some(&call.function_name), kind);
            }
        });
        let app = Arc::clone(self);
        let placed = move |instance, start_up| {
            app.journal.update(number, |entry| entry.is_placed(instance, start_up));
        };
        let run = invocation.run(live, &placed).await.map(Arc::new);
        self.journal.update(number, |entry| match &run {
            Ok(outcome) => entry.ends(outcome),
            Err(error) => entry.answered(error),
        });
        self.observe_run(&request_id, &call.function_name, &run);
        run
    }
}
