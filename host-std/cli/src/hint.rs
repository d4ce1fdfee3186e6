//! The options that may help after an error.

use scf_invoke::{ConfigurationError, EndpointError, Error, StreamErrorKind};

use crate::error::CommandError;

/// Returns the advice for an error, where an option of the command helps.
pub(crate) fn of(error: &CommandError) -> Option<&'static str> {
    let CommandError::Call(error) = error else {
        return None;
    };
    match error {
        Error::Configuration(error) => of_configuration(error),
        Error::Network { error, .. } | Error::Timeout { error, .. } => of_stream(error.kind()),
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

fn of_stream(kind: StreamErrorKind) -> Option<&'static str> {
    match kind {
        StreamErrorKind::CallTimeout | StreamErrorKind::IdleTimeout => {
            Some("--timeout SECONDS allows more time")
        }
        StreamErrorKind::Certificate => {
            Some("--ca-file FILE trusts the CA of a server of your own")
        }
        _ => None,
    }
}
