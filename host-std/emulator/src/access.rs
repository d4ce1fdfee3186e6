//! The requests that are read at all: hosts and pages, by a request's head alone.

use hyper::header::HeaderMap;
use hyper::{Method, StatusCode};
use scf_serve::{HostError, Hosts, Origin, Source};

use crate::error::ApiError;

/// The hosts and pages that an emulator answers.
#[derive(Debug)]
pub(crate) struct Access {
    hosts: Hosts,
    origins: Vec<Origin>,
}

/// A request that is not read any further.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) error: ApiError,
}

impl Access {
    /// On the loopback interface only names that nobody else can have are
    /// answered. An address that other machines reach has names which the
    /// emulator cannot know.
    pub(crate) fn new(loopback: bool, hosts: &[String], origins: Vec<Origin>) -> Self {
        let base = if loopback || !hosts.is_empty() { Hosts::loopback() } else { Hosts::any() };
        let hosts = hosts.iter().fold(base.and_api(), |base, host| base.and(host));
        Self { hosts, origins }
    }

    /// Tells where a request comes from, if it may go on.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<Source, Refused> {
        let host = self.hosts.check(headers).map_err(|error| host_refused(&error))?;
        match Source::of(headers, Some(host), &self.origins) {
            Source::Foreign(origin) => Err(page_refused(origin.as_ref())),
            source => Ok(source),
        }
    }
}

fn host_refused(error: &HostError) -> Refused {
    let advice = match error {
        HostError::Foreign(_) => {
            "use localhost or 127.0.0.1, or name the host when the emulator starts (--host)"
        }
        _ => "send exactly one",
    };
    Refused {
        status: StatusCode::BAD_REQUEST,
        error: ApiError::new("InvalidRequest", format!("{}; {advice}.", capital(error))),
    }
}

fn page_refused(origin: Option<&Origin>) -> Refused {
    let message = match origin {
        Some(origin) => format!(
            "Pages of {origin} may not call the emulator, as they may not call the API: use a \
             relay on their own origin, or start the emulator with --origin {origin}."
        ),
        None => "A browser sent this from a page of another site or of none, which the emulator \
                 refuses. A page reaches it through a relay on its own origin."
            .to_owned(),
    };
    Refused {
        status: StatusCode::FORBIDDEN,
        error: ApiError::new("UnauthorizedOperation", message),
    }
}

fn capital(error: &HostError) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        format!("{}{}", first.to_ascii_uppercase(), characters.as_str())
    })
}

/// Returns whether a browser asks what a page that was named may send.
pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap, source: &Source) -> bool {
    method == Method::OPTIONS
        && matches!(source, Source::Named(_))
        && headers.contains_key("access-control-request-method")
}
