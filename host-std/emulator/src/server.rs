//! HTTP requests, from their heads to their responses.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use scf_serve::{Connection, Cut, ResponseBody, Service};

use crate::access::is_preflight;
use crate::app::App;
use crate::control;
use crate::error::ApiError;
use crate::exchange::exchange;
use crate::front::{self, Route};
use crate::id::RequestId;
use crate::observe::ObservationKind;
use crate::response::{error_body, respond, whole};
use crate::timers;

/// The part of a response's head that a page may read.
const EXPOSED: &str = "Date";
impl App {
    /// Refuses a request before anything of its body is read.
    fn refuse(&self, status: StatusCode, error: &ApiError) -> Response<ResponseBody> {
        let request_id = RequestId::random();
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
        } else if head.uri.path() == "/" && Route::of(&head).is_none() {
            exchange(&self, head, body, &connection).await?
        } else if let Some(route) = Route::of(&head) {
            connection.begin();
            Box::pin(front::answer(&self, route, head, body, &connection)).await?
        } else if let Some(path) = head.uri.path().strip_prefix(control::PATH) {
            Box::pin(control::answer(&self, path, &head, body, &connection)).await
        } else {
            let text =
                whole("The API has one path, /. Functions are at /_http/NAME and /_web/NAME.\n");
            respond(self.clock.now(), StatusCode::NOT_FOUND, "text/html", text)
        };
        source.admit(&mut response, EXPOSED);
        Ok(response)
    }

    async fn background(self: Arc<Self>) {
        #[cfg(unix)]
        self.functions.serve_attached();
        let start_debuggers = async {
            for (name, text) in self.functions.start_debuggers().await {
                self.observe("", Some(&name), ObservationKind::Notice { text });
            }
        };
        tokio::join!(start_debuggers, timers::fire(&self));
    }

    async fn finish(&self) {
        self.events.finish().await;
    }

    fn ended(&self) {
        self.events.abandon(self);
        for record in self.journal.interrupt() {
            let name = record.function_name.as_deref();
            self.observe(&record.request_id, name, ObservationKind::Interrupted);
        }
        self.functions.stop();
    }
}
