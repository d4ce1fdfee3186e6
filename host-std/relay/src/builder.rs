//! The settings of a relay, and its start.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use hyper::header::HeaderValue;
use hyper::http::uri::Authority;
use scf_invoke::{Endpoint, Scheme, TlsOptions};
use scf_serve::{BodyLimits, Budget, Hosts, Origin, Settings};
use tokio::sync::Semaphore;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::clients::Clients;
use crate::error::StartError;
use crate::handler::{Handler, Shared};
use crate::limits::Limits;
use crate::observe::{Observation, Observer};
use crate::page::Page;
use crate::rate::Buckets;
use crate::relay::Relay;
use crate::upstream::Upstream;

/// Settings of a relay; made by [`Relay::builder`].
///
/// Every setting has a default: a free port on 127.0.0.1, the API's endpoint,
/// the path `/scf`, no origin but its own, no page.
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    addr: SocketAddr,
    endpoint: Endpoint,
    host: Option<String>,
    tls: TlsOptions,
    hosts: Hosts,
    origins: Vec<Origin>,
    path: String,
    page: Option<PathBuf>,
    behind_proxy: bool,
    limits: Limits,
    observer: Option<Observer>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            endpoint: Endpoint::default(),
            host: None,
            tls: TlsOptions::new(),
            hosts: Hosts::any(),
            origins: Vec::new(),
            path: "/scf".to_owned(),
            page: None,
            behind_proxy: false,
            limits: Limits::default(),
            observer: None,
        }
    }

    /// Listens on this address instead of a free port of 127.0.0.1. What
    /// [`start`](Self::start) serves there is plain http.
    pub fn bind(mut self, addr: impl Into<SocketAddr>) -> Self {
        self.addr = addr.into();
        self
    }

    /// Sends requests there, and nowhere else, instead of to
    /// `https://scf.tencentcloudapi.com`.
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// Sets the `Host` to send, if it is not the endpoint's. Clients have to sign
    /// for the host that is sent.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Sets the certificates to trust at an https endpoint.
    pub fn tls(mut self, options: TlsOptions) -> Self {
        self.tls = options;
        self
    }

    /// Answers only requests to these hosts; to all by default. A relay that
    /// stands before an emulator should name its own: a page can reach a local
    /// server through a name of the page's choice (DNS rebinding), and the
    /// emulator trusts whoever has its key.
    ///
    /// ```
    /// use scf_relay::{Hosts, Relay};
    ///
    /// let builder = Relay::builder().hosts(Hosts::loopback().and("dev.example"));
    /// ```
    pub fn hosts(mut self, hosts: Hosts) -> Self {
        self.hosts = hosts;
        self
    }

    /// Lets the pages of this origin use the relay. Without any, only pages of
    /// the relay's own origin may.
    pub fn origin(mut self, origin: Origin) -> Self {
        self.origins.push(origin);
        self
    }

    /// Takes requests at this path instead of `/scf`; at `/` it always does.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Serves the files of this folder too, for a page on the relay's own
    /// origin. All of them are public, except those whose name begins with a
    /// dot.
    pub fn page(mut self, dir: impl Into<PathBuf>) -> Self {
        self.page = Some(dir.into());
        self
    }

    /// Takes the last address of `X-Forwarded-For` for the client's, as a
    /// proxy in front sets it. Without such a proxy any client could choose
    /// its own address, and so escape the rate.
    pub fn behind_proxy(mut self, behind: bool) -> Self {
        self.behind_proxy = behind;
        self
    }

    /// Bounds rate, concurrency and time.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Calls this after each request, for a log or a test's count.
    ///
    /// ```
    /// let builder = scf_relay::Relay::builder().observe(|seen| eprintln!("{seen}"));
    /// ```
    pub fn observe(mut self, observer: impl Fn(&Observation) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Starts the relay on a thread of its own; it answers when this returns.
    ///
    /// # Errors
    /// An error where a setting is wrong, or the folder or the address not usable.
    pub fn start(self) -> Result<Relay, StartError> {
        let limits = connection_limits(&self.limits, self.behind_proxy);
        let settings = Settings::new("scf-relay").bind(self.addr).limits(limits);
        Relay::run(settings, self.handler()?)
    }

    /// Builds the relay for a server of your own, which brings the address and
    /// the threads.
    ///
    /// # Errors
    /// An error where a setting is wrong, or the folder not usable.
    pub fn handler(self) -> Result<Handler, StartError> {
        if !is_path(&self.path) {
            return Err(StartError::Path(self.path));
        }
        if self.endpoint.path() != "/" {
            return Err(StartError::EndpointPath(self.endpoint.path().to_owned()));
        }
        let host = self.host.unwrap_or_else(|| self.endpoint.host_header());
        let good = host.parse::<Authority>().is_ok() && !host.contains('@');
        let Some(header) = HeaderValue::from_str(&host).ok().filter(|_| good) else {
            return Err(StartError::Host(host));
        };
        let page = self.page.map(|dir| Page::new(&dir).map_err(|e| StartError::Page(dir, e)));
        let tls = match self.endpoint.scheme() {
            Scheme::Http => None,
            Scheme::Https => {
                let name = match self.endpoint.ip() {
                    Some(ip) => ServerName::IpAddress(ip.into()),
                    None => ServerName::try_from(self.endpoint.host().to_owned())
                        .map_err(|_| StartError::Host(self.endpoint.host().to_owned()))?,
                };
                let tls = self.tls.build().map_err(StartError::Tls)?;
                Some((TlsConnector::from(tls.config()), name))
            }
        };
        let connect = self.limits.connect;
        let body_limits =
            BodyLimits::default().with_pause(self.limits.pause).with_rate(self.limits.body_rate);
        Ok(Handler(Arc::new(Shared {
            hosts: self.hosts,
            origins: self.origins,
            path: self.path,
            behind_proxy: self.behind_proxy,
            page: page.transpose()?,
            limits: self.limits,
            body_limits,
            memory: Budget::new(self.limits.memory),
            buckets: Buckets::new(self.limits.rate),
            clients: Arc::new(Clients::new(self.limits.per_client, self.limits.memory / 4)),
            slots: Arc::new(Semaphore::new(self.limits.concurrency.min(Semaphore::MAX_PERMITS))),
            upstream: Arc::new(Upstream::new(self.endpoint, header, tls, connect)),
            observer: self.observer,
        })))
    }
}

fn connection_limits(limits: &Limits, behind_proxy: bool) -> scf_serve::Limits {
    let mut of_server = scf_serve::Limits::default().with_pause(limits.pause);
    if behind_proxy {
        // The one peer has the connections of all clients.
        of_server.per_peer = of_server.connections;
    }
    of_server
}

/// Returns whether the text is `/` or plain segments, each after a slash.
fn is_path(text: &str) -> bool {
    let plain = |segment: &str| {
        !matches!(segment, "" | "." | "..")
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    text == "/" || text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(plain))
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("addr", &self.addr)
            .field("endpoint", &self.endpoint)
            .field("origins", &self.origins)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_on_another_machine_may_have_all_connections() {
        let limits = |behind_proxy| connection_limits(&Limits::default(), behind_proxy);
        assert_eq!(limits(true).per_peer, limits(true).connections);
        assert!(limits(false).per_peer < limits(false).connections);
    }
}
