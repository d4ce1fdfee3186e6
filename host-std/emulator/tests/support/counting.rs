//! A function that counts its runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use scf_emulator::Emulator;

/// Starts an emulator whose function `hello` gives a result, and returns it with the number of
/// the function's runs.
pub fn counting(result: &str) -> (Emulator, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    let (counted, result) = (Arc::clone(&runs), result.to_owned());
    let emulator = Emulator::builder()
        .function("hello", move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(result.clone())
        })
        .start()
        .unwrap();
    (emulator, runs)
}
