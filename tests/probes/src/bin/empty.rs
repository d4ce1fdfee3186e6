//! What every probe has, and what is subtracted from each.

#![no_std]
#![no_main]

#[unsafe(no_mangle)]
extern "C" fn image() {
    probes::nothing();
}
