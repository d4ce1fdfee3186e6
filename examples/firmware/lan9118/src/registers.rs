//! The registers: where they are, and how they are reached.
//!
//! All unsafe code of this crate is here.

/// The directly accessible registers, by their offset in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Register {
    /// Received frames, word by word.
    RxData = 0x00,
    /// Frames to send, word by word, each after two command words.
    TxData = 0x20,
    /// Takes one entry about a received frame.
    RxStatus = 0x40,
    /// Takes one entry about a sent frame.
    TxStatus = 0x48,
    /// The chip's kind and revision.
    IdRev = 0x50,
    /// Reads as [`BYTE_TEST`] when the bus is wired in the right order.
    ByteTest = 0x64,
    /// The layout of received data in its FIFO.
    RxCfg = 0x6c,
    /// Starts and stops the transmitter.
    TxCfg = 0x70,
    /// Reset, and how memory is shared between the FIFOs.
    HwCfg = 0x74,
    /// The fill levels of the receive FIFOs.
    RxFifoInf = 0x7c,
    /// The fill levels of the transmit FIFOs.
    TxFifoInf = 0x80,
    /// Power, and whether the chip is awake.
    PmtCtrl = 0x84,
    /// The number of frames dropped; reading clears it.
    RxDrop = 0xa0,
    /// Starts an access to a register of the MAC.
    MacCsrCmd = 0xa4,
    /// The value read from such a register, or to be written to it.
    MacCsrData = 0xa8,
    /// The loader of the EEPROM, which is busy while the EEPROM is read.
    E2pCmd = 0xb0,
}

/// The value of [`Register::ByteTest`].
pub const BYTE_TEST: u32 = 0x8765_4321;

/// The 32-bit bus between processor and chip.
///
/// [`Mmio`] is the usual one. Tests play the chip with another, and a board
/// with the chip behind a 16-bit bus puts the halves together in its own.
pub trait Bus {
    /// Reads a register. Reading a FIFO takes a word from it.
    fn read(&mut self, register: Register) -> u32;

    /// Writes a register.
    fn write(&mut self, register: Register, value: u32);
}

/// A chip whose registers are in the address space.
#[derive(Debug)]
pub struct Mmio {
    base: *mut u32,
}

impl Mmio {
    /// Creates the chip at `base`.
    ///
    /// # Safety
    ///
    /// The 256 bytes from `base`, a multiple of 4, are the registers of a
    /// LAN9118 on a 32-bit bus, and nothing else uses them while this lives.
    #[allow(unsafe_code, reason = "the caller alone knows what is at the address")]
    pub const unsafe fn new(base: usize) -> Self {
        Self { base: core::ptr::with_exposed_provenance_mut(base) }
    }

    fn pointer(&mut self, register: Register) -> *mut u32 {
        self.base.wrapping_byte_add(register as usize)
    }
}

#[allow(unsafe_code, reason = "registers are read and written through pointers")]
impl Bus for Mmio {
    fn read(&mut self, register: Register) -> u32 {
        // SAFETY: By the contract of `new` this is a register of the chip,
        // aligned since every offset is a multiple of 4, and ours alone.
        unsafe { self.pointer(register).read_volatile() }
    }

    fn write(&mut self, register: Register, value: u32) {
        // SAFETY: As for `read`; what the chip does with the value touches no
        // memory of the program, since it is no bus master.
        unsafe { self.pointer(register).write_volatile(value) }
    }
}

#[allow(unsafe_code, reason = "a pointer to registers is not `Send` by itself")]
// SAFETY: The registers belong to this value and may be used from any thread,
// one at a time.
unsafe impl Send for Mmio {}

impl<B: Bus + ?Sized> Bus for &mut B {
    fn read(&mut self, register: Register) -> u32 {
        (**self).read(register)
    }

    fn write(&mut self, register: Register, value: u32) {
        (**self).write(register, value);
    }
}
