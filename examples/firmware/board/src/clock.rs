//! Milliseconds since the start, by SysTick.

use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;

static MILLISECONDS: AtomicU32 = AtomicU32::new(0);

/// Starts the clock. From then on a processor that sleeps is woken at each
/// millisecond.
pub fn start(mut timer: SYST) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(crate::CORE_HZ / 1000 - 1);
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();
}

#[exception]
fn SysTick() {
    MILLISECONDS.fetch_add(1, Ordering::Relaxed);
}

/// Milliseconds since the start; after 49 days it begins anew.
pub fn now() -> u32 {
    MILLISECONDS.load(Ordering::Relaxed)
}

/// Milliseconds since `then`.
pub fn since(then: u32) -> u32 {
    now().wrapping_sub(then)
}

/// Sleeps until something may have changed, a millisecond at most.
pub fn pause() {
    cortex_m::asm::wfi();
}
