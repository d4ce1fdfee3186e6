//! Connections to the endpoint.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{HOST, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, Uri};
use hyper_util::rt::TokioIo;
use scf_invoke::{Delivery, Endpoint};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::refusal::{Reason, Refusal};
use crate::upload::{Progress, Upload};

/// A connection that was idle for longer may be closed by the server at the
/// very moment in which it is used, and then nobody knows what ran.
const IDLE_LIMIT: Duration = Duration::from_secs(5);
/// Idle connections that are kept.
const IDLE_COUNT: usize = 32;
/// The most of a response's head that is taken.
const HEAD_LIMIT: usize = 64 * 1024;

pub(crate) struct Upstream {
    endpoint: Endpoint,
    host: HeaderValue,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    connect_limit: Duration,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    sender: SendRequest<Upload>,
    since: Instant,
}

/// A connection whose response is still arriving.
pub(crate) struct Lease {
    sender: SendRequest<Upload>,
    upload: Upload,
    upstream: Arc<Upstream>,
}

impl Lease {
    /// Keeps the connection for another request.
    pub(crate) fn give_back(self) {
        // A response that came before the end of the request leaves the rest of
        // the request on the connection.
        if self.upload.progress() == Progress::Whole {
            let mut idle = self.upstream.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.retain(|idle| idle.since.elapsed() < IDLE_LIMIT);
            if idle.len() < IDLE_COUNT {
                idle.push(Idle { sender: self.sender, since: Instant::now() });
            }
        }
    }
}

impl Upstream {
    pub(crate) fn new(
        endpoint: Endpoint,
        host: HeaderValue,
        tls: Option<(TlsConnector, ServerName<'static>)>,
        connect_limit: Duration,
    ) -> Self {
        Self { endpoint, host, tls, connect_limit, idle: Mutex::default() }
    }

    /// Sends a request and waits for the head of its response.
    pub(crate) async fn send(
        self: &Arc<Self>,
        headers: HeaderMap,
        upload: &Upload,
        deadline: Instant,
    ) -> Result<(Response<Incoming>, Lease), Refusal> {
        let mut request = Request::new(upload.clone());
        *request.method_mut() = Method::POST;
        // The client has signed the path `/`, wherever the relay itself is.
        *request.uri_mut() = Uri::from_static("/");
        *request.headers_mut() = headers;
        request.headers_mut().insert(HOST, self.host.clone());

        let exchange = async {
            loop {
                let (mut sender, kept) = match self.take_idle().await {
                    Some(sender) => (sender, true),
                    None => (self.dial().await?, false),
                };
                match sender.try_send_request(request).await {
                    Ok(response) => {
                        let upstream = Arc::clone(self);
                        let lease = Lease { sender, upload: upload.clone(), upstream };
                        return Ok((response, lease));
                    }
                    Err(mut failure) => match failure.take_message() {
                        // The server closed a kept connection before anything
                        // was written to it.
                        Some(unsent) if kept => request = unsent,
                        _ => return Err(broken(upload, &failure.into_error())),
                    },
                }
            }
        };
        timeout_at(deadline, exchange).await.unwrap_or_else(|_| Err(late(upload)))
    }

    async fn take_idle(&self) -> Option<SendRequest<Upload>> {
        loop {
            let mut idle = {
                let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
                idle.pop()?
            };
            // Its task has to see that the last response has ended.
            if idle.since.elapsed() < IDLE_LIMIT && idle.sender.ready().await.is_ok() {
                return Some(idle.sender);
            }
        }
    }

    async fn dial(&self) -> Result<SendRequest<Upload>, Refusal> {
        let unreachable = |error: &io::Error| {
            Refusal::failed(
                Reason::Unreachable,
                Delivery::NotSent,
                "The relay cannot connect to its endpoint; nothing was sent.",
            )
            .caused_by(error)
        };
        match timeout(self.connect_limit, self.connect()).await {
            Ok(Ok(sender)) => Ok(sender),
            Ok(Err(error)) => Err(unreachable(&error)),
            Err(_) => Err(Refusal::failed(
                Reason::Timeout,
                Delivery::NotSent,
                "The relay's endpoint did not accept a connection in time; nothing was sent.",
            )),
        }
    }

    async fn connect(&self) -> io::Result<SendRequest<Upload>> {
        let tcp = self.reach().await?;
        // A request is written in whole buffers; Nagle would only hold back
        // the last one.
        tcp.set_nodelay(true)?;
        match &self.tls {
            None => shake_hands(Box::new(tcp)).await,
            Some((tls, name)) => shake_hands(Box::new(tls.connect(name.clone(), tcp).await?)).await,
        }
    }

    /// Connects to the first address that answers. Each gets its share of the
    /// time, so that one that swallows packets does not use up all of it.
    async fn reach(&self) -> io::Result<TcpStream> {
        let addresses: Vec<SocketAddr> = match self.endpoint.ip() {
            Some(ip) => vec![SocketAddr::new(ip, self.endpoint.port())],
            None => tokio::net::lookup_host((self.endpoint.host(), self.endpoint.port()))
                .await?
                .filter(|address| self.endpoint.permits(address.ip()))
                .take(16)
                .collect(),
        };
        let end = Instant::now() + self.connect_limit;
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no usable address");
        for (index, address) in addresses.iter().enumerate() {
            let untried = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
            let share = end.saturating_duration_since(Instant::now()) / untried;
            match timeout(share, TcpStream::connect(address)).await {
                Ok(Ok(tcp)) => return Ok(tcp),
                Ok(Err(error)) => last = error,
                Err(_) => last = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(last)
    }
}

/// A stream of bytes, plain or with TLS: without its type, so that the HTTP code is
/// compiled once for both.
trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for T {}

async fn shake_hands(stream: Box<dyn ByteStream>) -> io::Result<SendRequest<Upload>> {
    let (sender, connection) = http1::Builder::new()
        .max_buf_size(HEAD_LIMIT)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    // It ends with its sender, which also gets its errors.
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(sender)
}

/// Returns the refusal of a request whose connection broke.
fn broken(upload: &Upload, error: &hyper::Error) -> Refusal {
    match upload.progress() {
        Progress::Partial => Refusal::failed(
            Reason::Broken,
            Delivery::NotSent,
            "The connection to the relay's endpoint broke before the request was sent whole.",
        )
        .caused_by(error),
        Progress::Whole if error.is_parse() => Refusal::failed(
            Reason::BadAnswer,
            Delivery::Unknown,
            "What the relay's endpoint answered is not HTTP; the function may have run.",
        )
        .caused_by(error),
        Progress::Whole => Refusal::failed(
            Reason::Broken,
            Delivery::Unknown,
            "The connection to the relay's endpoint broke before its answer; the function may \
             have run.",
        )
        .caused_by(error),
    }
}

fn late(upload: &Upload) -> Refusal {
    let (delivery, message) = if upload.progress() == Progress::Whole {
        (
            Delivery::Unknown,
            "The relay's endpoint did not answer in time; the function may have run.",
        )
    } else {
        (Delivery::NotSent, "The request did not reach the relay's endpoint whole in time.")
    };
    Refusal::failed(Reason::Timeout, delivery, message)
}
