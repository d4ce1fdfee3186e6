//! The runtimes that there are, and which of them a folder is for.

use std::path::{Path, PathBuf};

/// A language that the emulator runs itself, or a program that runs itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runtime {
    /// An executable `bootstrap` that speaks the custom runtime API.
    Custom,
    Python,
    Node,
    /// An executable `scf_bootstrap` that serves HTTP.
    Web,
}

impl Runtime {
    /// Reads a name as the cloud has it, such as `Python3.9` or `Nodejs18.15`.
    pub(super) fn named(name: &str) -> Result<Self, String> {
        let lower = name.to_ascii_lowercase();
        if lower.starts_with("python") {
            Ok(Self::Python)
        } else if lower.starts_with("node") {
            Ok(Self::Node)
        } else if lower.starts_with("custom") || lower.starts_with("go") {
            Ok(Self::Custom)
        } else {
            Err(format!(
                "the runtime {name:?} is not run here; there are Python, Nodejs and CustomRuntime, \
                 and a bootstrap runs any language"
            ))
        }
    }

    /// Finds out by the files of a folder. `bootstrap` wins over a handler.
    pub(super) fn of(dir: &Path, handler: &str) -> Option<Self> {
        if dir.join("scf_bootstrap").is_file() {
            return Some(Self::Web);
        }
        if dir.join("bootstrap").is_file() {
            return Some(Self::Custom);
        }
        Self::of_handler(dir, handler).or_else(|| Self::of_handler(dir, "index"))
    }

    /// Returns the language of a handler's file.
    pub(super) fn of_handler(dir: &Path, handler: &str) -> Option<Self> {
        handler_file(dir, handler).map(|(_, language)| language)
    }

    /// Returns the program that runs it unless the configuration names another.
    pub(crate) fn interpreter(self) -> Option<&'static str> {
        match self {
            Self::Python => Some("python3"),
            Self::Node => Some("node"),
            Self::Custom | Self::Web => None,
        }
    }

    /// Returns the port that its debugger usually has; nothing where no debugger is known.
    pub(crate) fn usual_debug_port(self) -> Option<u16> {
        match self {
            Self::Node => Some(9229),
            Self::Python => Some(5678),
            Self::Custom | Self::Web => None,
        }
    }

    /// Returns the name of the cloud's runtime, `SCF_RUNTIME`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Custom | Self::Web => "CustomRuntime",
            Self::Python => "Python3.9",
            Self::Node => "Nodejs18.15",
        }
    }
}

/// Finds a handler's file and its language.
pub(super) fn handler_file(dir: &Path, handler: &str) -> Option<(PathBuf, Runtime)> {
    let name = handler.rsplit_once('.').map_or(handler, |(file, _)| file);
    let languages = std::iter::once(("py", Runtime::Python))
        .chain(NODE_EXTENSIONS.map(|extension| (extension, Runtime::Node)));
    let mut files =
        languages.map(|(extension, language)| (dir.join(format!("{name}.{extension}")), language));
    files.find(|(file, _)| file.is_file())
}

const NODE_EXTENSIONS: [&str; 3] = ["js", "mjs", "cjs"];
