//! The board itself: how it starts, what it prints on, and how it measures.

use core::arch::{asm, global_asm};
use core::hint::black_box;

// The coprocessor is switched on before anything may use its registers.
global_asm!(
    ".section .vectors, \"a\"",
    ".word __stack_top",
    ".word reset",
    ".rept 5",
    ".word fault",
    ".endr",
    ".section .text.reset, \"ax\"",
    ".thumb_func",
    ".global reset",
    "reset:",
    "ldr r0, =0xe000ed88",
    "ldr r1, =0x00f00000",
    "str r1, [r0]",
    "dsb",
    "isb",
    "bl main",
    ".thumb_func",
    "fault:",
    "movs r0, #0x18",
    "ldr r1, =0x20023", // a run-time error
    "bkpt 0xab",
    "b .",
);

/// The bytes of the stack that are painted, and so the most that can be
/// measured.
const DEPTH: usize = 16 * 1024;
const COLOUR: u32 = 0x5afe_57ac;

/// Returns the most of the stack below this frame that `work` has in use at
/// once.
#[inline(never)]
pub(crate) fn stack(work: &mut dyn FnMut()) -> u32 {
    let (top, bottom): (usize, usize);
    // SAFETY: Nothing lives below the stack pointer, and there are no
    // interrupts. RAM has 4 MB.
    unsafe {
        asm!(
            "mov {top}, sp",
            "sub {bottom}, {top}, {depth}",
            "mov {at}, {bottom}",
            "2: str {colour}, [{at}], #4",
            "cmp {at}, {top}",
            "bne 2b",
            top = out(reg) top,
            bottom = out(reg) bottom,
            at = out(reg) _,
            depth = in(reg) DEPTH,
            colour = in(reg) COLOUR,
        );
    }
    work();
    let deepest: usize;
    // SAFETY: Reads the same words; one that `work` used ends the search at
    // the latest at the stack pointer.
    unsafe {
        asm!(
            "2: cmp {at}, {top}",
            "beq 3f",
            "ldr {word}, [{at}], #4",
            "cmp {word}, {colour}",
            "beq 2b",
            "sub {at}, {at}, #4",
            "3:",
            at = inout(reg) bottom => deepest,
            word = out(reg) _,
            top = in(reg) top,
            colour = in(reg) COLOUR,
            options(readonly, nostack),
        );
    }
    if deepest == bottom {
        end("the stack is deeper than what was painted");
    }
    (top - deepest) as u32
}

/// SysTick: one tick is 40 ns, and by `-icount shift=0` one instruction 1 ns.
const CONTROL: *mut u32 = 0xe000_e010 as *mut u32;
const RELOAD: *mut u32 = 0xe000_e014 as *mut u32;
const CURRENT: *mut u32 = 0xe000_e018 as *mut u32;
const MASK: u32 = 0xff_ffff;
const INSTRUCTIONS_A_TICK: u32 = 40;

/// Runs, to be divided by: one tick is too coarse for one.
const TIMES: u32 = 40;

/// Returns the instructions that `work` takes, by QEMU's count.
#[inline(never)]
pub(crate) fn instructions(work: &mut dyn FnMut()) -> u32 {
    // SAFETY: The timer is this function's alone.
    let start = unsafe {
        RELOAD.write_volatile(MASK);
        CURRENT.write_volatile(0);
        CONTROL.write_volatile(0b101);
        CURRENT.read_volatile()
    };
    for _ in 0..TIMES {
        work();
    }
    // SAFETY: As above.
    let end = unsafe { CURRENT.read_volatile() };
    (start.wrapping_sub(end) & MASK) * INSTRUCTIONS_A_TICK / TIMES
}

/// Asks the debugger.
fn semihosting(operation: usize, argument: usize) {
    // SAFETY: The two operations that are used only read.
    unsafe { asm!("bkpt 0xab", inout("r0") operation => _, in("r1") argument) }
}

/// Prints one character.
pub(crate) fn put(byte: u8) {
    let byte = [byte];
    semihosting(0x03, byte.as_ptr().expose_provenance());
    black_box(&byte);
}

pub(crate) fn print(name: &str, value: u32) {
    name.bytes().for_each(put);
    put(b' ');
    let mut power = 1_000_000_000;
    while power > 0 {
        if value >= power || power == 1 {
            put(b'0' + (value / power % 10) as u8);
        }
        power /= 10;
    }
    put(b'\n');
}

/// Ends the image with a reason.
pub(crate) fn end(reason: &str) -> ! {
    reason.bytes().for_each(put);
    put(b'\n');
    loop {
        semihosting(0x18, 0x2_0026);
    }
}
