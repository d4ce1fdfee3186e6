//! The callers of an instance's runtime API: the instance, and nobody else of
//! the machine. Without this, any program or page could take an event and
//! answer in the function's place.

use std::net::SocketAddr;

use hyper::header::HeaderMap;
use rustix::process::Pid;
use scf_serve::Hosts;

/// Headers that a browser sends, and no runtime.
const BROWSER: [&str; 4] = ["origin", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"];

/// Checks that a request was meant for the runtime API on this port and was
/// made by no page.
pub(super) fn check(headers: &HeaderMap, port: u16) -> Result<(), &'static str> {
    if BROWSER.iter().any(|name| headers.contains_key(*name)) {
        return Err("the runtime API answers no page\n");
    }
    let own = Hosts::loopback().check(headers).is_ok_and(|host| {
        let sent = host.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        sent.is_none_or(|sent| sent == port)
    });
    if own { Ok(()) } else { Err("the request must name this API, once, as its Host\n") }
}

/// Returns whether the other end of a connection is held by a process of the instance;
/// `true` where the system does not say.
#[cfg(target_os = "linux")]
pub(super) fn is_of_instance(peer: SocketAddr, port: u16, process: Pid) -> bool {
    let Some(tables) = tables() else { return true };
    let Some(inode) = socket(&tables, peer, port) else { return false };
    let link = format!("socket:[{inode}]");
    super::instance::processes(process).any(|pid| holds(pid, &link))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_of_instance(_: SocketAddr, _: u16, _: Pid) -> bool {
    true
}

/// Finds the port that a process of the instance listens on, among those that it may take.
/// If the system does not say, it is one that takes connections.
pub(super) fn listening_port(process: Pid, ports: &[u16]) -> Option<u16> {
    let takes_connections = |port: u16| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
    #[cfg(target_os = "linux")]
    if let Some(tables) = tables() {
        return ports.iter().copied().find(|port| {
            let inodes = listeners(&tables, *port);
            if inodes.is_empty() {
                return false;
            }
            inodes.iter().any(|inode| {
                let link = format!("socket:[{inode}]");
                super::instance::processes(process).any(|pid| holds(pid, &link))
            })
        });
    }
    let _ = process;
    ports.iter().copied().find(|port| takes_connections(*port))
}

/// Returns the inodes of the sockets that listen on a port.
#[cfg(target_os = "linux")]
fn listeners(tables: &str, port: u16) -> Vec<&str> {
    const LISTEN: &str = "0A";
    let port = format!(":{port:04X}");
    let lines = tables.lines().filter_map(|line| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let (from, _, state) = (fields.next()?, fields.next()?, fields.next()?);
        let fits = from.ends_with(&port) && state == LISTEN;
        fits.then(|| fields.nth(5)).flatten()
    });
    lines.collect()
}

/// Returns the system's tables of TCP sockets. A program can use an IPv6 socket for an
/// IPv4 address.
#[cfg(target_os = "linux")]
fn tables() -> Option<String> {
    let mut text = std::fs::read_to_string("/proc/net/tcp").ok()?;
    text.push_str(&std::fs::read_to_string("/proc/net/tcp6").unwrap_or_default());
    Some(text)
}

/// Finds the inode of the socket that is bound to `peer` and connected to the
/// port.
#[cfg(target_os = "linux")]
fn socket(tables: &str, peer: SocketAddr, port: u16) -> Option<&str> {
    let SocketAddr::V4(peer) = peer else { return None };
    // As the kernel prints an address: a number in the machine's own order.
    let ip = u32::from_ne_bytes(peer.ip().octets());
    let local = format!("{ip:08X}:{:04X}", peer.port());
    let remote = format!(":{port:04X}");
    tables.lines().find_map(|line| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let (from, to) = (fields.next()?, fields.next()?);
        let fits = from.strip_prefix("0000000000000000FFFF0000").unwrap_or(from) == local
            && to.ends_with(&remote);
        // The fields that follow: state, queues, timer, retransmissions, user, timeout.
        fits.then(|| fields.nth(6)).flatten().filter(|inode| *inode != "0")
    })
}

#[cfg(target_os = "linux")]
fn holds(pid: Pid, link: &str) -> bool {
    let files = std::fs::read_dir(format!("/proc/{}/fd", pid.as_raw_nonzero()));
    files
        .into_iter()
        .flatten()
        .flatten()
        .any(|file| std::fs::read_link(file.path()).is_ok_and(|target| target.as_os_str() == link))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn only_its_own_host_is_answered_and_no_page() {
        for host in ["127.0.0.1:9000", "127.0.0.1", "localhost:9000"] {
            assert_eq!(check(&headers(&[("host", host)]), 9000), Ok(()), "{host}");
        }
        for wrong in [
            &[][..],
            &[("host", "evil.example:9000")],
            &[("host", "127.0.0.1:9001")],
            &[("host", "127.0.0.1:9000"), ("host", "127.0.0.1:9000")],
            &[("host", "127.0.0.1:9000"), ("origin", "http://127.0.0.1:9000")],
            &[("host", "127.0.0.1:9000"), ("sec-fetch-site", "none")],
        ] {
            assert!(check(&headers(wrong), 9000).is_err(), "{wrong:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_socket_is_found_by_both_its_ends() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        let peer = stream.local_addr().unwrap();
        let tables = tables().unwrap();
        let inode = socket(&tables, peer, port).unwrap();
        let own = Pid::from_raw(i32::try_from(std::process::id()).unwrap()).unwrap();
        assert!(holds(own, &format!("socket:[{inode}]")));
        assert_eq!(socket(&tables, peer, port.wrapping_add(1)), None);
        assert!(is_of_instance(peer, port, own));
    }
}
