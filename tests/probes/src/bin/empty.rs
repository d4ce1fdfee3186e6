//! The code that every probe has, which is subtracted from each.

#![no_std]
#![no_main]

#[unsafe(no_mangle)]
extern "C" fn image() {
    probes::nothing();
}
