//! The network: an address by DHCP, and one TCP connection.

use core::fmt;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use lan9118::{Frames, Mmio, Phy};
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet, SocketStorage};
use smoltcp::socket::{dhcpv4, tcp};
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, IpCidr, Ipv4Address};

pub use core::net::SocketAddrV4;
use static_cell::ConstStaticCell;

use crate::clock;

/// Apart from [`Storage`], which is all zeros and so takes no flash.
static SOCKETS: ConstStaticCell<[SocketStorage<'static>; 2]> =
    ConstStaticCell::new([SocketStorage::EMPTY; 2]);

/// The memory of the network, to be placed in a static variable.
#[derive(Debug)]
pub struct Storage<const RX: usize, const TX: usize> {
    frames: Frames,
    received: [u8; RX],
    sent: [u8; TX],
}

impl<const RX: usize, const TX: usize> Storage<RX, TX> {
    /// Creates room for what arrives and what leaves: with more of it less time
    /// is spent waiting for the other side.
    pub const fn new() -> Self {
        Self { frames: Frames::new(), received: [0; RX], sent: [0; TX] }
    }
}

impl<const RX: usize, const TX: usize> Default for Storage<RX, TX> {
    fn default() -> Self {
        Self::new()
    }
}

/// The longest waits, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For a connection.
    pub connect: u64,
    /// For the next byte, in or out.
    pub idle: u64,
    /// For a call from its start to its end: a peer that sends a byte now and
    /// then is no better than one that sends none.
    pub call: u64,
}

impl Default for Timeouts {
    /// Returns waits as long as a function may run, and a little.
    fn default() -> Self {
        Self { connect: 10_000, idle: 310_000, call: 600_000 }
    }
}

/// A failure of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetError {
    /// The controller does not start.
    Ethernet(lan9118::Error),
    /// Nobody has given the board an address.
    NoAddress,
    /// The peer takes no connection.
    Refused,
    /// The peer has cut the connection.
    Reset,
    /// The peer says nothing, or takes nothing.
    TimedOut,
    /// The call has taken all the time that it was given.
    Deadline,
}

impl fmt::Display for NetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ethernet(error) => return error.fmt(f),
            Self::NoAddress => "no answer from a DHCP server",
            Self::Refused => "the connection was refused",
            Self::Reset => "the connection was reset",
            Self::TimedOut => "the peer was silent for too long",
            Self::Deadline => "the call took too long",
        })
    }
}

impl core::error::Error for NetError {}

impl embedded_io::Error for NetError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Ethernet(_) => ErrorKind::Other,
            Self::NoAddress => ErrorKind::AddrNotAvailable,
            Self::Refused => ErrorKind::ConnectionRefused,
            Self::Reset => ErrorKind::ConnectionReset,
            Self::TimedOut | Self::Deadline => ErrorKind::TimedOut,
        }
    }
}

/// The network interface with its one TCP socket: [`Read`] and [`Write`] once
/// it is connected.
///
/// Both wait, sleeping, and never for longer than the timeouts say.
pub struct Net {
    device: Phy<'static, Mmio>,
    interface: Interface,
    sockets: SocketSet<'static>,
    dhcp: SocketHandle,
    tcp: SocketHandle,
    remote: SocketAddrV4,
    timeouts: Timeouts,
    call_start: u64,
    local_port: u16,
}

impl Net {
    /// Starts the controller and waits for an address; to be called once.
    ///
    /// `seed` makes ports and sequence numbers hard to guess: a random number.
    ///
    /// # Errors
    ///
    /// No controller, or no DHCP server.
    pub fn start<const RX: usize, const TX: usize>(
        storage: &'static mut Storage<RX, TX>,
        remote: SocketAddrV4,
        timeouts: Timeouts,
        seed: u64,
    ) -> Result<Self, NetError> {
        let Storage { frames, received, sent } = storage;
        let mut device = Phy::new(crate::ethernet().map_err(NetError::Ethernet)?, frames);
        let address = EthernetAddress(device.driver().address());
        let mut config = Config::new(address.into());
        config.random_seed = seed;
        let interface = Interface::new(config, &mut device, instant());

        let mut sockets = SocketSet::new(&mut SOCKETS.take()[..]);
        let mut socket = tcp::Socket::new(
            tcp::SocketBuffer::new(&mut received[..]),
            tcp::SocketBuffer::new(&mut sent[..]),
        );
        // What is written is meant to leave: the core writes no small pieces.
        socket.set_nagle_enabled(false);
        let tcp = sockets.add(socket);
        let dhcp = sockets.add(dhcpv4::Socket::new());
        let local_port = 49_152 + (seed % 16_384) as u16;
        let mut net = Self {
            device,
            interface,
            sockets,
            dhcp,
            tcp,
            remote,
            timeouts,
            call_start: clock::now(),
            local_port,
        };
        net.wait(timeouts.connect, NetError::NoAddress, |net| net.address().map(|_| Ok(())))?;
        Ok(net)
    }

