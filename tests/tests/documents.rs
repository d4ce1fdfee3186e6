//! Lists in documents, held against the code, and the rules of the tree.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The most lines that a file may have.
const LINES_MAX: usize = 450;

/// Files that nobody writes by hand, or that are lists.
const UNLIMITED: &[&str] =
    &["core/capi/include/scf.h", "Cargo.lock", "package-lock.json", ".json", ".tsv"];

fn read(path: &str) -> String {
    let path = scf_tests::root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the files of the repository, by their paths from its root.
fn files() -> Vec<PathBuf> {
    let list = Command::new("git").arg("ls-files").current_dir(scf_tests::root()).output().unwrap();
    assert!(list.status.success(), "git ls-files failed: {list:?}");
    let names = String::from_utf8(list.stdout).unwrap();
    names.lines().map(PathBuf::from).filter(|file| scf_tests::root().join(file).is_file()).collect()
}

#[test]
fn readmes_list_the_features_of_their_crates() {
    let mut checked = 0;
    for manifest in files().iter().filter(|file| file.ends_with("Cargo.toml")) {
        let folder = manifest.parent().unwrap().to_str().unwrap();
        if !folder.starts_with("core") && !folder.starts_with("host-std") {
            continue;
        }
        let defined = features(&read(manifest.to_str().unwrap()));
        let readme = read(&format!("{folder}/README.md"));
        let Some((_, section)) = readme.split_once("\n## Features\n") else {
            assert!(defined.is_empty(), "{folder}/README.md has no section of its features");
            continue;
        };
        let section = section.split("\n## ").next().unwrap();
        let listed: BTreeSet<String> = section
            .lines()
            .filter_map(|line| line.strip_prefix("- `")?.split('`').next())
            .map(str::to_owned)
            .collect();
        assert_eq!(listed, defined, "the features in {folder}/README.md");
        checked += 1;
    }
    assert!(checked > 0);
}

/// Returns the names under `[features]`, without `default`.
fn features(manifest: &str) -> BTreeSet<String> {
    let Some((_, section)) = manifest.split_once("\n[features]\n") else { return BTreeSet::new() };
    section
        .split("\n[")
        .next()
        .unwrap()
        .lines()
        .filter_map(|line| Some(line.split_once(" = ")?.0.trim().to_owned()))
        .filter(|name| name != "default" && !name.starts_with('#'))
        .collect()
}

#[test]
fn every_feature_of_the_core_is_built_by_the_tests() {
    let run = read("tests/run");
    let (_, combinations) = run.split_once("\ncombinations() {").unwrap();
    let combinations = combinations.split("\n}").next().unwrap();
    let tried: BTreeSet<String> = combinations.split([' ', ',', '\n']).map(str::to_owned).collect();
    let untried = &features(&read("core/Cargo.toml")) - &tried;
    assert!(untried.is_empty(), "tests/run builds the core without {untried:?}");
}

#[test]
fn the_readme_of_the_core_lists_its_modules() {
    let defined: BTreeSet<String> = read("core/src/lib.rs")
        .lines()
        .filter_map(|line| Some(line.strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned()))
        .collect();
    let listed: BTreeSet<String> = read("core/README.md")
        .lines()
        .filter(|line| line.starts_with("| `"))
        .filter_map(|line| line.split('|').nth(1))
        .flat_map(|names| names.split(','))
        .map(|name| name.trim().trim_matches('`').to_owned())
        .collect();
    assert_eq!(listed, defined);
}

#[test]
fn every_code_of_the_relay_is_documented_and_no_file_has_another() {
    let defined = relay_codes(&read("host-std/relay/src/refusal.rs"));
    assert!(!defined.is_empty());
    for file in ["host-std/relay/README.md", "wasm/types/errors.d.ts"] {
        assert_eq!(relay_codes(&read(file)), defined, "the codes in {file}");
    }
    for file in files() {
        let is_document = ["md", "ts", "js", "json", "rs"]
            .iter()
            .any(|extension| file.extension().is_some_and(|found| found == *extension));
        if !is_document || file.ends_with("tests/documents.rs") {
            continue;
        }
        let unknown = &relay_codes(&read(file.to_str().unwrap())) - &defined;
        assert!(unknown.is_empty(), "{}: the relay has no {unknown:?}", file.display());
    }
}

/// Returns every `Relay.Code` in quotes, of whatever kind.
fn relay_codes(text: &str) -> BTreeSet<String> {
    text.match_indices("Relay.")
        .filter(|(at, _)| text[..*at].ends_with(['"', '`', '\'']))
        .filter_map(|(at, _)| {
            let code = text[at..].split(['"', '`', '\'']).next()?;
            let name = code.strip_prefix("Relay.")?;
            let is_name = name.starts_with(|first: char| first.is_ascii_uppercase())
                && name.chars().all(|char| char.is_ascii_alphabetic());
            is_name.then(|| code.to_owned())
        })
        .collect()
}

#[test]
fn no_file_is_too_long_to_be_read() {
    let long: Vec<_> = files()
        .into_iter()
        .filter(|file| !UNLIMITED.iter().any(|end| file.to_str().unwrap().ends_with(end)))
        .filter_map(|file| {
            let text = fs::read_to_string(scf_tests::root().join(&file)).ok()?;
            let lines = text.lines().count();
            (lines > LINES_MAX).then(|| format!("{} has {lines} lines", file.display()))
        })
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn a_module_with_modules_of_its_own_is_a_mod_rs() {
    let beside: Vec<_> = files()
        .into_iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "rs"))
        .filter(|file| is_folder(&file.with_extension("")) && !is_crate_root(file))
        .collect();
    assert!(beside.is_empty(), "{beside:?} have folders of their names beside them");
}

fn is_folder(path: &Path) -> bool {
    scf_tests::root().join(path).is_dir()
}

/// Tests and benchmarks are crates; their folders are data.
fn is_crate_root(file: &Path) -> bool {
    file.parent().is_some_and(|folder| folder.ends_with("tests") || folder.ends_with("benches"))
}

#[test]
fn the_top_readme_is_for_a_reader_in_a_hurry() {
    assert!(read("README.md").lines().count() <= 160);
}

#[test]
fn only_the_house_stands_at_the_top() {
    const HOUSE: [&str; 11] = [
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "core",
        "examples",
        "host-std",
        "tests",
        "wasm",
    ];
    let at_the_top: BTreeSet<_> =
        files().into_iter().map(|file| file.iter().next().unwrap().to_owned()).collect();
    let strangers: Vec<_> = at_the_top
        .into_iter()
        .filter(|name| !HOUSE.iter().any(|part| name == part))
        .filter(|name| !name.to_str().unwrap().starts_with('.'))
        .collect();
    assert!(strangers.is_empty(), "{strangers:?} belong in one of the folders");
}
