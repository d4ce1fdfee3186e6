//! Packs the Explorer's page into the command: each file of `page/`, compressed.
//! Has the linker make a small program.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;

/// Functions of the same code become one, and relocations are packed: 47 and 135 KB
/// less. Not every linker and C library takes them.
const LINKER_OPTIONS: [&str; 2] = ["-Wl,--icf=all", "-Wl,-z,pack-relative-relocs"];

fn main() -> io::Result<()> {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("page");
    let out = PathBuf::from(variable("OUT_DIR"));
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=page");
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut table = String::from("&[\n");
    for (number, file) in files.iter().enumerate() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&fs::read(file)?)?;
        let packed = out.join(format!("page-{number}.gz"));
        fs::write(&packed, encoder.finish()?)?;
        let path = file.strip_prefix(&root).map_err(io::Error::other)?;
        let path = path.to_string_lossy().replace('\\', "/");
        let _ = writeln!(table, "    ({path:?}, include_bytes!({packed:?})),");
    }
    table.push_str("]\n");
    fs::write(out.join("page.rs"), table)?;
    link_small(&out)
}

/// Passes on those of the linker's options with which a program is linked and runs.
fn link_small(out: &Path) -> io::Result<()> {
    let is_own = variable("HOST") == variable("TARGET");
    if variable("PROFILE") != "release" || variable("CARGO_CFG_TARGET_OS") != "linux" || !is_own {
        return Ok(());
    }
    let (source, program) = (out.join("probe.rs"), out.join("probe"));
    fs::write(&source, "fn main() {}")?;
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    for option in LINKER_OPTIONS {
        let mut rustc = Command::new(variable("RUSTC"));
        rustc.args(flags.split('\x1f').filter(|flag| !flag.is_empty()));
        if let Ok(linker) = std::env::var("RUSTC_LINKER") {
            rustc.arg(format!("-Clinker={linker}"));
        }
        rustc.arg(format!("-Clink-arg={option}")).arg(&source).arg("-o").arg(&program);
        if succeeds(&mut rustc) && succeeds(&mut Command::new(&program)) {
            println!("cargo::rustc-link-arg-bins={option}");
        }
    }
    Ok(())
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
