//! Boots the firmware images in QEMU, one after the other, and checks what
//! they print and the code they exit with. The other side is the emulator,
//! which verifies each signature, and where an image is to see a peer that
//! misbehaves, a socket that does.

mod cases;
mod functions;
mod hostile;
mod impostor;
mod qemu;
mod size;
mod tls;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(images) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: firmware-host FOLDER-OF-IMAGES [WORD-IN-THE-NAME-OF-A-CASE]");
        return ExitCode::from(2);
    };
    let only = arguments.next().map(|word| word.to_string_lossy().into_owned());
    let (passed, failed) = cases::run(&images, only.as_deref().unwrap_or_default());
    println!("\n{passed} passed, {failed} failed");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
