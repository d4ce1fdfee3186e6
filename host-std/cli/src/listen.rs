//! The address that a server listens on.

use std::net::{Ipv4Addr, SocketAddr};

/// Reads an address and a port.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    let localhost = text.strip_prefix("localhost:").and_then(|port| port.parse().ok());
    match (text.parse(), localhost) {
        (Ok(address), _) => Ok(address),
        (_, Some(port)) => Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
        _ => Err("give an address and a port, such as 127.0.0.1:9000 or [::1]:9000; port 0 takes \
                  a free one"
            .to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_has_a_port() {
        for (text, read) in [
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("[::1]:9000", "[::1]:9000"),
            ("localhost:9000", "127.0.0.1:9000"),
        ] {
            assert_eq!(address(text).unwrap().to_string(), read);
        }
        for wrong in ["9000", "localhost", "::1:9000", "localhost:65536", "example.com:80"] {
            assert!(address(wrong).unwrap_err().contains("such as 127.0.0.1:9000"), "{wrong}");
        }
    }
}
