//! Linker options of the module.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The default is 1 MiB; all frames together have 1.5 KiB. Below 8 KiB, the addresses of
    // what stands behind the stack take two bytes each in the code.
    println!("cargo::rustc-link-arg-cdylib=-zstack-size=4096");
}
