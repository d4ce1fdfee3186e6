//! Frames in, frames out.

use core::fmt;

use crate::registers::{BYTE_TEST, Bus, Register};

/// The longest frame that is sent or received, in bytes, without the checksum
/// that the chip adds and checks.
pub const FRAME_MAX: usize = 1514;

/// The most entries about sent frames that the chip keeps.
const TX_STATUS_MAX: u32 = 128;

/// The reads of a register while waiting for a bit, before the chip is taken
/// for dead: a second and more on any bus.
const PATIENCE: u32 = 10_000_000;

/// Reads that make up the longest pause which the chip wants between two
/// accesses; a read takes it at least 45 ns.
const PAUSE_READS: u32 = 4;

mod bits {
    pub(super) const HW_CFG_SOFT_RESET: u32 = 1 << 0;
    /// 5 KB for sending, the rest of 16 KB for receiving; and a bit that must
    /// be set.
    pub(super) const HW_CFG: u32 = 5 << 16 | 1 << 20;
    pub(super) const PMT_CTRL_READY: u32 = 1 << 0;
    pub(super) const E2P_CMD_BUSY: u32 = 1 << 31;
    pub(super) const TX_CFG_ON: u32 = 1 << 1;

    pub(super) const RX_STATUS_ERROR: u32 = 1 << 15;
    pub(super) const TX_STATUS_ERROR: u32 = 1 << 15;
    pub(super) const TX_A_FIRST_SEGMENT: u32 = 1 << 13;
    pub(super) const TX_A_LAST_SEGMENT: u32 = 1 << 12;

    pub(super) const MAC_CSR_BUSY: u32 = 1 << 31;
    pub(super) const MAC_CSR_READ: u32 = 1 << 30;
    pub(super) const MAC_CR_FULL_DUPLEX: u32 = 1 << 20;
    pub(super) const MAC_CR_TX_ENABLE: u32 = 1 << 3;
    pub(super) const MAC_CR_RX_ENABLE: u32 = 1 << 2;

    pub(super) const MII_PHY: u32 = 1 << 11;
    pub(super) const MII_WRITE: u32 = 1 << 1;
    pub(super) const MII_BUSY: u32 = 1 << 0;

    pub(super) const PHY_RESET: u32 = 1 << 15;
    pub(super) const PHY_NEGOTIATE: u32 = 1 << 12 | 1 << 9;
    pub(super) const PHY_LINK: u32 = 1 << 2;
    pub(super) const PHY_NEGOTIATED: u32 = 1 << 5;
    pub(super) const PHY_100_FULL: u32 = 1 << 8;
    pub(super) const PHY_100_HALF: u32 = 1 << 7;
    pub(super) const PHY_10_FULL: u32 = 1 << 6;
}

/// Registers of the MAC, reached through a command.
#[derive(Clone, Copy)]
enum Mac {
    Control = 1,
    AddressHigh = 2,
    AddressLow = 3,
    MiiAccess = 6,
    MiiData = 7,
}

/// Registers of the PHY, reached through the MAC.
#[derive(Clone, Copy)]
enum Phy {
    Control = 0,
    Status = 1,
    Advertised = 4,
    Partner = 5,
}

/// An error that prevents the chip's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// No chip of the family answers: this is what the bus gave in place of
    /// its test pattern.
    NotFound(u32),
    /// The chip does not come to an end with something.
    Stuck,
    /// No address was given, and the chip's EEPROM has none.
    NoAddress,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound(_) => "no LAN9118 answers on the bus",
            Self::Stuck => "the LAN9118 hangs",
            Self::NoAddress => "the LAN9118 has no Ethernet address of its own: give one",
        })
    }
}

impl core::error::Error for Error {}

/// The mode that the two ends of the cable have agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// 100 Mbit/s, not 10.
    pub fast: bool,
    /// Both may send at once.
    pub full_duplex: bool,
}

/// Counts of the errors on the line since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames that were received with an error, or were too long or short.
    pub receive_errors: u32,
    /// Frames that could not be sent.
    pub transmit_errors: u32,
    /// Frames that the chip had no room for.
    pub dropped: u32,
}

/// The chip: started, with its receiver and transmitter on.
///
/// Nothing here waits for the line. [`receive`](Self::receive) and
/// [`transmit`](Self::transmit) say at once when there is no frame or no room;
/// call them again later, from a loop or when the interrupt line says so.
#[derive(Debug)]
pub struct Driver<B> {
    bus: B,
    address: [u8; 6],
    link: Option<Link>,
    counters: Counters,
}

