//! The chip's CryptoCell 310 as compression function, by its registers.
//!
//! Its hash engine keeps the state in `HASH_H`, which can be read and written between
//! blocks, so that it goes on from any state. Words of the state are numbers there;
//! the message is read as bytes in their order. The engine counts the length for
//! padding of its own alone, which stays off.

use core::sync::atomic::{Ordering, compiler_fence};

use nrf_pac::cc_ctl::vals::{HashBusyStatus, Mode};
use nrf_pac::cc_hash::vals::Mode as HashMode;
use nrf_pac::{CC_CTL, CC_DIN, CC_HASH, CC_HOST_RGF, CC_MISC, CRYPTOCELL};
use scf_invoke_core::sign::compression::Compression;
use zeroize::Zeroizing;

/// Compresses by CryptoCell, which is on for no longer than that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CryptoCell;

impl Compression for CryptoCell {
    fn compress(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
        // No other task may find the engine between two steps.
        critical_section::with(|_| {
            CRYPTOCELL.enable().write(|register| register.set_enable(true));
            // Registers that are written at once after that do not take the value.
            cortex_m::asm::delay(64);
            CC_MISC.dma_clk().write(|register| register.set_enable(true));
            CC_MISC.hash_clk().write(|register| register.set_enable(true));
            CC_CTL.crypto_ctl().write(|register| register.set_mode(Mode::HashActive));
            CC_HASH.hash_control().write(|register| register.set_mode(HashMode::Sha256));
            CC_HASH.hash_pad().write(|register| register.set_enable(false));
            CC_HASH.hash_pad_auto().write(|register| register.set_hwpad(false));
            for (index, word) in state.iter().enumerate() {
                CC_HASH.hash_h(index).write_value(*word);
            }
            for block in blocks {
                take(block);
            }
            for (index, word) in state.iter_mut().enumerate() {
                *word = CC_HASH.hash_h(index).read();
            }
            CRYPTOCELL.enable().write(|register| register.set_enable(false));
        });
    }
}

/// Gives the engine a block, and waits until it is in the state.
fn take(block: &[u8; 64]) {
    // The engine reads RAM alone, and a block may be in flash. It may be a key too.
    let words: [u32; 16] = core::array::from_fn(|index| {
        block.as_chunks().0.get(index).map_or(0, |bytes| u32::from_ne_bytes(*bytes))
    });
    let words = Zeroizing::new(words);
    CC_HOST_RGF.icr().write(|register| register.set_mem_to_din_clear(true));
    // The words are in memory before the engine reads them.
    compiler_fence(Ordering::SeqCst);
    cortex_m::asm::dsb();
    CC_DIN.src_mem_addr().write_value(words.as_ptr().addr() as u32);
    CC_DIN.src_mem_size().write(|register| register.set_size(64));
    while !CC_HOST_RGF.irr().read().mem_to_din_int() {}
    while CC_CTL.hash_busy().read().status() == HashBusyStatus::Busy {}
    // They stay there until it has.
    compiler_fence(Ordering::SeqCst);
}
