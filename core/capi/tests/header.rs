//! The committed header is what cbindgen makes of the sources.
#![cfg(not(miri))]

use std::path::Path;

/// In the order in which a reader wants them.
const SOURCES: [&str; 8] = [
    "types.rs",
    "status/mod.rs",
    "outcome.rs",
    "lookup.rs",
    "day_key.rs",
    // And what it is divided into.
    "call/mod.rs",
    "attempts.rs",
    "lite.rs",
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
    let made = with_plain_enums(&String::from_utf8(made).unwrap());

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

/// For hosts of scf.wasm, which has no texts in it.
#[test]
fn the_table_of_statuses_is_what_the_library_says() {
    let mut made = String::from("status\ttext\n");
    for (status, text) in scf_invoke_capi::Status::ALL {
        made += &format!("{}\t{text}\n", *status as i32);
    }
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/statuses.tsv");
    if std::env::var_os("SCF_WRITE_HEADER").is_some() {
        std::fs::write(&table, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&table).unwrap_or_default();
    assert!(
        committed == made,
        "include/statuses.tsv is out of date: SCF_WRITE_HEADER=1 cargo test -p scf-invoke-capi --test header"
    );
}

/// Gives each enumeration of cbindgen's a name in C++ alone: as a tag in C it
/// would share its name with the type, which `-Wc++-compat` warns of.
fn with_plain_enums(made: &str) -> String {
    let mut plain = String::new();
    let mut lines = made.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("enum ") {
            assert_eq!(lines.by_ref().nth(3), Some(" {"), "the form that cbindgen gives {name}");
            plain += &format!(
                "#ifdef __cplusplus\nenum {name} : int32_t\n#else\ntypedef int32_t {name};\nenum\n\
                 #endif\n{{\n"
            );
        } else if line == "#ifndef __cplusplus"
            && lines.peek() == Some(&"#if __STDC_VERSION__ >= 202311L")
        {
            assert_eq!(lines.by_ref().nth(5), Some("#endif // __cplusplus"));
        } else {
            plain += line;
            plain += "\n";
        }
    }
    plain
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

/// Returns the functions that a comment names; a name that begins with `_` goes
/// on with the last one's family.
fn functions_in(comment: &str) -> Vec<String> {
    let mut family = String::new();
    let mut names = Vec::new();
    for word in comment.split(|c: char| c.is_whitespace() || c == ',') {
        let Some(name) = word.split("()").next().filter(|name| *name != word) else { continue };
        if name.starts_with("scf_") {
            let end = ["scf_day_key", "scf_call", "scf_attempts", "scf_lite"]
                .into_iter()
                .find(|family| name.starts_with(&format!("{family}_")));
            family = end.unwrap_or(name).to_owned();
            names.push(name.to_owned());
        } else {
            names.push(format!("{family}{name}"));
        }
    }
    names
}

#[test]
fn every_status_lists_functions_that_there_are() {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let header = std::fs::read_to_string(crate_dir.join("include/scf.h")).unwrap();
    let mut comment = String::new();
    let mut count = 0;
    for line in header.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("//") {
            comment.push_str(text);
            continue;
        }
        if line.starts_with("SCF_STATUS_") {
            let (_, by) = comment.split_once("Returned by ").unwrap_or_else(|| panic!("{line}"));
            let names = functions_in(by);
            assert!(!names.is_empty() || by.contains("every function"), "{line}: {by}");
            for name in names {
                assert!(header.contains(&format!(" {name}(")), "{line}: there is no {name}");
            }
            count += 1;
        }
        comment.clear();
    }
    assert!(count > 60, "{count}");
}
