//! What the linker of a shared library or WebAssembly module has to know.

use std::env::var;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = |key: &str| var(format!("CARGO_CFG_TARGET_{key}")).unwrap_or_default();
    let arguments: &[&str] = match (target("ARCH").as_str(), target("OS").as_str()) {
        // One page of stack is plenty, and Rust's default of 1 MB is memory
        // that the host pays for. The table is for the host's callbacks.
        ("wasm32", _) => &["-zstack-size=32768", "--export-table", "--growable-table"],
        // Functions and types may still change with each 0.x.
        (_, "linux") => &["-Wl,-soname,libscf_capi.so.0.1"],
        _ => &[],
    };
    for argument in arguments {
        println!("cargo:rustc-cdylib-link-arg={argument}");
    }
}
