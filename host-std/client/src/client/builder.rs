//! The settings of a client.

use std::fmt;
use std::time::Duration;

use scf_invoke_core::SERVICE;
use scf_invoke_core::attempt::RetryPolicy;
use scf_invoke_core::request::region::{Endpoint as ApiHost, Region};
use scf_invoke_core::request::{Language, Settings, Signing};
use scf_invoke_core::sign::tc3::Method;
use zeroize::Zeroizing;

use super::identity::Identity;
use super::{Client, Observer, Progress};
use crate::credential::{CredentialCache, Finder, ProvideCredentials};
use crate::{ConfigurationError, Connector, Credentials, Endpoint, Error, Proxy, Timeouts};
#[cfg(feature = "tls")]
use crate::{Scheme, TlsOptions};

/// What a reply may hold; a function's result is at most 6 MB.
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
///     .timeouts(Timeouts { call: Some(Duration::from_secs(30)), ..Timeouts::default() })
///     .build()?;
/// # Ok::<(), scf_invoke::Error>(())
/// ```
#[must_use = "a builder does nothing until it is built"]
pub struct Builder {
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
    observer: Option<Observer>,
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

impl Builder {
    pub(super) fn new() -> Self {
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
            observer: None,
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

    /// The token of the temporary credentials that the day key was derived
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

    /// The host that is signed, and sent as `Host`; by default that of the
    /// endpoint. A relay that passes requests on to the API needs the API's.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// The timeouts.
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

    /// How often a request is made that surely was not executed;
    /// [`RetryPolicy::NONE`] never repeats one.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// POST, or GET with 32 KB at most.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// The form of the signature. The nonce of version 1 is drawn anew for
    /// each request.
    pub fn signing(mut self, signing: Signing) -> Self {
        self.signing = signing;
        self
    }

    /// The language of the service's error messages.
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

    /// How long a connection may be idle and still be used again; 30 s by
    /// default. Zero makes a connection for each call.
    pub fn keep_alive(mut self, limit: Duration) -> Self {
        self.keep_alive = limit;
        self
    }

    /// How many idle connections are kept; 8 by default.
    pub fn idle_connections(mut self, most: usize) -> Self {
        self.idle_connections = most;
        self
    }

    /// The longest result and log together, in bytes; 16 MiB by default.
    pub fn reply_limit(mut self, bytes: usize) -> Self {
        self.reply_limit = bytes;
        self
    }

    /// Calls this with what a call is doing, on the thread of the call.
    pub fn on_progress(mut self, observer: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Checks everything and makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn build(self) -> Result<Client, Error> {
        let provided = matches!(self.identity, Some(Who::Provided(_)));
        let identity = match self.identity {
            None => Identity::Secret(CredentialCache::new(Box::new(Finder::from_process()))),
            Some(Who::Given(given)) => Identity::Secret(CredentialCache::new(Box::new(given))),
            Some(Who::Provided(provider)) => Identity::Secret(CredentialCache::new(provider)),
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
        let proxy = match self.proxy {
            ProxyChoice::Environment => Proxy::from_environment(&endpoint)?,
            ProxyChoice::Given(proxy) => Some(proxy),
            ProxyChoice::None => None,
        };
        #[cfg_attr(not(feature = "tls"), expect(unused_mut))]
        let mut connector = Connector::new(endpoint).timeouts(self.timeouts).proxy(proxy);
        #[cfg(feature = "tls")]
        if let Some(options) = self.tls
            && connector.endpoint().scheme() == Scheme::Https
        {
            connector = connector.tls(options.build()?);
        }
        let client = Client {
            region,
            identity,
            host,
            connector,
            timeouts: self.timeouts,
            retry: self.retry,
            method: self.method,
            signing: self.signing,
            language: self.language,
            request_client: self.request_client,
            keep_alive: self.keep_alive,
            idle_connections: self.idle_connections,
            reply_limit: self.reply_limit,
            observer: self.observer,
            shared: Default::default(),
        };
        client.settings().check().map_err(ConfigurationError::Settings)?;
        Ok(client)
    }
}

/// Returns an environment variable's text, if it has any.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

impl Client {
    /// The settings of one request.
    pub(super) fn settings(&self) -> Settings<'_> {
        // It was checked when the client was made.
        let region = Region::new(&self.region).unwrap_or(Region::AP_GUANGZHOU);
        let mut settings = Settings::new(region, &self.host)
            .path(self.connector.endpoint().path())
            .method(self.method)
            .signing(self.signing)
            .keep_alive(!self.keep_alive.is_zero());
        #[cfg(feature = "v1")]
        if let Signing::V1 { algorithm, .. } = self.signing {
            let nonce = super::run::random().max(1);
            settings = settings.signing(Signing::V1 { algorithm, nonce });
        }
        if let Some(language) = self.language {
            settings = settings.language(language);
        }
        if let Some(name) = &self.request_client {
            settings = settings.request_client(name);
        }
        settings
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .field("host", &self.host)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}
