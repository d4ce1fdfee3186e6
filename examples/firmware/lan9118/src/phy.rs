//! The chip as a device of a network stack.

use crate::driver::{Driver, FRAME_MAX};
use crate::registers::Bus;

/// Room for one frame in each direction, 3 KB, best in a static variable.
#[derive(Debug)]
pub struct Frames {
    received: [u8; FRAME_MAX],
    sent: [u8; FRAME_MAX],
}

impl Frames {
    /// Creates room for frames.
    pub const fn new() -> Self {
        Self { received: [0; FRAME_MAX], sent: [0; FRAME_MAX] }
    }
}

impl Default for Frames {
    fn default() -> Self {
        Self::new()
    }
}

/// A [`Driver`] with room for frames: a device of smoltcp and of embassy-net,
/// by the features of these names.
#[derive(Debug)]
pub struct Phy<'f, B> {
    driver: Driver<B>,
    frames: &'f mut Frames,
    #[cfg(feature = "embassy-net")]
    link: for_embassy::LinkWatch,
}

impl<'f, B: Bus> Phy<'f, B> {
    /// Creates the device that `driver` drives.
    pub const fn new(driver: Driver<B>, frames: &'f mut Frames) -> Self {
        Self {
            driver,
            frames,
            #[cfg(feature = "embassy-net")]
            link: for_embassy::LinkWatch::new(),
        }
    }

    /// Returns the driver, for its link and its counters.
    pub const fn driver(&mut self) -> &mut Driver<B> {
        &mut self.driver
    }

    /// Returns a frame, if there is one and room to answer it.
    #[cfg(any(feature = "smoltcp", feature = "embassy-net"))]
    fn pair(&mut self) -> Option<(Received<'_>, Room<'_, B>)> {
        if !self.driver.can_transmit() {
            return None;
        }
        let length = self.driver.receive(&mut self.frames.received)?;
        let frame = self.frames.received.get_mut(..length)?;
        Some((Received { frame }, Room { driver: &mut self.driver, buffer: &mut self.frames.sent }))
    }

    #[cfg(any(feature = "smoltcp", feature = "embassy-net"))]
    fn room(&mut self) -> Option<Room<'_, B>> {
        let free = self.driver.can_transmit();
        free.then_some(Room { driver: &mut self.driver, buffer: &mut self.frames.sent })
    }
}

/// A frame that was received.
#[cfg(any(feature = "smoltcp", feature = "embassy-net"))]
#[derive(Debug)]
pub struct Received<'a> {
    frame: &'a mut [u8],
}

/// Room for a frame to be sent.
#[cfg(any(feature = "smoltcp", feature = "embassy-net"))]
#[derive(Debug)]
pub struct Room<'a, B> {
    driver: &'a mut Driver<B>,
    buffer: &'a mut [u8; FRAME_MAX],
}

#[cfg(any(feature = "smoltcp", feature = "embassy-net"))]
impl<B: Bus> Room<'_, B> {
    fn fill<R>(self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> R {
        // A stack asks for no more than the capabilities say.
        let frame = self.buffer.get_mut(..length).unwrap_or_default();
        frame.fill(0);
        let result = fill(frame);
        // There was room when the token was made, and it is the only one.
        self.driver.transmit(frame);
        result
    }
}

#[cfg(feature = "smoltcp")]
mod for_smoltcp {
    use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
    use smoltcp::time::Instant;

    use super::{FRAME_MAX, Phy, Received, Room};
    use crate::registers::Bus;

    impl<B: Bus> Device for Phy<'_, B> {
        type RxToken<'a>
            = Received<'a>
        where
            Self: 'a;
        type TxToken<'a>
            = Room<'a, B>
        where
            Self: 'a;

        fn receive(&mut self, _: Instant) -> Option<(Self::RxToken<'_>, Self::TxToken<'_>)> {
            self.pair()
        }

        fn transmit(&mut self, _: Instant) -> Option<Self::TxToken<'_>> {
            self.room()
        }

        fn capabilities(&self) -> DeviceCapabilities {
            let mut capabilities = DeviceCapabilities::default();
            capabilities.medium = Medium::Ethernet;
            capabilities.max_transmission_unit = FRAME_MAX;
            capabilities.max_burst_size = Some(1);
            capabilities
        }
    }

    impl RxToken for Received<'_> {
        fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
            f(self.frame)
        }
    }

    impl<B: Bus> TxToken for Room<'_, B> {
        fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, f: F) -> R {
            self.fill(length, f)
        }
    }
}

#[cfg(feature = "embassy-net")]
mod for_embassy {
    use core::task::Context;

    use embassy_net_driver::{Capabilities, Driver, HardwareAddress, LinkState, RxToken, TxToken};

    use super::{FRAME_MAX, Phy, Received, Room};
    use crate::registers::Bus;

    /// The link's state, looked at now and then: embassy-net asks at each of
    /// its rounds, and the answer takes dozens of accesses.
    #[derive(Debug)]
    pub(super) struct LinkWatch {
        up: bool,
        rounds: u8,
    }

    impl LinkWatch {
        pub(super) const fn new() -> Self {
            Self { up: false, rounds: 0 }
        }

        fn is_due(&mut self) -> bool {
            self.rounds = self.rounds.wrapping_add(1);
            self.rounds == 1 || !self.up
        }
    }

    /// Polling: a task that finds nothing asks to be run again at once. A
    /// board with the interrupt line wired would keep the waker for it.
    impl<B: Bus> Driver for Phy<'_, B> {
        type RxToken<'a>
            = Received<'a>
        where
            Self: 'a;
        type TxToken<'a>
            = Room<'a, B>
        where
            Self: 'a;

        fn receive(
            &mut self,
            context: &mut Context<'_>,
        ) -> Option<(Self::RxToken<'_>, Self::TxToken<'_>)> {
            context.waker().wake_by_ref();
            self.pair()
        }

        fn transmit(&mut self, context: &mut Context<'_>) -> Option<Self::TxToken<'_>> {
            context.waker().wake_by_ref();
            self.room()
        }

        fn link_state(&mut self, context: &mut Context<'_>) -> LinkState {
            context.waker().wake_by_ref();
            if self.link.is_due() {
                self.link.up = matches!(self.driver.poll_link(), Ok(Some(_)));
            }
            if self.link.up { LinkState::Up } else { LinkState::Down }
        }

        fn capabilities(&self) -> Capabilities {
            let mut capabilities = Capabilities::default();
            capabilities.max_transmission_unit = FRAME_MAX;
            capabilities.max_burst_size = Some(1);
            capabilities
        }

        fn hardware_address(&self) -> HardwareAddress {
            HardwareAddress::Ethernet(self.driver.address())
        }
    }

    impl RxToken for Received<'_> {
        fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, f: F) -> R {
            f(self.frame)
        }
    }

    impl<B: Bus> TxToken for Room<'_, B> {
        fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, f: F) -> R {
            self.fill(length, f)
        }
    }
}
