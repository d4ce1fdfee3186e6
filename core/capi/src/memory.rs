//! The memory that a WebAssembly host may use for its own data.

unsafe extern "C" {
    /// The linker's: the end of all that the module itself uses.
    static __heap_base: u8;
}

/// Returns the first byte of the module's memory that the module does not use:
/// from there to the end all is the host's, and stays where the host puts it.
/// The host may grow the memory for more. WebAssembly only.
#[cfg(target_family = "wasm")]
#[unsafe(no_mangle)]
pub extern "C" fn scf_memory() -> usize {
    let base = &raw const __heap_base;
    base.addr().next_multiple_of(16)
}
