//! Memory of C's may overlap and be misaligned in any way: what the C face
//! accepts works as in memory apart, and what it refuses is left as it was.
//!
//! Input: numbers that say where in one piece of memory everything is, and
//! what is called.

#![no_main]

mod arena;
mod call;
mod keys;
mod lite;

use libfuzzer_sys::fuzz_target;

use arena::Choices;

fuzz_target!(|data: &[u8]| {
    let mut choices = Choices::new(data);
    match choices.number(5) {
        0 => keys::day_key(&mut choices),
        1 => keys::attempts(&mut choices),
        2 => lite::lite(&mut choices),
        _ => call::call(&mut choices),
    }
});