    /// Returns the board's address.
    pub fn address(&self) -> Option<Ipv4Address> {
        self.interface.ipv4_addr()
    }

    /// Sets the address to connect to, and disconnects.
    pub fn set_remote(&mut self, remote: SocketAddrV4) {
        self.remote = remote;
        self.disconnect();
    }

    /// Starts the time for a call.
    pub fn start_call(&mut self) {
        self.call_start = clock::now();
    }

    /// Connects, giving up any connection that there is.
    ///
    /// # Errors
    ///
    /// The peer refuses, or does not answer in time.
    pub fn connect(&mut self) -> Result<(), NetError> {
        self.disconnect();
        self.local_port = if self.local_port == u16::MAX { 49_152 } else { self.local_port + 1 };
        let remote = (*self.remote.ip(), self.remote.port());
        let socket = self.sockets.get_mut::<tcp::Socket<'_>>(self.tcp);
        let context = self.interface.context();
        socket.connect(context, remote, self.local_port).map_err(|_| NetError::Refused)?;
        self.wait(self.timeouts.connect, NetError::TimedOut, |net| match net.socket().state() {
            tcp::State::Established => Some(Ok(())),
            tcp::State::Closed => Some(Err(NetError::Refused)),
            _ => None,
        })
    }

    /// Returns `true` if the connection can carry a call: the peer may have
    /// closed it since the last one.
    pub fn is_connected(&mut self) -> bool {
        self.poll();
        let socket = self.socket();
        socket.may_send() && socket.may_recv()
    }

    /// Cuts the connection, so that the peer does not keep it.
    pub fn disconnect(&mut self) {
        self.socket().abort();
        self.poll();
    }

    fn socket(&mut self) -> &mut tcp::Socket<'static> {
        self.sockets.get_mut(self.tcp)
    }

    /// Lets the stack work; whether something happened.
    fn poll(&mut self) -> bool {
        let polled = self.interface.poll(instant(), &mut self.device, &mut self.sockets);
        let event = self.sockets.get_mut::<dhcpv4::Socket<'_>>(self.dhcp).poll();
        match event {
            None => {}
            Some(dhcpv4::Event::Configured(config)) => {
                self.interface.update_ip_addrs(|addresses| {
                    addresses.clear();
                    // There is room for one: it was cleared.
                    let _ = addresses.push(IpCidr::Ipv4(config.address));
                });
                let routes = self.interface.routes_mut();
                match config.router {
                    // Likewise.
                    Some(router) => drop(routes.add_default_ipv4_route(router)),
                    None => drop(routes.remove_default_ipv4_route()),
                }
            }
            Some(dhcpv4::Event::Deconfigured) => {
                self.interface.update_ip_addrs(|addresses| addresses.clear());
                self.interface.routes_mut().remove_default_ipv4_route();
            }
        }
        polled != smoltcp::iface::PollResult::None
    }

    /// Polls until `done` gives something, or for so long.
    fn wait<T>(
        &mut self,
        timeout: u64,
        late: NetError,
        mut done: impl FnMut(&mut Self) -> Option<Result<T, NetError>>,
    ) -> Result<T, NetError> {
        let start = clock::now();
        loop {
            // First, since a peer can always have something to say.
            if clock::since(self.call_start) >= self.timeouts.call {
                return Err(NetError::Deadline);
            }
            let active = self.poll();
            if let Some(result) = done(self) {
                return result;
            }
            if clock::since(start) >= timeout {
                return Err(late);
            }
            if !active {
                clock::pause();
            }
        }
    }
}

impl fmt::Debug for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Net").field("remote", &self.remote).finish_non_exhaustive()
    }
}

impl ErrorType for Net {
    type Error = NetError;
}

impl Read for Net {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, NetError> {
        if buffer.is_empty() {
            return Ok(0);
        }
        self.wait(self.timeouts.idle, NetError::TimedOut, |net| {
            match net.socket().recv_slice(buffer) {
                Ok(0) => None,
                Ok(count) => Some(Ok(count)),
                // The peer has said all that it had to say.
                Err(tcp::RecvError::Finished) => Some(Ok(0)),
                Err(tcp::RecvError::InvalidState) => Some(Err(NetError::Reset)),
            }
        })
    }
}

impl Write for Net {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, NetError> {
        if bytes.is_empty() {
            return Ok(0);
        }
        self.wait(self.timeouts.idle, NetError::TimedOut, |net| {
            match net.socket().send_slice(bytes) {
                Ok(0) => None,
                Ok(count) => Some(Ok(count)),
                Err(tcp::SendError::InvalidState) => Some(Err(NetError::Reset)),
            }
        })
    }

    /// Sees that what was written leaves, and does not wait for the peer.
    fn flush(&mut self) -> Result<(), NetError> {
        self.poll();
        Ok(())
    }
}

fn instant() -> Instant {
    Instant::from_millis(clock::now() as i64)
}