impl<B: Bus> Driver<B> {
    /// Resets and starts the chip.
    ///
    /// It gets `address`, or keeps the one from its EEPROM. The link comes up
    /// later: see [`poll_link`](Self::poll_link).
    ///
    /// # Errors
    ///
    /// No chip, a broken one, or one without an address.
    pub fn new(bus: B, address: Option<[u8; 6]>) -> Result<Self, Error> {
        let mut driver = Self { bus, address: [0; 6], link: None, counters: Counters::default() };
        driver.reset()?;
        driver.address = match address {
            Some(address) => address,
            None => driver.stored_address()?.ok_or(Error::NoAddress)?,
        };
        let [a, b, c, d, e, f] = driver.address;
        driver.write_mac(Mac::AddressLow, u32::from_le_bytes([a, b, c, d]))?;
        driver.write_mac(Mac::AddressHigh, u32::from_le_bytes([e, f, 0, 0]))?;

        driver.write_phy(Phy::Control, bits::PHY_RESET)?;
        driver.wait(|driver| Ok(driver.read_phy(Phy::Control)? & bits::PHY_RESET == 0))?;
        driver.write_phy(Phy::Control, bits::PHY_NEGOTIATE)?;

        driver.bus.write(Register::RxCfg, 0);
        driver.bus.write(Register::TxCfg, bits::TX_CFG_ON);
        // Half duplex until the link says more.
        driver.write_mac(Mac::Control, bits::MAC_CR_TX_ENABLE | bits::MAC_CR_RX_ENABLE)?;
        Ok(driver)
    }

    fn reset(&mut self) -> Result<(), Error> {
        // Any write wakes a sleeping chip.
        self.bus.write(Register::ByteTest, 0);
        let awake =
            self.wait(|driver| Ok(driver.bus.read(Register::PmtCtrl) & bits::PMT_CTRL_READY != 0));
        let pattern = self.bus.read(Register::ByteTest);
        if pattern != BYTE_TEST {
            return Err(Error::NotFound(pattern));
        }
        awake?;
        self.bus.write(Register::HwCfg, bits::HW_CFG_SOFT_RESET);
        self.wait(|driver| Ok(driver.bus.read(Register::HwCfg) & bits::HW_CFG_SOFT_RESET == 0))?;
        self.wait(|driver| Ok(driver.bus.read(Register::E2pCmd) & bits::E2P_CMD_BUSY == 0))?;
        self.bus.write(Register::HwCfg, bits::HW_CFG);
        Ok(())
    }

    /// Returns the Ethernet address.
    pub const fn address(&self) -> [u8; 6] {
        self.address
    }

    /// Returns the chip's kind and revision, such as `0x0118_0001`.
    pub fn id(&mut self) -> u32 {
        self.bus.read(Register::IdRev)
    }

    /// Returns the counts of errors since the start.
    pub fn counters(&mut self) -> Counters {
        self.pause();
        let dropped = self.bus.read(Register::RxDrop);
        self.counters.dropped = self.counters.dropped.saturating_add(dropped);
        self.counters
    }

    /// Looks at the link, and sets the chip to what was agreed; `None` while
    /// there is none. Once a second is often enough.
    ///
    /// # Errors
    ///
    /// The chip hangs.
    pub fn poll_link(&mut self) -> Result<Option<Link>, Error> {
        // The bit stays off after an interruption until it has been read.
        self.read_phy(Phy::Status)?;
        let wanted = bits::PHY_LINK | bits::PHY_NEGOTIATED;
        let link = if self.read_phy(Phy::Status)? & wanted == wanted {
            let common = self.read_phy(Phy::Advertised)? & self.read_phy(Phy::Partner)?;
            // The best that both can, in the order of the standard.
            let fast = common & (bits::PHY_100_FULL | bits::PHY_100_HALF) != 0;
            let full = if fast { bits::PHY_100_FULL } else { bits::PHY_10_FULL };
            Some(Link { fast, full_duplex: common & full != 0 })
        } else {
            None
        };
        if link != self.link {
            self.link = link;
            let mut control = bits::MAC_CR_TX_ENABLE | bits::MAC_CR_RX_ENABLE;
            if link.is_some_and(|link| link.full_duplex) {
                control |= bits::MAC_CR_FULL_DUPLEX;
            }
            self.write_mac(Mac::Control, control)?;
        }
        Ok(link)
    }

    /// Takes the next good frame, without its checksum, and says how long it
    /// is; `None` when there is none now. What is bad, or longer than `frame`,
    /// is dropped and counted.
    pub fn receive(&mut self, frame: &mut [u8]) -> Option<usize> {
        while self.bus.read(Register::RxFifoInf) >> 16 & 0xff != 0 {
            let status = self.bus.read(Register::RxStatus);
            // With the checksum, the last four bytes.
            let whole = (status >> 16 & 0x3fff) as usize;
            let length = whole.saturating_sub(4);
            let good = status & bits::RX_STATUS_ERROR == 0 && (14..=frame.len()).contains(&length);
            let room = if good { length } else { 0 };
            let mut rest = frame.get_mut(..room).unwrap_or_default();
            // Every word has to be taken, wanted or not. The chip can skip a
            // frame, but not a short one.
            for _ in 0..whole.div_ceil(4) {
                let word = self.bus.read(Register::RxData).to_le_bytes();
                let (now, later) = rest.split_at_mut(rest.len().min(4));
                for (to, from) in now.iter_mut().zip(word) {
                    *to = from;
                }
                rest = later;
            }
            self.pause();
            if good {
                return Some(length);
            }
            self.counters.receive_errors = self.counters.receive_errors.saturating_add(1);
        }
        None
    }

