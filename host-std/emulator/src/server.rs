//! HTTP requests, from their heads to their responses.

use std::fmt;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use scf_serve::{BodyLimits, Budget, Connection, Cut, Service};

use crate::access::{Access, is_preflight};
use crate::clock::Clock;
use crate::credential::Credential;
use crate::error::ApiError;
use crate::exchange::exchange;
use crate::faults::{Faults, RateLimit};
use crate::function::{Functions, Outcome};
use crate::observe::{Observation, ObservationKind, Observer};
use crate::response::{ResponseBody, error_body, respond, whole};

/// The part of a response's head that a page may read.
const EXPOSED: &str = "Date";
/// The memory that the bodies of all requests share.
pub(crate) const BODY_BUDGET: u64 = 256 * 1024 * 1024;

/// All that a request needs.
pub(crate) struct App {
    pub(crate) credentials: Vec<Credential>,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) access: Access,
    pub(crate) functions: Functions,
    pub(crate) observer: Option<Observer>,
    pub(crate) body_limits: BodyLimits,
    pub(crate) budget: Budget,
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
        run: &Result<Outcome, ApiError>,
    ) {
        if self.observer.is_none() {
            return;
        }
        let kind = match run {
            Ok(outcome) => ObservationKind::Ran {
                status: outcome.status,
                duration: outcome.duration,
                mem_usage: outcome.mem_usage,
                log: outcome.log.text().to_owned(),
            },
            Err(error) => ObservationKind::refused(error),
        };
        self.observe(request_id, Some(name), kind);
    }

    /// Refuses a request before anything of its body is read.
    fn refuse(&self, status: StatusCode, error: &ApiError) -> Response<ResponseBody> {
        let request_id = uuid::Uuid::new_v4().to_string();
        self.observe(&request_id, None, ObservationKind::refused(error));
        let body = whole(error_body(error, &request_id));
        respond(self.clock.now(), status, "application/json", body)
    }
}

impl Service for App {
    type Body = ResponseBody;

    async fn call(
        self: Arc<Self>,
        request: Request<Incoming>,
        connection: Connection,
    ) -> Result<Response<ResponseBody>, Cut> {
        let (head, body) = request.into_parts();
        let source = match self.access.check(&head.headers) {
            Ok(source) => source,
            Err(refused) => return Ok(self.refuse(refused.status, &refused.error)),
        };
        let mut response = if is_preflight(&head.method, &head.headers, &source) {
            source.preflight(&head, "GET, POST", |_| true).map(|()| whole(""))
        } else if head.uri.path() == "/" {
            exchange(&self, head, body, &connection).await?
        } else {
            let text = whole("The API has one path, /.\n");
            respond(self.clock.now(), StatusCode::NOT_FOUND, "text/html", text)
        };
        source.admit(&mut response, EXPOSED);
        Ok(response)
    }

    fn ended(&self) {
        self.functions.stop();
    }
}
