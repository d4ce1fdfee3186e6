//! From the arguments to a client.

use std::env::VarError;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use scf_emulator::Emulator;
use scf_invoke::credential::Finder;
use scf_invoke::{Builder, Client, Credentials, Endpoint, Error, Policy, Timeouts, TlsOptions};

use crate::connection::{Connection, Identity};
use crate::error::CommandError;
use crate::region;
use crate::stderr::note;
use crate::waiting::Waiting;

/// The environment variable that names the endpoint.
pub(crate) const ENDPOINT_VARIABLE: &str = "TENCENTCLOUD_SCF_ENDPOINT";

/// The region where none was given and none matters.
const EMULATED_REGION: &str = "ap-guangzhou";

/// Looks for the credentials.
pub(crate) fn credentials(identity: &Identity) -> Result<Credentials, Error> {
    let mut finder = Finder::from_process();
    if let Some(profile) = &identity.profile {
        finder = finder.profile(profile);
    }
    let Identity { secret_id, secret_key, token, .. } = identity;
    Ok(finder.explicit(secret_id.clone(), secret_key.clone(), token.clone()).find()?)
}

/// A client of the API, or of what the user named in its place.
pub(crate) fn remote(
    arguments: &Connection,
    timeout: Option<Duration>,
    waiting: &Arc<Waiting>,
) -> Result<Client, CommandError> {
    let mut builder = common(arguments, timeout, waiting);
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
    if let Some(file) = &arguments.ca_file {
        builder = builder.tls(TlsOptions::new().ca_file(file));
    }
    builder = match &arguments.day_key {
        None => builder.credentials(credentials(&arguments.identity)?),
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
    Ok(builder.build()?)
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

/// Reads no more than a day key can have.
fn read_day_key(path: &str) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(1024).read_to_string(&mut text)?;
    Ok(text)
}

/// A client of an emulator that was started for it.
pub(crate) fn local(
    arguments: &Connection,
    emulator: &Emulator,
    timeout: Option<Duration>,
    waiting: &Arc<Waiting>,
) -> Result<Client, Error> {
    let mut builder = common(arguments, timeout, waiting);
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
    builder.endpoint(emulator.url().parse()?).credentials(credentials).build()
}

fn common(arguments: &Connection, timeout: Option<Duration>, waiting: &Arc<Waiting>) -> Builder {
    let mut builder = Client::builder()
        .request_client(concat!("tscf-", env!("CARGO_PKG_VERSION")))
        .retry(Policy { attempts: arguments.attempts, ..Policy::default() });
    let environment = std::env::var("TENCENTCLOUD_REGION").ok();
    if let Some(region) = arguments.region.as_deref().or(environment.as_deref())
        && let Some(meant) = region::near_miss(region)
    {
        note(&format!("tscf: hint: is the region {region} meant to be {meant}?"));
    }
    if let Some(region) = &arguments.region {
        builder = builder.region(region);
    }
    if let Some(timeout) = timeout {
        builder = builder.timeouts(Timeouts { call: Some(timeout), ..Timeouts::default() });
    }
    if let Some(language) = arguments.language {
        builder = builder.language(language.into());
    }
    let waiting = Arc::clone(waiting);
    builder.on_progress(move |step| waiting.step(step))
}