    /// Returns `true` if [`transmit`](Self::transmit) takes a frame of any
    /// length now.
    pub fn can_transmit(&mut self) -> bool {
        self.room() >= words_of(FRAME_MAX)
    }

    /// Hands a frame to the chip, which adds the checksum and, where it is too
    /// short, zeros. `false` if it has no room now, or if no frame is so long.
    pub fn transmit(&mut self, frame: &[u8]) -> bool {
        if frame.is_empty() || frame.len() > FRAME_MAX || self.room() < words_of(frame.len()) {
            return false;
        }
        // At most FRAME_MAX.
        let length = frame.len() as u32;
        let whole = bits::TX_A_FIRST_SEGMENT | bits::TX_A_LAST_SEGMENT;
        self.bus.write(Register::TxData, whole | length);
        self.bus.write(Register::TxData, length);
        for chunk in frame.chunks(4) {
            let mut word = [0; 4];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.bus.write(Register::TxData, u32::from_le_bytes(word));
        }
        self.pause();
        true
    }

    /// Returns the words that the transmit FIFO still takes. What became of the
    /// frames before is taken note of here: unread, it would stop the
    /// transmitter.
    fn room(&mut self) -> u32 {
        for _ in 0..TX_STATUS_MAX {
            if self.bus.read(Register::TxFifoInf) >> 16 & 0xff == 0 {
                break;
            }
            if self.bus.read(Register::TxStatus) & bits::TX_STATUS_ERROR != 0 {
                self.counters.transmit_errors = self.counters.transmit_errors.saturating_add(1);
            }
            self.pause();
        }
        (self.bus.read(Register::TxFifoInf) & 0xffff) / 4
    }

    /// Returns the address that the chip has read from its EEPROM.
    fn stored_address(&mut self) -> Result<Option<[u8; 6]>, Error> {
        let [a, b, c, d] = self.read_mac(Mac::AddressLow)?.to_le_bytes();
        let [e, f, ..] = self.read_mac(Mac::AddressHigh)?.to_le_bytes();
        let address = [a, b, c, d, e, f];
        // An odd first byte is a group's address; so is what no EEPROM gives.
        let usable = a & 1 == 0 && address != [0; 6];
        Ok(usable.then_some(address))
    }

    fn read_mac(&mut self, register: Mac) -> Result<u32, Error> {
        self.command_mac(register as u32 | bits::MAC_CSR_READ)?;
        Ok(self.bus.read(Register::MacCsrData))
    }

    fn write_mac(&mut self, register: Mac, value: u32) -> Result<(), Error> {
        self.wait_for_mac()?;
        self.bus.write(Register::MacCsrData, value);
        self.command_mac(register as u32)
    }

    fn command_mac(&mut self, command: u32) -> Result<(), Error> {
        self.wait_for_mac()?;
        self.bus.write(Register::MacCsrCmd, command | bits::MAC_CSR_BUSY);
        self.pause();
        self.wait_for_mac()
    }

    fn wait_for_mac(&mut self) -> Result<(), Error> {
        self.wait(|driver| Ok(driver.bus.read(Register::MacCsrCmd) & bits::MAC_CSR_BUSY == 0))
    }

    fn read_phy(&mut self, register: Phy) -> Result<u32, Error> {
        self.command_phy(register, 0)?;
        Ok(self.read_mac(Mac::MiiData)? & 0xffff)
    }

    fn write_phy(&mut self, register: Phy, value: u32) -> Result<(), Error> {
        self.write_mac(Mac::MiiData, value)?;
        self.command_phy(register, bits::MII_WRITE)
    }

    fn command_phy(&mut self, register: Phy, write: u32) -> Result<(), Error> {
        let idle = |driver: &mut Self| Ok(driver.read_mac(Mac::MiiAccess)? & bits::MII_BUSY == 0);
        self.wait(idle)?;
        let command = bits::MII_PHY | (register as u32) << 6 | write | bits::MII_BUSY;
        self.write_mac(Mac::MiiAccess, command)?;
        self.wait(idle)
    }

    fn wait(
        &mut self,
        mut done: impl FnMut(&mut Self) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        for _ in 0..PATIENCE {
            if done(self)? {
                return Ok(());
            }
        }
        Err(Error::Stuck)
    }

    /// Lets the chip bring its registers up to date after an access that
    /// changes others.
    fn pause(&mut self) {
        for _ in 0..PAUSE_READS {
            self.bus.read(Register::ByteTest);
        }
    }
}

/// Returns the words that a frame takes in the FIFO, with its two commands.
const fn words_of(length: usize) -> u32 {
    length.div_ceil(4) as u32 + 2
}
