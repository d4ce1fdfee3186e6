//! The server behind the page: who may use it, and which part answers.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{COOKIE, HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use scf_serve::{BodyLimits, Budget, Connection, Cut, Hosts, Service, Source, read_body};
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

use super::clients::Clients;
use super::response::{Body, Refused, text, value};
use super::{call, catalogue, check, code, control, page, signature, verify};

/// The largest request of the page: an event of 6 MB, escaped.
const BODY_LIMIT: u64 = 40 << 20;
/// The memory that the bodies of all requests share.
const BODY_BUDGET: u64 = 128 << 20;

/// The page's server. Whoever has opened its address with the key in it has a
/// cookie, and only with that may calls be made: they are signed with keys that
/// this process holds.
pub(super) struct Explorer {
    /// The key in the address, which is the cookie's value too.
    key: String,
    cookie: String,
    hosts: Hosts,
    budget: Budget,
    pub(super) clients: Clients,
}

impl Explorer {
    pub(super) fn new(clients: Clients) -> Self {
        let key = uuid::Uuid::new_v4().simple().to_string();
        // Cookies know no ports: each Explorer of the machine has its own.
        let number = uuid::Uuid::new_v4().simple().to_string();
        let cookie = format!("explorer-{}", &number[..8]);
        let (hosts, budget) = (Hosts::loopback(), Budget::new(BODY_BUDGET));
        Self { key, cookie, hosts, budget, clients }
    }

    /// Returns what a browser's address has to have, the first time.
    pub(super) fn address(&self, url: &str) -> String {
        format!("{url}/?key={}", self.key)
    }

    fn is_key(&self, text: &str) -> bool {
        text.as_bytes().ct_eq(self.key.as_bytes()).into()
    }

    /// Returns whether the request has the cookie.
    fn is_known(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(COOKIE).into_iter();
        let mut pairs = cookies
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split(';').filter_map(|pair| pair.trim().split_once('=')));
        pairs.any(|(name, value)| name == self.cookie && self.is_key(value))
    }

    /// Gives the cookie, and takes the key out of the address.
    fn admit(&self) -> Response<Body> {
        let mut response = text(StatusCode::SEE_OTHER, "");
        let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie, self.key);
        let headers = response.headers_mut();
        headers.insert(LOCATION, HeaderValue::from_static("/"));
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.insert(SET_COOKIE, cookie);
        }
        response
    }

    /// Returns why a request is refused: by its host, or since another page
    /// makes it. The page itself may be come to from anywhere, by a link.
    fn refusal(&self, head: &Parts) -> Option<(StatusCode, String)> {
        let host = match self.hosts.check(&head.headers) {
            Ok(host) => host,
            Err(error) => {
                let why = format!("The Explorer does not answer: {error}.\n");
                return Some((StatusCode::BAD_REQUEST, why));
            }
        };
        let is = |name: &str, value: &str| {
            head.headers.get(name).is_some_and(|have| have.as_bytes() == value.as_bytes())
        };
        let is_visit = head.method == Method::GET
            && head.uri.path() == "/"
            && is("sec-fetch-mode", "navigate")
            && is("sec-fetch-dest", "document");
        match Source::of(&head.headers, Some(host), &[]) {
            Source::Foreign(_) if !is_visit => {
                let why = "Another page may not use the Explorer.\n".to_owned();
                Some((StatusCode::FORBIDDEN, why))
            }
            _ => None,
        }
    }

    async fn api(
        self: &Arc<Self>,
        path: &str,
        head: Parts,
        body: Incoming,
        connection: &Connection,
    ) -> Response<Body> {
        if !self.is_known(&head.headers) {
            let why = "open the address that tscf printed when it started, with its key";
            return value(Err(Refused::new(StatusCode::UNAUTHORIZED, "NoKey", why)));
        }
        let limits = BodyLimits::default();
        let body = match read_body(body, BODY_LIMIT, &limits, &self.budget).await {
            Ok(body) => body,
            Err(error) => {
                let refused =
                    Refused::new(StatusCode::BAD_REQUEST, "Incomplete", error.to_string());
                return value(Err(refused));
            }
        };
        connection.begin();
        if let Some(path) = path.strip_prefix("emulator/") {
            return control::pass_on(&self.clients, path, &head, body.into_parts().0).await;
        }
        let clients = &self.clients;
        value(match (head.method.as_str(), path) {
            ("GET", "catalogue") => Ok(catalogue::catalogue(clients)),
            ("GET", "cloud") => catalogue::cloud(clients).await,
            ("POST", "check") => Ok(check::check(&body)),
            ("POST", "call") => call::call(clients, draft(&body)).await,
            ("POST", "status") => call::status(clients, draft(&body)).await,
            ("POST", "signature") => signature::steps(clients, draft(&body)),
            ("POST", "verify") => verify::verify(clients, draft(&body)),
            ("POST", "code") => code::program(clients, draft(&body)),
            _ => {
                let why = "there is no such part of the Explorer";
                Err(Refused::new(StatusCode::NOT_FOUND, "NoPart", why))
            }
        })
    }
}

/// Reads what the page sends.
fn draft<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| {
        let why = format!("the draft cannot be read: {error}");
        Refused::new(StatusCode::BAD_REQUEST, "Draft", why)
    })
}

impl Service for Explorer {
    type Body = Body;

    async fn call(
        self: Arc<Self>,
        request: Request<Incoming>,
        connection: Connection,
    ) -> Result<Response<Body>, Cut> {
        let (head, body) = request.into_parts();
        if let Some((status, why)) = self.refusal(&head) {
            return Ok(text(status, &why));
        }
        let path = head.uri.path().trim_start_matches('/').to_owned();
        if let Some(path) = path.strip_prefix("api/") {
            return Ok(self.api(path, head, body, &connection).await);
        }
        connection.begin();
        let key = head.uri.query().and_then(|query| query.strip_prefix("key="));
        Ok(match key {
            _ if head.method != Method::GET => {
                text(StatusCode::METHOD_NOT_ALLOWED, "The page is read by GET.\n")
            }
            Some(key) if path.is_empty() && self.is_key(key) => self.admit(),
            _ => page::answer(&path),
        })
    }
}
