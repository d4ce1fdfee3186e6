//! Support for the board, QEMU's `mps2-an386`, and the part to be replaced for
//! another: everything else is the same on any microcontroller.
//!
//! ```text
//! console     text out, arguments in, an exit code: semihosting
//! clock       milliseconds since the start: SysTick
//! net         IPv4 by DHCP and TCP: smoltcp over the LAN9118
//! transport   the core's `Transport` over that, connecting as needed
//! stack       how much of the stack was used
//! ```
#![no_std]
#![deny(missing_docs)]

#[cfg(feature = "blocking")]
pub mod clock;
pub mod console;
#[cfg(feature = "blocking")]
pub mod net;
pub mod outcome;
pub mod stack;
#[cfg(feature = "blocking")]
pub mod transport;

use lan9118::{Driver, Error, Mmio};

pub use cortex_m_semihosting::hprintln as println;

/// The processor's clock, in Hz.
pub const CORE_HZ: u32 = 25_000_000;

/// Returns the board's Ethernet controller; to be called once.
///
/// # Errors
///
/// The controller does not start.
#[allow(unsafe_code, reason = "the one address that the board is about")]
pub fn ethernet() -> Result<Driver<Mmio>, Error> {
    // SAFETY: The board has a LAN9118 there, on a 32-bit bus.
    let bus = unsafe { Mmio::new(0x4020_0000) };
    // Locally administered, since the board's EEPROM is empty.
    Driver::new(bus, Some([0x02, 0x00, 0x5c, 0xf0, 0x00, 0x01]))
}
