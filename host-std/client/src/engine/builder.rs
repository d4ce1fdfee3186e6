//! The settings of a client.

use std::fmt;
use std::iter;
use std::sync::Arc;
use std::time::Duration;

use scf_invoke_core::SERVICE;
use scf_invoke_core::attempt::RetryPolicy;
use scf_invoke_core::request::region::{Endpoint as ApiHost, Region};
use scf_invoke_core::request::{Language, Signing};
use scf_invoke_core::sign::tc3::Method;
use zeroize::Zeroizing;

use super::hook::OnProgress;
use super::{Config, Engine, Hook, Identity, Progress, Route};
use crate::blocking::Blocking;
use crate::credential::{CredentialCache, Finder, ProvideCredentials};
#[cfg(feature = "tokio")]
use crate::tokio::{AsyncClient, Tokio};
use crate::{Client, ConfigurationError, Connector, Credentials, Endpoint, Error, Proxy, Timeouts};
#[cfg(feature = "tls")]
use crate::{Scheme, TlsOptions};

/// The default limit of a reply, in bytes; a function's result is at most 6 MB.
const REPLY_LIMIT: usize = 16 << 20;

/// Settings of a [`Client`]; made by [`Client::builder`].
///
/// Only the region is needed, and not even that where `TENCENTCLOUD_REGION`
/// or the profile names it.
///
/// ```
/// use scf_invoke::{Client, Credentials, Timeouts};
/// use std::time::Duration;
///
/// let client = Client::builder()
///     .region("ap-shanghai")
///     .credentials(Credentials::new("AKIDEXAMPLE", "the-secret-key", None)?)
///     // Requests go through a relay, and are signed for the API itself.
///     .endpoint("https://relay.example.com/scf".parse()?)
///     .host("scf.tencentcloudapi.com")
///     .timeouts(Timeouts::default().call(Duration::from_secs(30)))
///     .build()?;
/// # Ok::<(), scf_invoke::Error>(())
/// ```
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    region: Option<String>,
    /// Without one, credentials are looked for.
    identity: Option<Who>,
    token: Option<Zeroizing<String>>,
    endpoint: Option<Endpoint>,
    host: Option<String>,
    timeouts: Timeouts,
    proxy: ProxyChoice,
    #[cfg(feature = "tls")]
    tls: Option<TlsOptions>,
    retry: RetryPolicy,
    method: Method,
    signing: Signing,
    language: Option<Language>,
    request_client: Option<String>,
    keep_alive: Duration,
    idle_connections: usize,
    reply_limit: usize,
    hooks: Vec<Arc<dyn Hook>>,
    max_connections: Option<usize>,
    domain_fallback: bool,
}

enum ProxyChoice {
    Environment,
    Given(Proxy),
    None,
}

