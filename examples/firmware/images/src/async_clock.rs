//! The board's clock for embassy-time.

use core::cell::RefCell;
use core::task::Waker;

use board::clock;
use cortex_m::interrupt::{self, Mutex};
use embassy_time_driver::{Driver, time_driver_impl};
use embassy_time_queue_utils::Queue;

struct Ticks {
    queue: Mutex<RefCell<Queue>>,
}

time_driver_impl!(static TICKS: Ticks = Ticks { queue: Mutex::new(RefCell::new(Queue::new())) });

impl Driver for Ticks {
    fn now(&self) -> u64 {
        clock::now()
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        interrupt::free(|section| {
            // Each tick looks at the queue, so there is no alarm to set.
            self.queue.borrow(section).borrow_mut().schedule_wake(at, waker);
        });
    }
}

/// Lets the board's clock wake tasks; to be called after the clock's start.
pub fn start() {
    clock::on_tick(|| {
        interrupt::free(|section| {
            TICKS.queue.borrow(section).borrow_mut().next_expiration(clock::now());
        });
    });
}
