//! A driver of the SMSC (now Microchip) LAN9118 family of Ethernet
//! controllers, for programs without an operating system or an allocator.
//!
//! It polls: no interrupt, no DMA, no waiting. The chips have the MAC, the PHY
//! and 16 KB of FIFO on board and sit on a memory bus, so a few registers are
//! all there is. Arm's MPS2 boards have one, and so has QEMU's model of them.
//!
//! ```text
//! Phy         a device of smoltcp or embassy-net, with room for frames
//! Driver      reset, address, link, frames in and out; no buffers
//! Bus, Mmio   the registers; the only unsafe code
//! ```
//!
//! ```no_run
//! use lan9118::{Driver, Frames, Mmio, Phy};
//!
//! // SAFETY: An MPS2 board has the chip at this address, and this is its only user.
//! let bus = unsafe { Mmio::new(0x4020_0000) };
//! let mut driver = Driver::new(bus, Some([0x02, 0, 0, 0, 0, 1]))?;
//! while driver.poll_link()?.is_none() {}
//! let mut frames = Frames::new();
//! let device = Phy::new(driver, &mut frames); // for smoltcp's Interface
//! # Ok::<(), lan9118::Error>(())
//! ```
//!
//! # What it does not do
//!
//! Interrupts, wake on LAN, multicast and hash filters, flow control, VLAN,
//! writing the EEPROM, and the 16-bit bus (which can be added as a [`Bus`]).
//! It has been run on QEMU's model; the pauses that the chip wants between
//! accesses are kept, but no real chip has seen it yet.
#![no_std]
#![deny(missing_docs)]

mod driver;
mod phy;
mod registers;

pub use driver::{Counters, Driver, Error, FRAME_MAX, Link};
pub use phy::{Frames, Phy};
#[cfg(any(feature = "smoltcp", feature = "embassy-net"))]
pub use phy::{Received, Room};
pub use registers::{BYTE_TEST, Bus, Mmio, Register};
