//! The variables that name a proxy, and the hosts that go without one.

use std::net::IpAddr;

use super::{Proxy, ProxyError};
use crate::{Endpoint, Scheme};

/// curl reads the small letters first, too.
const HTTPS: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// `http_proxy` names a proxy that takes plain requests, which are not made
/// here.
const HTTP: [&str; 2] = ["all_proxy", "ALL_PROXY"];

const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// Returns the proxy that variables name for an endpoint.
pub(crate) fn from_variables(
    endpoint: &Endpoint,
    variable: impl Fn(&'static str) -> Option<String>,
) -> Result<Option<Proxy>, ProxyError> {
    if endpoint.is_loopback() {
        return Ok(None);
    }
    let set = |name: &'static str| {
        variable(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let names = match endpoint.scheme() {
        Scheme::Https => HTTPS.as_slice(),
        Scheme::Http => HTTP.as_slice(),
    };
    let Some((name, text)) = names.iter().find_map(|&name| Some((name, set(name)?))) else {
        return Ok(None);
    };
    if EXCEPTIONS.into_iter().find_map(set).is_some_and(|list| excepts(&list, endpoint)) {
        return Ok(None);
    }
    Proxy::parse(&text)
        .map(Some)
        .map_err(|error| ProxyError::Variable { name, error: Box::new(error) })
}

/// Returns whether a list such as `localhost, .example.com, 10.0.0.0/8` has
/// the host.
fn excepts(list: &str, endpoint: &Endpoint) -> bool {
    let entries = list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty());
    entries.into_iter().any(|entry| {
        if entry == "*" {
            return true;
        }
        if let Some(ip) = endpoint.ip() {
            return excepts_address(entry, ip);
        }
        let entry = match entry.split_once(':') {
            None => entry,
            Some((host, port)) if port.parse() == Ok(endpoint.port()) => host,
            Some(_) => return false,
        };
        let name = entry.trim_start_matches("*.").trim_start_matches('.').to_ascii_lowercase();
        let host = endpoint.host();
        host == name || host.strip_suffix(&name).is_some_and(|front| front.ends_with('.'))
    })
}

/// Returns whether an entry is that address, or a network that it is in.
fn excepts_address(entry: &str, ip: IpAddr) -> bool {
    let (network, length) = match entry.split_once('/') {
        None => (entry, None),
        Some((network, length)) => match length.parse::<u32>() {
            Ok(length) => (network, Some(length)),
            Err(_) => return false,
        },
    };
    let Ok(network) = network.trim_matches(['[', ']']).parse::<IpAddr>() else {
        return false;
    };
    let same = |a: u128, b: u128, width: u32| {
        let host_bits = width.saturating_sub(length.unwrap_or(width));
        (a ^ b).checked_shr(host_bits).unwrap_or(0) == 0
    };
    match (network, ip) {
        (IpAddr::V4(a), IpAddr::V4(b)) => same(u32::from(a).into(), u32::from(b).into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => same(a.into(), b.into(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(variables: &[(&str, &str)], url: &str) -> Option<String> {
        let endpoint = Endpoint::dangerous_parse_plain_http(url).unwrap();
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, text)| text.to_string())
        };
        from_variables(&endpoint, variable).unwrap().map(|proxy| proxy.to_string())
    }

    #[test]
    fn the_first_variable_that_is_set_names_the_proxy() {
        let all = ("ALL_PROXY", "socks5h://all:1");
        let url = "https://scf.example";
        assert_eq!(proxy(&[], url), None);
        assert_eq!(proxy(&[all, ("https_proxy", "")], url).unwrap(), "socks5h://all:1");
        assert_eq!(proxy(&[all, ("HTTPS_PROXY", "a:2")], url).unwrap(), "http://a:2");
        let both = [("HTTPS_PROXY", "a:2"), ("https_proxy", "b:3")];
        assert_eq!(proxy(&both, url).unwrap(), "http://b:3");
        // Plain http is no business of an https proxy.
        assert_eq!(proxy(&both, "http://scf.example"), None);
        assert_eq!(proxy(&[all], "http://scf.example").unwrap(), "socks5h://all:1");
        // Nothing leads back to this machine.
        assert_eq!(proxy(&[all], "http://127.0.0.1:9000"), None);
        assert_eq!(proxy(&[all], "https://localhost"), None);
    }

    #[test]
    fn a_variable_that_is_no_proxy_is_named() {
        let endpoint = Endpoint::default();
        let error = from_variables(&endpoint, |name| {
            (name == "HTTPS_PROXY").then(|| "ftp://proxy".to_owned())
        });
        assert_eq!(
            error.unwrap_err().to_string(),
            "HTTPS_PROXY: the proxy's scheme must be http, socks5 or socks5h"
        );
    }

    #[test]
    fn hosts_and_networks_go_without_a_proxy() {
        let without = |list: &str, url: &str| {
            proxy(&[("HTTPS_PROXY", "proxy:1"), ("NO_PROXY", list)], url).is_none()
        };
        for (list, url) in [
            ("*", "https://scf.example"),
            ("scf.example", "https://scf.example"),
            ("other, .Example", "https://scf.example"),
            ("*.example", "https://scf.example"),
            ("example", "https://scf.example"),
            ("scf.example:443", "https://scf.example"),
            ("10.1.0.0/16", "https://10.1.2.3"),
            ("10.1.2.3", "https://10.1.2.3"),
            ("fd00::/8", "https://[fd12::1]"),
            ("0.0.0.0/0", "https://10.1.2.3"),
        ] {
            assert!(without(list, url), "{list} {url}");
        }
        for (list, url) in [
            ("", "https://scf.example"),
            ("cf.example", "https://scf.example"),
            ("scf.example:80", "https://scf.example"),
            ("10.1.0.0/16", "https://10.2.2.3"),
            ("10.1.0.0/x", "https://10.1.2.3"),
            ("fd00::/8", "https://10.1.2.3"),
        ] {
            assert!(!without(list, url), "{list} {url}");
        }
    }
}
