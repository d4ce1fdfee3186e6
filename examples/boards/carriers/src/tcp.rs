//! A call over any TCP stack that implements `TcpConnect`.

use core::net::SocketAddr;

use embedded_nal_async::TcpConnect;
use scf_invoke_core::sign::compression::Compression;
use scf_invoke_core::{AsyncClient, Error, Invocation, Reply, Settings, Signer, Stream};
use scf_invoke_core::{StreamError, lite};

/// The error of a call that opens its own connection.
#[derive(Debug)]
pub enum CallError<E> {
    /// There is no connection; nothing was sent.
    Connect(E),
    /// The call failed.
    Call(Error<StreamError<E>>),
}

/// Runs a function over a connection of its own to `server`: a relay in the local
/// network, or a TLS front. `target` says what is signed.
pub async fn over_tcp<'b, T: TcpConnect, C: Compression>(
    tcp: &T,
    server: SocketAddr,
    target: &lite::Target<'_>,
    signer: Signer<'_, C>,
    event: &str,
    unix_time: u64,
    buffer: &'b mut [u8],
) -> Result<Reply<'b>, CallError<T::Error>> {
    let connection = tcp.connect(server).await.map_err(CallError::Connect)?;
    let settings = Settings::new(target.region, target.host);
    let mut client = AsyncClient::new(Stream::new(connection), settings, signer);
    let invocation = Invocation::new(target.function);
    client.invoke(unix_time, &invocation, event, buffer).await.map_err(CallError::Call)
}
