//! The committed header is what cbindgen makes of the sources.
#![cfg(not(miri))]

use std::path::Path;

/// In the order in which a reader wants them.
const SOURCES: [&str; 7] = [
    "types.rs",
    "status.rs",
    "outcome.rs",
    "lookup.rs",
    "day_key.rs",
    // And what it is divided into.
    "call/mod.rs",
    "attempts.rs",
];

#[test]
fn the_header_is_what_the_sources_say() {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(crate_dir.join("cbindgen.toml")).unwrap();
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES.iter().chain(&["memory.rs"]) {
        builder = builder.with_src(crate_dir.join("src").join(source));
    }
    let mut made = Vec::new();
    builder.generate().unwrap().write(&mut made);
    let made = String::from_utf8(made).unwrap();

    let header = crate_dir.join("include/scf.h");
    if std::env::var_os("SCF_WRITE_HEADER").is_some() {
        std::fs::write(&header, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&header).unwrap_or_default();
    assert!(
        committed == made,
        "include/scf.h is out of date: SCF_WRITE_HEADER=1 cargo test -p scf-invoke-capi --test header"
    );
}

#[test]
fn every_function_is_in_the_header_once() {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let header = std::fs::read_to_string(crate_dir.join("include/scf.h")).unwrap();
    let mut count = 0;
    let folders = [crate_dir.join("src"), crate_dir.join("src/call")];
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    for entry in entries.map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            continue;
        }
        let source = std::fs::read_to_string(entry).unwrap();
        for part in source.split("#[unsafe(no_mangle)]").skip(1) {
            let name = part.split("fn ").nth(1).unwrap().split('(').next().unwrap();
            let declared = header.lines().filter(|line| {
                !line.trim_start().starts_with("//") && line.contains(&format!("{name}("))
            });
            assert_eq!(declared.count(), 1, "{name}");
            count += 1;
        }
    }
    assert!(count > 20);
}
