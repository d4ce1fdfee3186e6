//! Has everything that no other image may have: the checks must find it here.

#![no_std]
#![no_main]

use core::fmt::{self, Write};

use probes::{give, number, take};

struct Out;

impl Write for Out {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        take(text.as_bytes());
        Ok(())
    }
}

#[unsafe(no_mangle)]
extern "C" fn image() {
    probes::nothing();
    let index = number() as usize;
    give([1, 2, 3][index]);
    let _ = write!(Out, "{index}");
    let double = f64::from(number());
    let single = number() as f32;
    give((double * f64::from(single)) as u32);
}
