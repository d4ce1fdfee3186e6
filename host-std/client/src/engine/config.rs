//! The settings of a client, checked.

use std::sync::Arc;
use std::time::Duration;

use scf_invoke_core::attempt::RetryPolicy;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::request::{Language, Settings, SettingsError, Signing};
use scf_invoke_core::sign::tc3::Method;

use super::Hook;
use crate::{Connector, Endpoint, Timeouts};

/// The settings of a client, checked.
pub(crate) struct Config {
    pub(super) region: String,
    /// The places that answer for the API, in order of preference; never empty.
    pub(super) routes: Vec<Route>,
    pub(super) timeouts: Timeouts,
    pub(super) retry: RetryPolicy,
    pub(super) method: Method,
    pub(super) signing: Signing,
    pub(super) language: Option<Language>,
    pub(super) request_client: Option<String>,
    pub(crate) keep_alive: Duration,
    pub(crate) idle_connections: usize,
    #[cfg_attr(not(feature = "tokio"), expect(dead_code, reason = "threads bound themselves"))]
    pub(crate) max_connections: Option<usize>,
    pub(super) reply_limit: usize,
    pub(super) hooks: Vec<Arc<dyn Hook>>,
}

/// A place that answers for the API.
pub(crate) struct Route {
    /// Its place in [`Config::routes`].
    pub(crate) index: usize,
    pub(crate) connector: Connector,
    /// The host that is signed.
    pub(crate) host: String,
}

impl Config {
    /// Returns where requests are sent first.
    pub(crate) fn endpoint(&self) -> &Endpoint {
        self.routes[0].connector.endpoint()
    }

    /// Returns the host that is signed first.
    pub(crate) fn host(&self) -> &str {
        &self.routes[0].host
    }

    /// Checks the settings of a request.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        self.settings(&self.routes[0], &self.region, None).check()
    }

    /// Returns the settings of one request.
    pub(super) fn settings<'s>(
        &'s self,
        route: &'s Route,
        region: &'s str,
        trace_id: Option<&'s str>,
    ) -> Settings<'s> {
        // It was checked when the client or the call was made.
        let region = Region::new(region).unwrap_or(Region::AP_GUANGZHOU);
        let mut settings = Settings::new(region, &route.host)
            .path(route.connector.endpoint().path())
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
        if let Some(trace_id) = trace_id {
            settings = settings.trace_id(trace_id);
        }
        settings
    }
}
