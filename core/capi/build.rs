//! Gives the linker of a shared library or WebAssembly module its arguments.

use std::env::var;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let value = |key: &str| var(key).unwrap_or_default();
    // For whatever is linked: the kind is named where it is built, and cargo knows
    // none of its own. Programs, such as tests, pay no heed to these.
    let argument = |argument: &str| println!("cargo:rustc-link-arg={argument}");
    if value("CARGO_CFG_TARGET_ARCH") == "wasm32" {
        // Half a page of stack is plenty, and Rust's default of 1 MB is memory
        // that the host pays for.
        argument("-zstack-size=32768");
        // For the host's callbacks.
        argument("--export-table");
        argument("--growable-table");
        if value("PROFILE") == "release" && value("DEBUG") == "false" {
            // 3 KB less, which only a module without names can have.
            argument("--strip-debug");
            argument("--compress-relocations");
        }
    } else if value("CARGO_CFG_TARGET_OS") == "linux" {
        // Functions and types may still change with each 0.x.
        argument("-Wl,-soname,libscf_invoke_capi.so.0.1");
    }
}
