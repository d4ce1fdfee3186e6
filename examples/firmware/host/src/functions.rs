//! The functions that the images run, and what they share with them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use scf_emulator::{Builder, Emulator, FunctionError};
use sha2::{Digest, Sha256};

/// The number of runs of the asynchronous function.
pub(crate) type Runs = Arc<AtomicUsize>;

/// Returns an emulator with all of them, still to be started.
pub(crate) fn builder(runs: &Runs) -> Builder {
    let runs = Arc::clone(runs);
    Emulator::builder()
        // The name of this machine inside QEMU.
        .host("10.0.2.2")
        .function("greet", |event| {
            let event = event.json();
            let name = event.get("name").and_then(|name| name.as_str()).unwrap_or("nobody");
            Ok(format!("hello {name}"))
        })
        .function("record", move |_| {
            runs.fetch_add(1, Ordering::SeqCst);
            Ok("recorded")
        })
        .function("fail", |_| Err::<String, _>(FunctionError::new("no such sensor")))
        .function("slow", |_| {
            std::thread::sleep(Duration::from_millis(500));
            Ok("at last")
        })
        .function("long", |_| Ok("x".repeat(3000)))
        .function("readings", |event| check_readings(event.text()))
}

/// Compares the readings with what the device should have sent, and answers
/// 1 MiB that ends in its own hash.
fn check_readings(text: &str) -> Result<String, FunctionError> {
    let (sent, expected) = (hex_hash(text), hex_hash(&readings()));
    if sent != expected {
        return Err(FunctionError::new(format!("got {sent}, expected {expected}")));
    }
    const ANSWER: usize = 1 << 20;
    // Escapes on the way, and characters of several bytes.
    let mut answer = "line 1\n\"line 2\"\t温度\\".repeat(ANSWER / 20);
    while answer.len() > ANSWER - 64 {
        answer.pop();
    }
    answer.extend(std::iter::repeat_n('.', ANSWER - 64 - answer.len()));
    let hash = hex_hash(&answer);
    Ok(answer + &hash)
}

fn readings() -> String {
    let readings: Vec<String> = (0..165_000_u64)
        .map(|index| {
            let celsius = 2000 + index * 7919 % (1 << 32) % 1000;
            let pascal = 100_000 + index * 104_729 % (1 << 32) % 3000;
            format!(r#"{{"t":{},"c":{celsius},"p":{pascal}}}"#, 1_700_000_000 + index)
        })
        .collect();
    format!("[{}]", readings.join(","))
}

fn hex_hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
