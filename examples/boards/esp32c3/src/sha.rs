//! The chip's SHA accelerator as compression function.

#![allow(unsafe_code, reason = "registers are written by their bits")]

use core::hint;

use esp_hal::peripherals::SHA;
use scf_invoke_core::sign::compression::Compression;

/// SHA-256, in the register of the mode.
const SHA_256: u32 = 2;

/// Compresses by the accelerator, whose clock [`esp_hal::sha::Sha`] keeps on for as
/// long as there is one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Accelerator;

impl Compression for Accelerator {
    fn compress(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
        // No other task may find the accelerator between two steps.
        critical_section::with(|_| {
            let sha = SHA::regs();
            // SAFETY: A mode that the register has.
            sha.mode().write(|register| unsafe { register.bits(SHA_256) });
            for (index, word) in state.iter().enumerate() {
                // The memory has the bytes of a big-endian number.
                // SAFETY: Any word can be a part of the state.
                sha.h_mem(index).write(|register| unsafe { register.bits(word.to_be()) });
            }
            for block in blocks {
                for (index, bytes) in block.as_chunks().0.iter().enumerate() {
                    let word = u32::from_ne_bytes(*bytes);
                    // SAFETY: Any word can be a part of the message.
                    sha.m_mem(index).write(|register| unsafe { register.bits(word) });
                }
                // Goes on from the state that the memory has.
                sha.continue_().write(|register| register.continue_().set_bit());
                while sha.busy().read().state().bit_is_set() {
                    hint::spin_loop();
                }
            }
            for (index, word) in state.iter_mut().enumerate() {
                *word = u32::from_be(sha.h_mem(index).read().bits());
            }
        });
    }
}
