//! Linker options of the module.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The default is 1 MiB, and a call takes a few KiB.
    println!("cargo::rustc-link-arg-cdylib=-zstack-size=32768");
}
