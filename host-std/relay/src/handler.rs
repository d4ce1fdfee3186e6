//! From a request to a response.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body, Bytes};
use hyper::header::{
    ALLOW, CONTENT_ENCODING, CONTENT_TYPE, DATE, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue,
    RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response};
use scf_invoke::Delivery;
use scf_serve::{
    BodyError, BodyLimits, BoxError, Budget, Hosts, Origin, Source, WholeBody, discard, read_body,
};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::body::{Arriving, Held, RelayBody};
use crate::check::{Invocation, check, is_passed_on};
use crate::clients::{Clients, InMemory, InProgress};
use crate::limits::Limits;
use crate::observe::{Entry, Observer, Outcome};
use crate::page::Page;
use crate::rate::Buckets;
use crate::refusal::{Reason, Refusal};
use crate::upload::Upload;
use crate::upstream::Upstream;

/// The part of a response's head that is passed on.
const RESPONSE_HEADERS: [HeaderName; 5] =
    [CONTENT_TYPE, CONTENT_ENCODING, DATE, RETRY_AFTER, HeaderName::from_static("x-tc-requestid")];

/// The part of a response's head that a page may read.
const EXPOSED: &str = "Date, Retry-After, X-SCF-Relay, X-TC-RequestId";

/// The relay as a function from a request to a response, to be mounted in a
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
    pub(crate) hosts: Hosts,
    pub(crate) origins: Vec<Origin>,
    pub(crate) path: String,
    pub(crate) behind_proxy: bool,
    pub(crate) page: Option<Page>,
    pub(crate) limits: Limits,
    pub(crate) body_limits: BodyLimits,
    pub(crate) memory: Budget,
    pub(crate) buckets: Buckets,
    pub(crate) clients: Arc<Clients>,
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
    /// The body must be as long as `Content-Length` says. It is passed on once
    /// it is whole, and the response while it comes. Dropping the future ends the
    /// request to the endpoint too.
    pub async fn handle<B>(&self, request: Request<B>, client: IpAddr) -> Response<RelayBody>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.answer(request, client, || {}).await
    }

    /// Answers a request, and signals when its body is here.
    pub(crate) async fn answer<B>(
        &self,
        request: Request<B>,
        client: IpAddr,
        whole: impl FnOnce() + Send,
    ) -> Response<RelayBody>
    where
        B: Body<Data = Bytes> + Send + 'static,
    {
        let shared = &*self.0;
        let (head, body) = request.into_parts();
        let client = shared.client(&head, client);
        let mut entry = Entry::new(shared.observer.clone(), &head, client);
        let mut response = match &shared.page {
            Some(page) if head.method == Method::GET || head.method == Method::HEAD => {
                match shared.host(&head) {
                    Ok(_) => {
                        entry.outcome(Outcome::Page);
                        page.answer(head.uri.path(), head.method == Method::HEAD).await
                    }
                    Err(refusal) => {
                        entry.refused(&refusal);
                        refusal.response()
                    }
                }
            }
            _ => {
                let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
                let host = host.or(head.uri.authority().map(|authority| authority.as_str()));
                let source = Source::of(&head.headers, host, &shared.origins);
                let mut response =
                    shared.answer(&head, body, client, &source, &mut entry, whole).await;
                source.admit(&mut response, EXPOSED);
                response
            }
        };
        response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        entry.status(response.status().as_u16());
        response.map(|body| body.observed_by(entry))
    }
}

impl Shared {
    /// Returns the address that the rate is counted for.
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

    /// Checks the host; a server of HTTP/2 has it in the URL alone.
    fn host(&self, head: &Parts) -> Result<(), Refusal> {
        let checked = match head.uri.authority() {
            Some(authority) if !head.headers.contains_key(HOST) => {
                self.hosts.check_name(authority.as_str())
            }
            _ => self.hosts.check(&head.headers).map(|_| ()),
        };
        checked.map_err(|error| {
            Refusal::new(Reason::Host, format!("This relay does not answer: {error}."))
        })
    }

