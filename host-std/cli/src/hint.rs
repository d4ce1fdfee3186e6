//! The options that may help after an error.

use scf_invoke::{ConfigurationError, EndpointError, Error, StreamError, StreamErrorKind};

use crate::error::CommandError;

/// Returns the advice for an error, where an option of the command helps.
pub(crate) fn of(error: &CommandError) -> Option<&'static str> {
    let CommandError::Call(error) = error else {
        return None;
    };
    match error {
        Error::Configuration(error) => of_configuration(error),
        Error::Network { error, .. } | Error::Timeout { error, .. } => of_stream(error),
        _ => None,
    }
}

fn of_configuration(error: &ConfigurationError) -> Option<&'static str> {
    match error {
        ConfigurationError::RegionMissing => Some("--region NAME gives it for one call"),
        ConfigurationError::Endpoint(EndpointError::PlainHttp(_)) => {
            Some("--dangerous-plain-http accepts it")
        }
        ConfigurationError::Credentials(scf_invoke::CredentialError::NotFound { .. }) => Some(
            "--emulator DIR runs a function of a folder without any; --profile NAME takes those \
             of another section of a file",
        ),
        _ => None,
    }
}

const PROXY_ADVICE: &str = "--proxy URL names another, --proxy none goes without";

fn of_stream(error: &StreamError) -> Option<&'static str> {
    match error.kind() {
        // The peer is the proxy until it has connected.
        StreamErrorKind::Proxy => Some(PROXY_ADVICE),
        _ if error.peer().starts_with("the proxy ") => Some(PROXY_ADVICE),
        StreamErrorKind::CallTimeout | StreamErrorKind::IdleTimeout => {
            Some("--timeout SECONDS allows more time")
        }
        StreamErrorKind::ConnectTimeout
        | StreamErrorKind::Unreachable
        | StreamErrorKind::NameResolution => {
            Some("--proxy URL connects through a proxy, where only that reaches the internet")
        }
        StreamErrorKind::Certificate if error.to_string().contains("CA file") => {
            Some("--ca-file FILE trusts the CA of a server of your own")
        }
        _ => None,
    }
}
