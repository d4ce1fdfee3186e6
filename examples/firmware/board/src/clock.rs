//! Milliseconds since the start, by SysTick.

use core::cell::Cell;

use cortex_m::interrupt::{self, Mutex};
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;

static MILLISECONDS: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));
static HOOK: Mutex<Cell<fn()>> = Mutex::new(Cell::new(|| {}));

/// Starts the clock. From then on a processor that sleeps is woken at each
/// millisecond.
pub fn start(mut timer: SYST) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(crate::CORE_HZ / 1000 - 1);
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();
}

/// Calls `hook` at each millisecond, from the interrupt.
pub fn on_tick(hook: fn()) {
    interrupt::free(|section| HOOK.borrow(section).set(hook));
}

#[exception]
fn SysTick() {
    let hook = interrupt::free(|section| {
        let milliseconds = MILLISECONDS.borrow(section);
        milliseconds.set(milliseconds.get() + 1);
        HOOK.borrow(section).get()
    });
    hook();
}

/// Milliseconds since the start.
pub fn now() -> u64 {
    interrupt::free(|section| MILLISECONDS.borrow(section).get())
}

/// Milliseconds since `then`.
pub fn since(then: u64) -> u64 {
    now().saturating_sub(then)
}

/// Sleeps until something may have changed, a millisecond at most.
pub fn pause() {
    cortex_m::asm::wfi();
}
