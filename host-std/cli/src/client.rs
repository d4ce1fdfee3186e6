//! From the options to a client.

use std::env::VarError;
use std::fs::File;
use std::io::{self, Read};

use scf_emulator::Emulator;
use scf_invoke::credential::{self, Finder, ProfileSettings, ProvideCredentials};
use scf_invoke::{
    Client, ClientBuilder, CredentialError, Credentials, Endpoint, Error, Proxy, RetryPolicy,
    TlsOptions,
};

use crate::connection::{Connection, Identity};
use crate::error::CommandError;
use crate::region;
use crate::stderr::note;

/// The environment variable that names the endpoint.
pub(crate) const ENDPOINT_VARIABLE: &str = "TENCENTCLOUD_SCF_ENDPOINT";

/// The region where none was given and none matters.
const EMULATED_REGION: &str = "ap-guangzhou";

/// A search for the credentials that prints what the user should know of those
/// that it finds.
pub(crate) struct Search(Finder<'static>);

impl Search {
    pub(crate) fn new(identity: &Identity) -> Self {
        let mut finder = Finder::from_process();
        if let Some(profile) = &identity.profile {
            finder = finder.profile(profile);
        }
        let Identity { secret_id, secret_key, token, .. } = identity;
        Self(finder.explicit(secret_id.clone(), secret_key.clone(), token.clone()))
    }

    pub(crate) fn search(&self) -> credential::Search {
        self.0.search()
    }

    pub(crate) fn find(&self) -> Result<Credentials, CredentialError> {
        self.0.find()
    }
}

impl ProvideCredentials for Search {
    fn provide(&self) -> Result<Credentials, CredentialError> {
        let credentials = self.0.find()?;
        if let Some(warning) = credentials.warning() {
            note(&format!("tscf: warning: {warning}"));
        }
        Ok(credentials)
    }

    fn settings(&self) -> Result<ProfileSettings, CredentialError> {
        self.0.settings()
    }
}

/// Returns a client of the API, or of what the user named in its place, after
/// the command has added its own settings.
pub(crate) fn remote(
    arguments: &Connection,
    add: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<Client, CommandError> {
    let mut builder = common(arguments);
    if let Some(url) = endpoint(arguments)? {
        let endpoint = if arguments.dangerous_plain_http {
            Endpoint::dangerous_parse_plain_http(&url)
        } else {
            Endpoint::parse(&url)
        };
        builder = builder.endpoint(endpoint.map_err(Error::from)?);
    }
    if let Some(host) = &arguments.host {
        builder = builder.host(host);
    }
    builder = match arguments.proxy.as_deref() {
        None => builder,
        Some("none") => builder.no_proxy(),
        Some(proxy) => builder.proxy(parse_proxy(proxy)?),
    };
    if arguments.domain_fallback {
        builder = builder.domain_fallback();
    }
    if let Some(file) = &arguments.ca_file {
        builder = builder.tls(TlsOptions::new().ca_file(file));
    }
    builder = match &arguments.day_key {
        None => builder.credentials_from(Search::new(&arguments.identity)),
        Some(key) => {
            let key = match key.strip_prefix('@') {
                None => key.clone(),
                Some(path) => read_day_key(path).map_err(|error| {
                    CommandError::Configuration(format!(
                        "the day key's file {path} cannot be read: {error}"
                    ))
                })?,
            };
            let builder = builder.day_key(key);
            match &arguments.identity.token {
                None => builder,
                Some(token) => builder.day_key_token(token),
            }
        }
    };
    Ok(add(builder).build()?)
}

/// Returns the endpoint that the user named, if any.
fn endpoint(arguments: &Connection) -> Result<Option<String>, CommandError> {
    if arguments.endpoint.is_some() {
        return Ok(arguments.endpoint.clone());
    }
    match std::env::var(ENDPOINT_VARIABLE) {
        Ok(url) if !url.is_empty() => Ok(Some(url)),
        Err(VarError::NotUnicode(_)) => {
            Err(CommandError::Usage(format!("{ENDPOINT_VARIABLE} is not Unicode text")))
        }
        _ => Ok(None),
    }
}

/// Returns the proxy that connections to the endpoint go through.
pub(crate) fn proxy(
    arguments: &Connection,
    endpoint: &Endpoint,
) -> Result<Option<Proxy>, CommandError> {
    match arguments.proxy.as_deref() {
        Some("none") => Ok(None),
        Some(proxy) => Ok(Some(parse_proxy(proxy)?)),
        None => Proxy::from_environment(endpoint)
            .map_err(|error| CommandError::Configuration(error.to_string())),
    }
}

fn parse_proxy(text: &str) -> Result<Proxy, CommandError> {
    Proxy::parse(text).map_err(|error| CommandError::Usage(format!("--proxy: {error}")))
}

/// Reads no more than a day key can have.
fn read_day_key(path: &str) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(1024).read_to_string(&mut text)?;
    Ok(text)
}

/// Returns a client of an emulator that was started for it, after the command
/// has added its own settings.
pub(crate) fn local(
    arguments: &Connection,
    emulator: &Emulator,
    add: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<Client, Error> {
    let mut builder = add(common(arguments));
    let environment = std::env::var_os("TENCENTCLOUD_REGION").unwrap_or_default();
    if arguments.region.is_none() && environment.is_empty() {
        builder = builder.region(EMULATED_REGION);
    }
    let credential = emulator.credential();
    let credentials = Credentials::new(
        credential.secret_id(),
        credential.secret_key(),
        credential.token().map(str::to_owned),
    )?;
    builder.endpoint(emulator.url().parse()?).no_proxy().credentials(credentials).build()
}

fn common(arguments: &Connection) -> ClientBuilder {
    let mut builder = Client::builder().request_client(concat!("tscf-", env!("CARGO_PKG_VERSION")));
    let environment = std::env::var("TENCENTCLOUD_REGION").ok();
    if let Some(region) = arguments.region.as_deref().or(environment.as_deref())
        && let Some(meant) = region::near_miss(region)
    {
        note(&format!("tscf: hint: is the region {region} meant to be {meant}?"));
    }
    if let Some(region) = &arguments.region {
        builder = builder.region(region);
    }
    if let Some(language) = arguments.language {
        builder = builder.language(language.into());
    }
    builder
}

/// Returns the policy of a call that is made so often by default.
pub(crate) fn retry(arguments: &Connection, default: u32) -> RetryPolicy {
    RetryPolicy::default().attempts(arguments.attempts.unwrap_or(default))
}
