//! The panic handler, which the linker finds no use for: nothing panics.

use core::panic::PanicInfo;

// Named for the linker, because without std nobody else asks for it.
#[cfg(all(unix, not(target_os = "none")))]
#[link(name = "c")]
unsafe extern "C" {
    safe fn abort() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    #[cfg(target_family = "wasm")]
    core::arch::wasm32::unreachable();
    #[cfg(all(unix, not(target_os = "none")))]
    abort();
    #[cfg(not(any(target_family = "wasm", all(unix, not(target_os = "none")))))]
    loop {
        core::hint::spin_loop();
    }
}
