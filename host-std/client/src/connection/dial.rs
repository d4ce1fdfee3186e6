//! Connecting to a host with several addresses, by RFC 8305: the next is tried
//! when one has failed, or has not answered for a moment.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

use super::socket::Expired;
use crate::Deadline;

/// The head start of each address before the next (RFC 8305, section 5).
pub(crate) const HEAD_START: Duration = Duration::from_millis(250);

/// The longest time that a system may wait; no endpoint is that slow.
const NO_LIMIT: Duration = Duration::from_secs(3600);

type Failure = (io::Error, SocketAddr);

/// Connects to the first of the addresses that answers.
pub(super) fn dial(
    addresses: &[SocketAddr],
    limit: Deadline,
) -> Result<(TcpStream, SocketAddr), Failure> {
    let (tcp, address) = match interleaved(addresses).as_slice() {
        [] => {
            // The resolver never gives an empty list.
            let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
            return Err((io::ErrorKind::AddrNotAvailable.into(), nowhere));
        }
        [address] => connect(*address, limit)?,
        addresses => race(addresses, limit)?,
    };
    match prepare(&tcp) {
        Ok(()) => Ok((tcp, address)),
        Err(error) => Err((error, address)),
    }
}

/// Orders addresses such that IPv4 and IPv6 take turns, beginning with the
/// kind that the resolver prefers.
pub(crate) fn interleaved(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut first, mut second): (Vec<SocketAddr>, Vec<SocketAddr>) =
        addresses.iter().partition(|address| address.is_ipv6() == first_is_v6);
    let mut ordered = Vec::with_capacity(addresses.len());
    (first, second) = (first.into_iter().rev().collect(), second.into_iter().rev().collect());
    while let Some(address) = first.pop().or_else(|| second.pop()) {
        ordered.push(address);
        std::mem::swap(&mut first, &mut second);
    }
    ordered
}

/// Sets what a connection needs for calls.
pub(crate) fn prepare<'s>(tcp: impl Into<SockRef<'s>>) -> io::Result<()> {
    let tcp = tcp.into();
    // A request is written in whole buffers; Nagle would only hold back the
    // last one.
    tcp.set_tcp_nodelay(true)?;
    // A function may be silent for 300 s, after which a NAT has forgotten the
    // connection, unless something passes through it.
    let keep_alive = TcpKeepalive::new()
        .with_time(Duration::from_secs(30))
        .with_interval(Duration::from_secs(15));
    tcp.set_tcp_keepalive(&keep_alive)
}

fn connect(address: SocketAddr, limit: Deadline) -> Result<(TcpStream, SocketAddr), Failure> {
    let left = limit.remaining().unwrap_or(NO_LIMIT);
    let result = match left.is_zero() {
        true => Err(Expired::Deadline.into()),
        false => TcpStream::connect_timeout(&address, left),
    };
    match result {
        Ok(tcp) => Ok((tcp, address)),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            Err((Expired::Deadline.into(), address))
        }
        Err(error) => Err((error, address)),
    }
}

/// Tries all addresses, each on a thread of its own, since the system cannot
/// wait for several. Those that are late end by the limit.
fn race(addresses: &[SocketAddr], limit: Deadline) -> Result<(TcpStream, SocketAddr), Failure> {
    let (sender, receiver) = mpsc::channel();
    let mut untried = addresses.iter().copied();
    let mut running = 0;
    let mut failure = None;
    loop {
        let next = untried.next();
        match next {
            None if running == 0 => break,
            None => {}
            Some(address) => {
                let sender = sender.clone();
                let connector = thread::Builder::new().name("scf-connect".into());
                let started = connector.spawn(move || {
                    // Nobody may be waiting any more.
                    let _ = sender.send(connect(address, limit));
                });
                if started.is_err() {
                    // Without a thread, this one waits.
                    return connect(address, limit);
                }
                running += 1;
            }
        }
        match receiver.recv_timeout(if next.is_some() { HEAD_START } else { NO_LIMIT }) {
            Ok(Ok(connected)) => return Ok(connected),
            Ok(Err(failed)) => {
                running -= 1;
                failure = Some(failed);
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }
    Err(failure.unwrap_or_else(|| (io::ErrorKind::AddrNotAvailable.into(), addresses[0])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn the_kinds_of_addresses_take_turns() {
        let addresses: Vec<SocketAddr> =
            ["[::1]:1", "[::2]:1", "[::3]:1", "1.0.0.1:1", "1.0.0.2:1"]
                .iter()
                .map(|text| text.parse().unwrap())
                .collect();
        let texts: Vec<String> = interleaved(&addresses).iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["[::1]:1", "1.0.0.1:1", "[::2]:1", "1.0.0.2:1", "[::3]:1"]);
        assert!(interleaved(&[]).is_empty());
    }

    #[test]
    fn an_address_that_does_not_answer_holds_up_nobody() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let alive = listener.local_addr().unwrap();
        // Of a network for documentation, where packets are lost or refused.
        let dead = SocketAddr::from(([192, 0, 2, 1], 9));
        let (tcp, address) = dial(&[dead, alive], Deadline::NEVER).unwrap();
        assert_eq!(address, alive);
        let tcp = SockRef::from(&tcp);
        assert!(tcp.keepalive().unwrap() && tcp.tcp_nodelay().unwrap());
    }

    #[test]
    fn where_no_address_answers_the_last_failure_is_told() {
        let closed = || {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap()
        };
        let (error, _) = dial(&[closed(), closed()], Deadline::NEVER).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}
