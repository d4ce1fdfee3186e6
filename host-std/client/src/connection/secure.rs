//! A TLS session over a [`Socket`].

use std::io::{self, ErrorKind, Read, Write};

use rustls::ClientConnection;
use rustls::pki_types::ServerName;

use super::socket::Socket;
use crate::{Endpoint, Tls};

/// Returns the name that a server's certificate must be for.
pub(crate) fn server_name(endpoint: &Endpoint) -> io::Result<ServerName<'static>> {
    match endpoint.ip() {
        Some(ip) => Ok(ServerName::IpAddress(ip.into())),
        None => ServerName::try_from(endpoint.host().to_owned())
            .map_err(|error| io::Error::new(ErrorKind::InvalidInput, error)),
    }
}

pub(super) struct Session {
    tls: ClientConnection,
    // A write failed. What is left of it must not go out with a later read,
    // since it counts as not sent; what the server has said can be read still.
    write_failed: bool,
}

impl Session {
    const fn new(tls: ClientConnection) -> Self {
        Self { tls, write_failed: false }
    }

    /// Shakes hands. All of it happens here and not at the first write, so that
    /// a handshake that fails is known to have sent nothing of a request.
    pub(super) fn start(tls: &Tls, endpoint: &Endpoint, socket: &mut Socket) -> io::Result<Self> {
        let name = server_name(endpoint)?;
        let mut session =
            Self::new(ClientConnection::new(tls.0.clone(), name).map_err(io::Error::other)?);
        while session.tls.is_handshaking() {
            session.drain(socket)?;
            if session.tls.is_handshaking() {
                session.receive(socket)?;
            }
        }
        session.drain(socket)?;
        Ok(session)
    }

    pub(super) fn read(&mut self, socket: &mut Socket, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.tls.reader().read(buf) {
                // Without close_notify rustls reports an unexpected end here:
                // somebody on the way may have cut the reply short.
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.receive(socket)?,
                result => return result,
            }
            // A key update asks for a response.
            self.drain(socket)?;
        }
    }

    /// Encrypts everything in as few records as it takes, and sends it.
    pub(super) fn write_all(&mut self, socket: &mut Socket, mut data: &[u8]) -> io::Result<()> {
        while !data.is_empty() {
            let count = self.tls.writer().write(data)?;
            if count == 0 {
                return Err(ErrorKind::WriteZero.into());
            }
            data = &data[count..];
            if let Err(error) = self.drain(socket) {
                self.write_failed = true;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Returns whether the server has neither closed the connection nor sent
    /// anything unasked.
    ///
    /// Unread bytes are no sign by themselves: session tickets often arrive
    /// after the handshake. So they are read, as far as they are there.
    pub(super) fn is_quiet(&mut self, socket: &mut Socket) -> bool {
        let session = &mut self.tls;
        socket.without_waiting(|tcp| {
            // More rounds than session tickets need. A server that sends more is not
            // quiet, and its connection is not used again.
            for _ in 0..16 {
                match session.process_new_packets() {
                    Ok(state) if state.plaintext_bytes_to_read() > 0 => return false,
                    Ok(state) if state.peer_has_closed() => return false,
                    Ok(_) => {}
                    Err(_) => return false,
                }
                match session.read_tls(tcp) {
                    Ok(0) => return false,
                    Ok(_) => {}
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return error.kind() == ErrorKind::WouldBlock,
                }
            }
            false
        })
    }

    /// Says good-bye, if that is possible without waiting.
    pub(super) fn close(&mut self, socket: &mut Socket) {
        let session = &mut self.tls;
        session.send_close_notify();
        socket.without_waiting(|tcp| {
            while session.wants_write() {
                if !matches!(session.write_tls(tcp), Ok(1..)) {
                    return false;
                }
            }
            true
        });
    }

    fn receive(&mut self, socket: &mut Socket) -> io::Result<()> {
        let count = self.tls.read_tls(socket)?;
        if let Err(error) = self.tls.process_new_packets() {
            // Tell the server why, if it listens; our own error matters more.
            if !self.write_failed {
                let _ = self.tls.write_tls(socket);
            }
            return Err(io::Error::new(ErrorKind::InvalidData, error));
        }
        if count == 0 && self.tls.is_handshaking() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    fn drain(&mut self, socket: &mut Socket) -> io::Result<()> {
        while self.tls.wants_write() && !self.write_failed {
            if self.tls.write_tls(socket)? == 0 {
                return Err(ErrorKind::WriteZero.into());
            }
        }
        Ok(())
    }
}
