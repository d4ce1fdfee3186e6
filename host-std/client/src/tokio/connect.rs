//! From an endpoint to a connection of the asynchronous client.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use super::stream::{AsyncStream, Channel, timed};
use crate::connection::dial::{HEAD_START, interleaved, prepare};
use crate::connection::proxy::{Handshake, HandshakeStep, ProxyKind, Want};
use crate::connection::resolve::{MAX_ADDRESSES, allowed};
use crate::connection::secure::server_name;
use crate::connection::{authority, dial_failed, lookup_failed, peer};
use crate::{Connector, Deadline, Endpoint, Proxy, Step, StreamError, StreamErrorKind};

/// Connects as [`Connector::connect`] does, without blocking.
pub(super) async fn connect(
    connector: &Connector,
    deadline: Deadline,
    on_tls: impl FnOnce(),
) -> Result<AsyncStream, StreamError> {
    let limit = deadline.earlier(Deadline::after(connector.timeouts.connect));
    let timed_out = |error| connector.timed_out(error, limit, deadline);
    let (tcp, peer) = reach(connector, limit).await.map_err(timed_out)?;
    let channel = match connector.prepare_tls()? {
        None => Channel::Plain(tcp),
        Some(tls) => {
            on_tls();
            let shake_hands = async {
                let name = server_name(connector.endpoint())?;
                TlsConnector::from(tls.config()).connect(name, tcp).await
            };
            let stream = timed(limit, None, shake_hands)
                .await
                .map_err(|error| timed_out(StreamError::from_io(Step::Connect, &peer, error)))?;
            Channel::Secure(Box::new(stream))
        }
    };
    Ok(AsyncStream::new(channel, peer, deadline, connector.timeouts.idle))
}

/// Connects, through the proxy if there is one.
async fn reach(connector: &Connector, limit: Deadline) -> Result<(TcpStream, String), StreamError> {
    let endpoint = connector.endpoint();
    let Some(proxy) = &connector.proxy else {
        let (tcp, address) = dial(endpoint, &authority(endpoint), limit).await?;
        return Ok((tcp, peer(endpoint, address)));
    };
    // A proxy of this kind is given an address.
    let ip = match proxy.kind() {
        ProxyKind::Socks5 => Some(lookup(endpoint, limit).await?[0].ip()),
        ProxyKind::Socks5Name | ProxyKind::Http => endpoint.ip(),
    };
    let (mut tcp, _) = dial(proxy.address(), &format!("the proxy {proxy}"), limit).await?;
    let peer = format!("{} through the proxy {proxy}", authority(endpoint));
    ask(proxy, endpoint, ip, &mut tcp, limit, &peer).await?;
    Ok((tcp, peer))
}

/// Asks the proxy to lead to the endpoint.
async fn ask(
    proxy: &Proxy,
    endpoint: &Endpoint,
    ip: Option<IpAddr>,
    tcp: &mut TcpStream,
    limit: Deadline,
    peer: &str,
) -> Result<(), StreamError> {
    let failed = |error| StreamError::from_io(Step::Connect, peer, error);
    let mut talk = Handshake::new(proxy, endpoint.host(), ip, endpoint.port());
    let mut received = vec![];
    loop {
        let step = talk.next(&received).map_err(|reason| {
            StreamError::new(StreamErrorKind::Proxy, Step::Connect, peer, reason)
        })?;
        let want = match step {
            HandshakeStep::Done => return Ok(()),
            HandshakeStep::Receive(want) => want,
            HandshakeStep::Send(bytes, want) => {
                timed(limit, None, tcp.write_all(&bytes)).await.map_err(failed)?;
                want
            }
        };
        match want {
            Want::Exactly(count) => {
                received.resize(count, 0);
                timed(limit, None, tcp.read_exact(&mut received)).await.map_err(failed)?;
            }
            Want::UpTo(most) => {
                received.resize(most, 0);
                let read = timed(limit, None, tcp.read(&mut received));
                let count = read.await.map_err(failed)?;
                received.truncate(count);
            }
        }
    }
}

/// Looks up a name.
async fn lookup(endpoint: &Endpoint, limit: Deadline) -> Result<Vec<SocketAddr>, StreamError> {
    if let Some(ip) = endpoint.ip() {
        return Ok(vec![SocketAddr::new(ip, endpoint.port())]);
    }
    let look = async {
        let found = lookup_host((endpoint.host(), endpoint.port())).await?;
        allowed(endpoint, found.take(MAX_ADDRESSES).collect())
    };
    let found = timed(limit, None, look).await;
    found.map_err(|error| lookup_failed(&authority(endpoint), error))
}

/// Looks up a name and connects to the first of its addresses that answers, by
/// RFC 8305. Errors name the peer as `whom`.
async fn dial(
    endpoint: &Endpoint,
    whom: &str,
    limit: Deadline,
) -> Result<(TcpStream, SocketAddr), StreamError> {
    let addresses = interleaved(&lookup(endpoint, limit).await?);
    let connected = match addresses.as_slice() {
        [address] => connect_to(*address, limit).await,
        addresses => race(addresses, limit).await,
    };
    connected.map_err(|(error, address)| dial_failed(endpoint, whom, error, address))
}

type Connected = Result<(TcpStream, SocketAddr), (io::Error, SocketAddr)>;

async fn connect_to(address: SocketAddr, limit: Deadline) -> Connected {
    let connecting = async {
        let tcp = TcpStream::connect(address).await?;
        prepare(&tcp)?;
        Ok(tcp)
    };
    match timed(limit, None, connecting).await {
        Ok(tcp) => Ok((tcp, address)),
        Err(error) => Err((error, address)),
    }
}

/// Tries all addresses, each with a head start before the next.
async fn race(addresses: &[SocketAddr], limit: Deadline) -> Connected {
    let mut untried = addresses.iter().copied();
    let mut running = JoinSet::new();
    let mut failure = None;
    loop {
        let next = untried.next();
        if let Some(address) = next {
            running.spawn(connect_to(address, limit));
        }
        let ended = match next {
            Some(_) => match tokio::time::timeout(HEAD_START, running.join_next()).await {
                Ok(ended) => ended,
                Err(_) => continue,
            },
            None => running.join_next().await,
        };
        match ended {
            Some(Ok(Ok(connected))) => return Ok(connected),
            Some(Ok(Err(failed))) => failure = Some(failed),
            // A task neither panics nor is ended by anybody else.
            Some(Err(_)) => {}
            None => break,
        }
    }
    Err(failure.unwrap_or_else(|| (io::ErrorKind::AddrNotAvailable.into(), addresses[0])))
}
