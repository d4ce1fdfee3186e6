//! Gives the linker its arguments for the probes: without a start-up file where
//! they are only measured for size, and for QEMU's mps2-an386 where one runs.

use std::env::var;

fn main() {
    for probe in [
        "empty",
        "sign",
        "sign_by_chip",
        "request",
        "response",
        "whole",
        "streaming",
        "texts",
        "asynchronous",
        "asynchronous_streamed",
        "lite",
        "lite_day",
        "lite_least",
        "guilty",
    ] {
        println!("cargo::rustc-link-arg-bin={probe}=--entry=image");
        println!("cargo::rustc-link-arg-bin={probe}=--gc-sections");
    }
    if var("CARGO_FEATURE_DEFMT").is_ok() {
        println!("cargo::rustc-link-arg-bin=whole=-Tdefmt.x");
    }
    if var("CARGO_FEATURE_BOARD").is_ok() {
        let folder = var("CARGO_MANIFEST_DIR").expect("cargo sets it");
        println!("cargo::rustc-link-arg-bin=board=-T{folder}/board.ld");
    }
    println!("cargo::rerun-if-changed=board.ld");
}
