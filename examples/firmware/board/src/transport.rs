//! The core's transport over the board's network.

use scf_invoke_core::call::{Call, ExchangeError};
use scf_invoke_core::transport::{Stream, StreamError, Transport};

use crate::net::{Net, NetError};

/// Carries calls over HTTP, connects where there is no connection, and keeps
/// the connection for the next call where the server does.
///
/// Without TLS a request can be read and copied on its way: for a relay in the
/// same trusted network, and for tests.
#[derive(Debug)]
pub struct Plain {
    net: Net,
}

impl Plain {
    /// Creates a transport over this network.
    pub const fn new(net: Net) -> Self {
        Self { net }
    }

    /// Returns the network.
    pub const fn net(&mut self) -> &mut Net {
        &mut self.net
    }
}

impl Transport for Plain {
    type Error = StreamError<NetError>;

    fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Self::Error>> {
        self.net.start_call();
        if !self.net.is_connected() {
            self.net.connect().map_err(|error| ExchangeError::Transport(StreamError::Io(error)))?;
        }
        let mut stream = Stream::new(&mut self.net);
        let result = stream.exchange(call);
        if !stream.is_reusable() {
            self.net.disconnect();
        }
        result
    }
}