enum Who {
    Given(Credentials),
    Provided(Box<dyn ProvideCredentials>),
    DayKey(Zeroizing<String>),
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            region: None,
            identity: None,
            token: None,
            endpoint: None,
            host: None,
            timeouts: Timeouts::default(),
            proxy: ProxyChoice::Environment,
            #[cfg(feature = "tls")]
            tls: None,
            retry: RetryPolicy::default(),
            method: Method::Post,
            signing: Signing::default(),
            language: None,
            request_client: None,
            keep_alive: Duration::from_secs(30),
            idle_connections: 8,
            reply_limit: REPLY_LIMIT,
            hooks: vec![],
            max_connections: None,
            domain_fallback: false,
        }
    }

    /// Sets the region of the functions, such as `ap-guangzhou`. Without it,
    /// `TENCENTCLOUD_REGION` or else the profile names one.
    pub fn region(mut self, name: impl Into<String>) -> Self {
        self.region = Some(name.into());
        self
    }

    /// Signs with these credentials; without them they are looked for in the
    /// [usual places](crate::credential).
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.identity = Some(Who::Given(credentials));
        self
    }

    /// Signs with the credentials of a provider. It is asked at the first call,
    /// and again before they end. A [`Finder`] is one, with places of your
    /// choice.
    pub fn credentials_from(mut self, provider: impl ProvideCredentials) -> Self {
        self.identity = Some(Who::Provided(Box::new(provider)));
        self
    }

    /// Signs with an exported [`DayKey`](scf_invoke_core::sign::day_key::DayKey), which is
    /// worthless after its day, so that the secret need not be here.
    pub fn day_key(mut self, exported: impl Into<String>) -> Self {
        self.identity = Some(Who::DayKey(Zeroizing::new(exported.into())));
        self
    }

    /// Sets the token of the temporary credentials that the day key was derived
    /// from. Other credentials bring their own.
    pub fn day_key_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(Zeroizing::new(token.into()));
        self
    }

    /// Sets where requests are sent. Without it, that is where
    /// `TENCENTCLOUD_SCF_ENDPOINT` or else the profile says, and otherwise the
    /// API, at the host that answers for the region. A path is the prefix of a
    /// relay.
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = Some(endpoint);
        self
    }

    /// Sets the host that is signed, and sent as `Host`; by default that of the
    /// endpoint. A relay that passes requests on to the API needs the API's.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Sets the timeouts.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Leads connections through a proxy. Without this, the
    /// [environment](Proxy::from_environment) names one.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = ProxyChoice::Given(proxy);
        self
    }

    /// Connects without a proxy, whatever the environment names.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = ProxyChoice::None;
        self
    }

    /// Sets whom to trust.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, options: TlsOptions) -> Self {
        self.tls = Some(options);
        self
    }

    /// Sets the policy for requests that surely were not executed;
    /// [`RetryPolicy::NONE`] never repeats one.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the HTTP method: POST, or GET with 32 KB at most.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Sets the form of the signature. The nonce of version 1 is drawn anew for
    /// each request.
    pub fn signing(mut self, signing: Signing) -> Self {
        self.signing = signing;
        self
    }

    /// Sets the language of the service's error messages.
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Names the calling program to the service: at most 128 of
    /// `0-9a-zA-Z-_,;.`.
    pub fn request_client(mut self, name: impl Into<String>) -> Self {
        self.request_client = Some(name.into());
        self
    }

    /// Sets how long a connection may be idle and still be used again; 30 s by
    /// default. Zero makes a connection for each call.
    pub fn keep_alive(mut self, limit: Duration) -> Self {
        self.keep_alive = limit;
        self
    }

    /// Sets how many calls of an asynchronous client may have a connection at
    /// once; others wait. Any number by default.
    #[cfg(feature = "tokio")]
    pub fn max_connections(mut self, most: usize) -> Self {
        self.max_connections = Some(most.max(1));
        self
    }

    /// Sets how many idle connections are kept; 8 by default.
    pub fn idle_connections(mut self, most: usize) -> Self {
        self.idle_connections = most;
        self
    }

    /// Sets the longest result and log together, in bytes; 16 MiB by default.
    pub fn reply_limit(mut self, bytes: usize) -> Self {
        self.reply_limit = bytes;
        self
    }

    /// Calls this with what a call is doing, on the thread of the call.
    pub fn on_progress(self, observer: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.hook(OnProgress(observer))
    }

    /// Adds a hook, which is called for every call.
    pub fn hook(mut self, hook: impl Hook) -> Self {
        self.hooks.push(Arc::new(hook));
        self
    }

    /// Tries `tencentcloudapi.com.cn` and then `tencentcloudapi.cn` where a host
    /// of `tencentcloudapi.com` cannot be reached. This happens only before
    /// anything is sent.
    pub fn domain_fallback(mut self) -> Self {
        self.domain_fallback = true;
        self
    }

    /// Checks everything and makes a blocking client. Nothing is sent yet,
    /// unless credentials must be [asked for](crate::credential).
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn build(self) -> Result<Client, Error> {
        let (config, identity) = self.check()?;
        let carrier = Blocking::new(config.keep_alive, config.idle_connections);
        Ok(Client::new(Engine::new(config, identity, carrier)))
    }

    /// Checks everything and makes an asynchronous client, as
    /// [`build`](Self::build) does. Credentials that come from a service of the
    /// cloud block meanwhile.
    ///
    /// # Errors
    /// [`Error::Configuration`].
    #[cfg(feature = "tokio")]
    pub fn build_async(mut self) -> Result<AsyncClient, Error> {
        // Reading the platform's roots takes a while, which no call should.
        self.tls = self.tls.or_else(|| Some(TlsOptions::new()));
        let (config, identity) = self.check()?;
        let carrier = Tokio::new(&config);
        Ok(AsyncClient::new(Engine::new(config, identity, carrier)))
    }

    fn check(self) -> Result<(Config, Identity), Error> {
        let attempts = (self.retry.attempts == 0).then_some("RetryPolicy::attempts");
        if let Some(setting) = self.timeouts.zero().or(attempts) {
            return Err(ConfigurationError::Zero { setting }.into());
        }
        let provided = matches!(self.identity, Some(Who::Provided(_)));
        let identity = match self.identity {
            None => Identity::secret(Finder::from_process()),
            Some(Who::Given(given)) => Identity::secret(given),
            Some(Who::Provided(provider)) => {
                Identity::Secret(Arc::new(CredentialCache::new(provider)))
            }
            Some(Who::DayKey(text)) => {
                Identity::day(&text, self.token).map_err(ConfigurationError::DayKey)?
            }
        };
        let profile = identity.settings()?;
        let region = self
            .region
            .or_else(|| variable("TENCENTCLOUD_REGION"))
            .or(profile.region)
            .ok_or(ConfigurationError::RegionMissing)?;
        let checked = Region::new(&region).ok_or(ConfigurationError::Region)?;
        if !provided {
            identity.current()?.signer(None).map_err(ConfigurationError::Identity)?;
        }
        let named = variable("TENCENTCLOUD_SCF_ENDPOINT").or(profile.endpoint);
        let endpoint = match (self.endpoint, named) {
            (Some(endpoint), _) => endpoint,
            (None, Some(named)) => Endpoint::parse(&named)?,
            (None, None) => {
                // A region's name is far shorter than what a host has room for.
                let host = ApiHost::default_for(checked).host(SERVICE, checked);
                Endpoint::parse(&host.ok_or(ConfigurationError::Region)?)?
            }
        };
        let host = self.host.unwrap_or_else(|| endpoint.host_header());
        #[cfg(feature = "tls")]
        let tls = match self.tls {
            Some(options) if endpoint.scheme() == Scheme::Https => Some(options.build()?),
            _ => None,
        };
        let others = match self.domain_fallback {
            true => endpoint.other_domains(),
            false => vec![],
        };
        let others = others.into_iter().map(|endpoint| (endpoint.host_header(), endpoint));
        let mut routes = vec![];
        for (index, (host, endpoint)) in iter::once((host, endpoint)).chain(others).enumerate() {
            let proxy = match &self.proxy {
                ProxyChoice::Environment => Proxy::from_environment(&endpoint)?,
                ProxyChoice::Given(proxy) => Some(proxy.clone()),
                ProxyChoice::None => None,
            };
            let connector = Connector::new(endpoint).timeouts(self.timeouts).proxy(proxy);
            #[cfg(feature = "tls")]
            let connector = match &tls {
                Some(tls) => connector.tls(tls.clone()),
                None => connector,
            };
            routes.push(Route { index, connector, host });
        }
        let config = Config {
            region,
            routes,
            timeouts: self.timeouts,
            retry: self.retry,
            method: self.method,
            signing: self.signing,
            language: self.language,
            request_client: self.request_client,
            keep_alive: self.keep_alive,
            idle_connections: self.idle_connections,
            max_connections: self.max_connections,
            reply_limit: self.reply_limit,
            hooks: self.hooks,
        };
        config.check().map_err(ConfigurationError::Settings)?;
        Ok((config, identity))
    }
}

/// Returns an environment variable's text, if it has any.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .field("host", &self.host)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}
