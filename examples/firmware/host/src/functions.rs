//! The functions that the images run, and what they share with them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use scf_emulator::{Builder, Emulator, FunctionError};

/// How often the asynchronous function has run.
pub(crate) type Runs = Arc<AtomicUsize>;

/// An emulator with all of them, still to be started.
pub(crate) fn builder(runs: &Runs) -> Builder {
    let runs = Arc::clone(runs);
    Emulator::builder()
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
        .function("long", |_| Ok("x".repeat(3000)))
}
