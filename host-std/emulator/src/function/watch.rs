//! Notices when a file of a function's folder changes.

use std::path::{Path, PathBuf};

/// Folders that hold no code of the function's own, and may hold very many files.
const PASSED_OVER: [&str; 4] = ["node_modules", ".venv", ".git", "__pycache__"];
/// The file that names more files and folders to pass over.
const IGNORE_FILE: &str = ".scfignore";

/// The names of files and folders whose changes do not count.
#[derive(Debug)]
struct Ignored(Vec<String>);

impl Ignored {
    /// Reads the names that a folder ignores, one a line, `*` for any characters.
    fn read(root: &Path) -> Self {
        let text = super::config::read_file(&root.join(IGNORE_FILE)).ok().flatten();
        let text = text.unwrap_or_default();
        let lines = text.lines().map(|line| line.trim().trim_end_matches('/'));
        let own = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(PASSED_OVER.into_iter().chain(own).map(str::to_owned).collect())
    }

    fn covers(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| matches(pattern.as_bytes(), name.as_bytes()))
    }
}

/// Returns whether a name fits a pattern, in which `*` stands for any characters.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern, name) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => (0..=name.len()).any(|from| matches(rest, &name[from..])),
        ([first, pattern @ ..], [letter, name @ ..]) => first == letter && matches(pattern, name),
        _ => false,
    }
}

/// Returns the folders of a tree, save those that are ignored.
fn folders(root: &Path, ignored: &Ignored) -> Vec<PathBuf> {
    let mut found = vec![root.to_owned()];
    let mut next = 0;
    while let Some(folder) = found.get(next).cloned() {
        next += 1;
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        found.extend(
            entries
                .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
                .filter(|entry| !ignored.covers(&entry.file_name().to_string_lossy()))
                .map(|entry| entry.path()),
        );
    }
    found
}

#[cfg(target_os = "linux")]
pub(super) use inotify::Watch;
#[cfg(not(target_os = "linux"))]
pub(super) use times::Watch;

/// The kernel tells of each change.
#[cfg(target_os = "linux")]
mod inotify {
    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;
    use std::path::{Path, PathBuf};

    use rustix::fs::inotify::{CreateFlags, Reader, WatchFlags, add_watch, init};

    use super::Ignored;

    /// A tree of files, and how often it has changed.
    #[derive(Debug)]
    pub(crate) struct Watch {
        root: PathBuf,
        ignored: Ignored,
        events: Option<OwnedFd>,
        version: u64,
    }

    impl Watch {
        pub(crate) fn new(root: &Path) -> Self {
            let events = init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok();
            let ignored = Ignored::read(root);
            let watch = Self { root: root.to_owned(), ignored, events, version: 0 };
            watch.add_folders();
            watch
        }

        fn add_folders(&self) {
            let flags = WatchFlags::CREATE
                | WatchFlags::MODIFY
                | WatchFlags::ATTRIB
                | WatchFlags::DELETE
                | WatchFlags::MOVE;
            for folder in super::folders(&self.root, &self.ignored) {
                if let Some(events) = &self.events {
                    // A folder that is gone again tells so by its parent.
                    let _ = add_watch(events, &folder, flags);
                }
            }
        }

        /// Returns whether a file has changed since the last call.
        pub(crate) fn has_changed(&mut self) -> bool {
            let Some(events) = &self.events else {
                // Without news, all code is new code.
                self.version += 1;
                return true;
            };
            let mut buffer = [MaybeUninit::uninit(); 4096];
            let mut reader = Reader::new(events, &mut buffer);
            let mut has_changed = false;
            while let Ok(event) = reader.next() {
                let name = event.file_name().map(|name| name.to_string_lossy());
                has_changed |= !name.is_some_and(|name| self.ignored.covers(&name));
            }
            if has_changed {
                self.version += 1;
                self.ignored = Ignored::read(&self.root);
                self.add_folders();
            }
            has_changed
        }

        pub(crate) fn version(&self) -> u64 {
            self.version
        }
    }
}

/// The times of the files tell.
#[cfg(not(target_os = "linux"))]
mod times {
    use std::hash::{DefaultHasher, Hash, Hasher};
    use std::path::{Path, PathBuf};

    /// A tree of files, and a sum of their times.
    #[derive(Debug)]
    pub(crate) struct Watch {
        root: PathBuf,
        version: u64,
    }

    impl Watch {
        pub(crate) fn new(root: &Path) -> Self {
            Self { root: root.to_owned(), version: 0 }
        }

        /// Returns whether a file has changed since the last call.
        pub(crate) fn has_changed(&mut self) -> bool {
            let mut sum = DefaultHasher::new();
            let ignored = super::Ignored::read(&self.root);
            for folder in super::folders(&self.root, &ignored) {
                for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                    if ignored.covers(&entry.file_name().to_string_lossy()) {
                        continue;
                    }
                    entry.path().hash(&mut sum);
                    let time = entry.metadata().and_then(|data| data.modified()).ok();
                    time.hash(&mut sum);
                }
            }
            let before = std::mem::replace(&mut self.version, sum.finish());
            before != self.version
        }

        pub(crate) fn version(&self) -> u64 {
            self.version
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name) in
            [("*.log", "a.log"), ("*", ""), ("a*b*c", "a-b-b-c"), ("dist", "dist")]
        {
            assert!(matches(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
        }
        for (pattern, name) in [("*.log", "a.log.txt"), ("dist", "dist2"), ("a*b", "ba")] {
            assert!(!matches(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
        }
    }
}
