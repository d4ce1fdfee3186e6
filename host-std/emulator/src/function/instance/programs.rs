//! The programs in the machine's `/tmp`, which an instance's own would hide.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

const TMP: &str = "/tmp";
/// The bytes of a first line that are looked at.
const FIRST_LINE: u64 = 256;

/// Returns the files and folders of `/tmp` that a program needs, and those in the search path;
/// none is inside another or inside the code.
pub(super) fn hidden(program: &Path, search_path: &OsStr, code: &Path) -> Vec<PathBuf> {
    let mut places = Vec::new();
    let named = named_in_first_line(program);
    for program in std::iter::once(program.to_owned()).chain(named) {
        // A virtual environment's interpreter is a link to the one that it was made with.
        let real = program.canonicalize().ok();
        places.extend([Some(program), real].into_iter().flatten().map(|file| around(&file)));
    }
    let folders = std::env::split_paths(search_path);
    places.extend(folders.map(|folder| prefix(&folder).unwrap_or(&folder).to_owned()));
    places.retain(|place| {
        let is_hidden = place.starts_with(TMP) && place != Path::new(TMP);
        is_hidden && !place.starts_with(code) && place.exists()
    });
    places.sort();
    places.dedup_by(|place, before| place.starts_with(before));
    places
}

/// Returns the program that a script names in its first line.
fn named_in_first_line(file: &Path) -> Option<PathBuf> {
    // Opening a FIFO would wait for somebody who writes to it.
    if !file.is_file() {
        return None;
    }
    let mut line = Vec::new();
    let file = std::fs::File::open(file).ok()?;
    BufReader::new(file.take(FIRST_LINE)).read_until(b'\n', &mut line).ok()?;
    let line = String::from_utf8(line).ok()?;
    line.strip_prefix("#!")?.split_ascii_whitespace().next().map(PathBuf::from)
}

/// Returns a program's folder, with what belongs to the program; the program alone if others
/// have that folder too.
fn around(program: &Path) -> PathBuf {
    let folder = program.parent().unwrap_or(program);
    let place = prefix(folder).unwrap_or(folder);
    if place == Path::new(TMP) { program.to_owned() } else { place.to_owned() }
}

/// Returns the folder that a `bin` is a part of, with `lib` beside it.
fn prefix(folder: &Path) -> Option<&Path> {
    let above = folder.parent()?;
    (folder.ends_with("bin") && above != Path::new(TMP)).then_some(above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_shown_with_what_is_beside_it() {
        let around = |program: &str| around(Path::new(program)).display().to_string();
        assert_eq!(around("/tmp/venv/bin/python"), "/tmp/venv");
        assert_eq!(around("/tmp/tools/node"), "/tmp/tools");
        assert_eq!(around("/tmp/bin/node"), "/tmp/bin");
        assert_eq!(around("/tmp/node"), "/tmp/node");
    }

    #[test]
    fn a_fifo_is_not_opened() {
        let file = std::env::temp_dir().join(format!("scf-programs-{}", std::process::id()));
        let made = std::process::Command::new("mkfifo").arg(&file).status().unwrap();
        assert!(made.success());
        assert_eq!(named_in_first_line(&file), None);
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn what_is_elsewhere_or_not_there_is_not_shown() {
        let hidden = |program: &str, path: &str| {
            hidden(Path::new(program), OsStr::new(path), Path::new("/var/code"))
        };
        assert!(hidden("/usr/bin/env", "/usr/bin:/tmp:/tmp/not-there-a97/bin").is_empty());
    }
}