    async fn answer<B>(
        &self,
        head: &Parts,
        body: B,
        client: IpAddr,
        source: &Source,
        entry: &mut Entry,
        whole: impl FnOnce() + Send,
    ) -> Response<RelayBody>
    where
        B: Body<Data = Bytes> + Send + 'static,
    {
        let outcome = match self.accept(head, client, source) {
            Ok(Accepted::Preflight) => {
                entry.outcome(Outcome::Preflight);
                let response = source.preflight(head, "POST", is_passed_on);
                let mut response = response.map(|()| RelayBody::empty());
                response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST, OPTIONS"));
                return response;
            }
            Ok(Accepted::Invocation { invocation, in_progress, in_memory }) => {
                match self.receive(body, invocation.length).await {
                    Ok(body) => {
                        whole();
                        let upload = Upload::new(body, in_memory);
                        entry.watch(&upload);
                        self.relay(invocation.headers, &upload, in_progress).await
                    }
                    Err(refusal) => Err(refusal),
                }
            }
            Err(refusal) => {
                // A client that asks before it sends need not be heard at all.
                if !head.headers.contains_key(EXPECT) {
                    discard(body, &self.body_limits).await;
                }
                Err(refusal)
            }
        };
        outcome.unwrap_or_else(|refusal| {
            entry.refused(&refusal);
            refusal.response()
        })
    }

    /// Reads a body of the declared length.
    async fn receive<B>(&self, body: B, length: u64) -> Result<WholeBody, Refusal>
    where
        B: Body<Data = Bytes> + Send + 'static,
    {
        let message = match read_body(body, length, &self.body_limits, &self.memory).await {
            Ok(body) if body.len() as u64 == length => return Ok(body),
            Err(BodyError::NoMemory) => {
                return Err(Refusal::new(
                    Reason::Busy,
                    "The bodies of other requests take all memory; try again soon.",
                )
                .retry_after(Duration::from_secs(1)));
            }
            Err(BodyError::TooSlow) => "The request's body comes too slowly; nothing was sent.",
            _ => "The request's body is not as long as declared; nothing was sent.",
        };
        Err(Refusal::failed(Reason::Body, Delivery::NotSent, message))
    }

    fn accept(&self, head: &Parts, client: IpAddr, source: &Source) -> Result<Accepted, Refusal> {
        self.host(head)?;
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
        let invocation = check(head)?;
        let busy =
            |message: &str| Refusal::new(Reason::Busy, message).retry_after(Duration::from_secs(1));
        let in_progress = self.clients.begin(client).ok_or_else(|| {
            busy("Too many requests of this client are in progress; try again soon.")
        })?;
        let in_memory = in_progress.hold(invocation.length).ok_or_else(|| {
            busy("Other bodies of this client take its part of the memory; try again soon.")
        })?;
        Ok(Accepted::Invocation { invocation, in_progress, in_memory })
    }

    /// Passes a request on, and the beginning of its response back.
    async fn relay(
        &self,
        headers: HeaderMap,
        upload: &Upload,
        in_progress: InProgress,
    ) -> Result<Response<RelayBody>, Refusal> {
        let deadline = Instant::now() + self.limits.exchange;
        let slot = Arc::clone(&self.slots).try_acquire_owned().map_err(|_| {
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
        for name in RESPONSE_HEADERS {
            if let Some(value) = head.headers.remove(&name) {
                kept.insert(name, value);
            }
        }
        let body = Arriving::new(body, lease, deadline, Held { _slot: slot, _client: in_progress });
        let mut response = Response::new(RelayBody::arriving(body));
        *response.status_mut() = head.status;
        *response.headers_mut() = kept;
        Ok(response)
    }
}

/// A request that may go on.
enum Accepted {
    Preflight,
    Invocation { invocation: Invocation, in_progress: InProgress, in_memory: InMemory },
}
