//! The debugger as console: arguments in, text out, an exit code.
//!
//! On real hardware the arguments are what provisioning has put into flash,
//! and the text goes to a serial line or to defmt.

use core::panic::PanicInfo;

use cortex_m_semihosting::hprintln as println;

/// The exit code of a panic, which no image should ever give.
pub const PANICKED: u32 = 101;

/// The exit code of a fault of the processor.
pub const FAULTED: u32 = 102;

/// The arguments that the image was started with, `name=value` each.
#[derive(Clone, Copy, Debug)]
pub struct Arguments<'a>(&'a str);

impl<'a> Arguments<'a> {
    /// Reads them into `line`; none if it is too small.
    pub fn read(line: &'a mut [u8]) -> Self {
        Self(semihosting::command_line(line))
    }

    /// Returns the value of that name.
    pub fn find(&self, name: &str) -> Option<&'a str> {
        self.0.split_ascii_whitespace().find_map(|argument| {
            let (found, value) = argument.split_once('=')?;
            (found == name).then_some(value)
        })
    }

    /// Returns the value of that name; without it the image ends.
    pub fn get(&self, name: &str) -> &'a str {
        self.find(name).unwrap_or_else(|| {
            println!("argument missing: {}=…", name);
            exit(2)
        })
    }

    /// Returns the number `name`, or ends the image where it is none.
    pub fn number(&self, name: &str) -> u64 {
        self.get(name).parse().unwrap_or_else(|_| {
            println!("{} is not a number", name);
            exit(2)
        })
    }

    /// Returns the bytes `name`, given in hexadecimal digits, or ends the image
    /// where there are not `N`.
    pub fn bytes<const N: usize>(&self, name: &str) -> [u8; N] {
        let mut bytes = [0; N];
        if self.bytes_into(name, &mut bytes).len() != N {
            println!("{} is not {} bytes long", name, N);
            exit(2)
        }
        bytes
    }

    /// Returns the bytes `name`, as many as are given, in `bytes`, or ends the
    /// image where they are not hexadecimal or do not fit.
    pub fn bytes_into<'b>(&self, name: &str, bytes: &'b mut [u8]) -> &'b [u8] {
        let (pairs, rest) = self.get(name).as_bytes().as_chunks::<2>();
        let parse = |pair: &[u8; 2]| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok();
        let mut good = rest.is_empty() && pairs.len() <= bytes.len();
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            match parse(pair) {
                Some(value) => *byte = value,
                None => good = false,
            }
        }
        match bytes.get(..pairs.len()) {
            Some(bytes) if good => bytes,
            _ => {
                println!("{} is not in hexadecimal, or too long", name);
                exit(2)
            }
        }
    }
}

/// Ends the image; its runner sees `code`.
pub fn exit(code: u32) -> ! {
    semihosting::exit(code)
}

#[panic_handler]
fn panicked(info: &PanicInfo<'_>) -> ! {
    println!("{}", info);
    exit(PANICKED)
}

#[allow(unsafe_code, reason = "exception handlers are declared so")]
mod faults {
    use cortex_m_rt::{ExceptionFrame, exception};
    use cortex_m_semihosting::hprintln as println;

    // SAFETY: Prints and ends: nothing of the interrupted program goes on.
    #[exception]
    unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
        println!("fault at {:#010x}", frame.pc());
        super::exit(super::FAULTED)
    }
}

#[allow(unsafe_code, reason = "semihosting takes addresses")]
mod semihosting {
    use cortex_m_semihosting::{nr, syscall};

    /// Ends with a code; not among the crate's numbers.
    const EXIT_EXTENDED: usize = 0x20;
    const APPLICATION_EXIT: usize = 0x2_0026;

    pub(super) fn command_line(line: &mut [u8]) -> &str {
        let mut block = [line.as_mut_ptr().expose_provenance(), line.len()];
        let address = (&raw mut block).expose_provenance();
        // SAFETY: The call writes at most as many bytes as the block says to
        // where it says, and the length to the block. Both are borrowed
        // mutably here, and their addresses were exposed.
        let failed = unsafe { cortex_m_semihosting::syscall1(nr::GET_CMDLINE, address) } != 0;
        // SAFETY: As written by the debugger, which the compiler cannot see.
        let [_, length] = unsafe { (&raw const block).read_volatile() };
        if failed {
            return "";
        }
        core::str::from_utf8(line.get(..length).unwrap_or_default()).unwrap_or_default()
    }

    pub(super) fn exit(code: u32) -> ! {
        let block = [APPLICATION_EXIT, code as usize];
        loop {
            // SAFETY: The call reads the two words of the block.
            unsafe { syscall(EXIT_EXTENDED, &block) };
        }
    }
}
