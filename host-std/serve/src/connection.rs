//! One connection, from its first byte to its end.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::erased::ErasedService;
use crate::limits::Limits;
use crate::pause::Pause;
use crate::service::Connection;
use crate::shutdown::{Stop, reached};
use crate::table::Ticket;

/// The part of a server that all its connections share.
pub(crate) struct Shared {
    pub(crate) service: Arc<dyn ErasedService>,
    pub(crate) limits: Limits,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<tokio_rustls::TlsAcceptor>,
    pub(crate) stop: watch::Receiver<Stop>,
}

/// A stream of bytes, plain or with TLS.
trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for T {}

/// Serves a connection until either side ends it, or another one takes its
/// place.
pub(crate) async fn run(shared: Arc<Shared>, stream: TcpStream, peer: SocketAddr, ticket: Ticket) {
    // A response is written in whole buffers; Nagle would only hold back the
    // last one.
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let connection = Connection { peer, place: Arc::clone(&ticket.place), reset: reset.clone() };
    let stream = Impatient { stream, writing: Pause::new(shared.limits.pause), reset };
    accept(&shared, stream, connection, ticket).await;
}

#[cfg(feature = "tls")]
async fn accept(shared: &Arc<Shared>, stream: Impatient, connection: Connection, ticket: Ticket) {
    match &shared.tls {
        None => serve(shared, Box::new(stream), connection, ticket).await,
        Some(tls) => {
            let handshake = tokio::time::timeout(shared.limits.head, tls.accept(stream));
            // Without TLS there is nothing that could be answered.
            if let Ok(Ok(stream)) = handshake.await {
                serve(shared, Box::new(stream), connection, ticket).await;
            }
        }
    }
}

#[cfg(not(feature = "tls"))]
async fn accept(shared: &Arc<Shared>, stream: Impatient, connection: Connection, ticket: Ticket) {
    serve(shared, Box::new(stream), connection, ticket).await;
}

async fn serve(
    shared: &Arc<Shared>,
    stream: Box<dyn ByteStream>,
    connection: Connection,
    ticket: Ticket,
) {
    let ticket = &ticket;
    let service = service_fn(|request| {
        let (service, connection) = (Arc::clone(&shared.service), connection.clone());
        async move {
            let answer = service.call(request, connection).await;
            ticket.wait();
            answer
        }
    });
    let exchanges = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.limits.head)
        .max_buf_size(shared.limits.head_bytes)
        .serve_connection(TokioIo::new(stream), service);
    let mut exchanges = std::pin::pin!(exchanges);
    let mut stop = shared.stop.clone();
    // An error here is a connection cut by either side.
    tokio::select! {
        _ = exchanges.as_mut() => {}
        () = reached(&mut stop, Stop::Draining) => {
            exchanges.as_mut().graceful_shutdown();
            let _ = exchanges.await;
        }
    }
}

/// A connection that is given up when its client takes nothing for too long.
/// Reading has limits elsewhere, for a client may well wait for its response.
struct Impatient {
    stream: TcpStream,
    writing: Pause,
    reset: Arc<AtomicBool>,
}

impl Impatient {
    fn limited<T>(
        &mut self,
        outcome: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.writing.end();
        } else if self.writing.poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        outcome
    }
}

impl Drop for Impatient {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Relaxed) {
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Impatient {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Impatient {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.limited(outcome, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.limited(outcome, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.reset.load(Ordering::Relaxed) {
            // An orderly close would reach the client before the reset.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut this.stream).poll_shutdown(context)
    }
}
