//! From a request to an answer.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body, Bytes};
use hyper::header::{
    CONTENT_ENCODING, CONTENT_TYPE, DATE, EXPECT, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response};
use scf_invoke::Delivery;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::body::{Arriving, RelayBody};
use crate::check::{Invocation, check};
use crate::limits::Limits;
use crate::observe::{Entry, Observer, Outcome};
use crate::origin::{Origin, Source};
use crate::page::Page;
use crate::rate::Buckets;
use crate::refusal::{Reason, Refusal};
use crate::upload::{BoxError, Progress, Upload, discard};
use crate::upstream::Upstream;

/// What of an answer's head is passed on.
const ANSWER_HEADERS: [HeaderName; 5] =
    [CONTENT_TYPE, CONTENT_ENCODING, DATE, RETRY_AFTER, HeaderName::from_static("x-tc-requestid")];

/// The relay as a function from a request to an answer, to be mounted in a
/// server of your own; made by [`Builder::handler`](crate::Builder::handler). A
/// clone is cheap and shares everything.
///
/// ```
/// # async fn serve(request: hyper::Request<hyper::body::Incoming>) {
/// let handler = scf_relay::Relay::builder().path("/api/scf").handler().unwrap();
///
/// // In a hyper service, for each request:
/// let client = std::net::IpAddr::from([127, 0, 0, 1]); // from the connection
/// let response = handler.handle(request, client).await;
/// # }
/// ```
#[derive(Clone)]
pub struct Handler(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) origins: Vec<Origin>,
    pub(crate) path: String,
    pub(crate) behind_proxy: bool,
    pub(crate) page: Option<Page>,
    pub(crate) limits: Limits,
    pub(crate) buckets: Buckets,
    pub(crate) slots: Arc<Semaphore>,
    pub(crate) upstream: Arc<Upstream>,
    pub(crate) observer: Option<Observer>,
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handler")
            .field("origins", &self.0.origins)
            .field("path", &self.0.path)
            .finish_non_exhaustive()
    }
}

impl Handler {
    /// Answers a request of the client at that address. It needs tokio's
    /// runtime, with time and I/O enabled.
    ///
    /// The body is passed on while it comes; it must be as long as
    /// `Content-Length` says. Dropping the future ends the request to the
    /// endpoint too.
    pub async fn handle<B>(&self, request: Request<B>, client: IpAddr) -> Response<RelayBody>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let shared = &*self.0;
        let (head, body) = request.into_parts();
        let client = shared.client(&head, client);
        let mut entry = Entry::new(shared.observer.clone(), &head, client);
        let mut response = match &shared.page {
            Some(page) if head.method == Method::GET || head.method == Method::HEAD => {
                entry.outcome(Outcome::Page);
                page.answer(head.uri.path(), head.method == Method::HEAD).await
            }
            _ => {
                let source = Source::of(&head, &shared.origins);
                let mut response = shared.answer(&head, body, client, &source, &mut entry).await;
                source.admit(&mut response);
                response
            }
        };
        response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        entry.status(response.status().as_u16());
        response.map(|body| body.observed_by(entry))
    }
}

impl Shared {
    /// Whom the rate is counted for.
    fn client(&self, head: &Parts, peer: IpAddr) -> IpAddr {
        if !self.behind_proxy {
            return peer;
        }
        // The last address is the proxy's own word; those before it may be
        // anybody's.
        let mut lists = head.headers.get_all("x-forwarded-for").into_iter();
        let last = lists.next_back().and_then(|list| list.to_str().ok());
        let last = last.and_then(|list| list.rsplit(',').next());
        last.and_then(|address| address.trim().parse().ok()).unwrap_or(peer)
    }

    async fn answer<B>(
        &self,
        head: &Parts,
        body: B,
        client: IpAddr,
        source: &Source,
        entry: &mut Entry,
    ) -> Response<RelayBody>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        // A client that asks before it sends need not be heard to the end.
        let asks = head.headers.contains_key(EXPECT);
        let outcome = match self.accept(head, client, source) {
            Ok(Accepted::Preflight) => {
                entry.outcome(Outcome::Preflight);
                return source.preflight(head);
            }
            Ok(Accepted::Invocation(Invocation { headers, length })) => {
                let upload = Upload::new(body, length, self.limits.pause);
                entry.watch(&upload);
                let outcome = self.relay(headers, &upload).await;
                let heard = asks && upload.passed() == 0;
                if outcome.is_err() && !heard && upload.progress() == Progress::Partial {
                    discard(upload.take_rest(), self.limits.pause).await;
                }
                outcome
            }
            Err(refusal) => {
                if !asks {
                    discard(body, self.limits.pause).await;
                }
                Err(refusal)
            }
        };
        outcome.unwrap_or_else(|refusal| {
            entry.refused(&refusal);
            refusal.response()
        })
    }

    fn accept(&self, head: &Parts, client: IpAddr, source: &Source) -> Result<Accepted, Refusal> {
        let path = head.uri.path();
        if path != "/" && path.strip_suffix('/').unwrap_or(path) != self.path {
            return Err(Refusal::new(
                Reason::Target,
                format!("Nothing is relayed here: send requests to {} or to /.", self.path),
            ));
        }
        if let Source::Foreign(origin) = source {
            return Err(Refusal::new(
                Reason::Origin,
                match origin {
                    Some(origin) => format!(
                        "Pages of {origin} may not use this relay: start it with --origin {origin} \
                         to allow them."
                    ),
                    None => "A page without a proper origin, such as a file or a sandboxed \
                             frame, may not use this relay."
                        .to_owned(),
                },
            ));
        }
        if head.method == Method::OPTIONS {
            return Ok(Accepted::Preflight);
        }
        self.buckets.take(client, std::time::Instant::now()).map_err(|wait| {
            Refusal::new(Reason::RateLimit, "Too many requests in a second; wait and try again.")
                .retry_after(wait)
        })?;
        check(head).map(Accepted::Invocation)
    }

    /// Passes a request on, and the beginning of its answer back.
    async fn relay(
        &self,
        headers: HeaderMap,
        upload: &Upload,
    ) -> Result<Response<RelayBody>, Refusal> {
        let deadline = Instant::now() + self.limits.exchange;
        let permit = Arc::clone(&self.slots).try_acquire_owned().map_err(|_| {
            Refusal::new(Reason::Busy, "Too many requests are under way; try again soon.")
                .retry_after(Duration::from_secs(1))
        })?;
        let (answer, lease) = self.upstream.send(headers, upload, deadline).await?;
        let (mut head, body) = answer.into_parts();
        // A redirect is not followed, here or by the browser: what was signed
        // is meant for the endpoint alone.
        if head.status.is_redirection() || head.status.is_informational() {
            return Err(Refusal::failed(
                Reason::BadAnswer,
                Delivery::Unknown,
                format!(
                    "The relay's endpoint answered with status {}, as the API never does; whether \
                     the function ran is not known.",
                    head.status.as_u16()
                ),
            ));
        }
        let mut kept = HeaderMap::new();
        for name in ANSWER_HEADERS {
            if let Some(value) = head.headers.remove(&name) {
                kept.insert(name, value);
            }
        }
        let body = Arriving::new(body, lease, deadline, permit);
        let mut response = Response::new(RelayBody::arriving(body));
        *response.status_mut() = head.status;
        *response.headers_mut() = kept;
        Ok(response)
    }
}

/// What there is to do.
enum Accepted {
    Preflight,
    Invocation(Invocation),
}
