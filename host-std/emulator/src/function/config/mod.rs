//! The settings of a function in a folder.

mod alias;
mod env_file;
mod file;
pub(super) mod project_file;
mod runtime;
mod settings;
mod yaml;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use alias::Alias;
pub(super) use file::read_file;
pub(crate) use runtime::Runtime;

use serde_json::{Map, Value};

use super::timer::Timer;
use crate::error::ApiError;

/// The versions that every function has.
pub(crate) const LATEST: &str = "$LATEST";
const DEFAULT: &str = "$DEFAULT";
/// The end of the message of a function that is not fit to run.
const NOT_RUN: &str = " (the function did not run: it is deployed here as soon as that is mended)";
/// The time limit of a function that somebody debugs.
const UNLIMITED: Duration = Duration::from_secs(24 * 60 * 60);
/// The prefixes of variables that the cloud sets itself.
const RESERVED: [&str; 3] = ["SCF_", "QCLOUD_", "TENCENTCLOUD_"];

/// The settings of a function, with SCF's defaults.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) handler: String,
    pub(crate) runtime: Option<Runtime>,
    /// The name of the runtime as the configuration has it.
    pub(crate) runtime_name: Option<String>,
    /// The program that runs the code, in place of the first one in `PATH`.
    pub(crate) interpreter: Option<String>,
    pub(crate) namespace: String,
    pub(crate) timeout: Duration,
    pub(crate) init_timeout: Duration,
    pub(crate) memory_mb: u64,
    /// The number of processes that an instance may have at once.
    pub(crate) processes: usize,
    pub(crate) environment: BTreeMap<String, String>,
    /// Versions and aliases beside `$LATEST` and `$DEFAULT`.
    pub(crate) qualifiers: BTreeMap<String, Alias>,
    /// The number of instances that it may have, where it is set.
    pub(crate) concurrency: Option<usize>,
    /// Folders that stand at `/opt`.
    pub(crate) layers: Vec<PathBuf>,
    pub(crate) timers: Vec<Timer>,
    /// The port where a debugger can attach; a function under a debugger has no limits.
    pub(crate) debug_port: Option<u16>,
    /// The lines about these settings in the log of a cold start.
    pub(crate) notes: Vec<String>,
}

impl Config {
    pub(crate) fn new(timeout: Duration) -> Self {
        Self {
            handler: "index.main_handler".to_owned(),
            runtime: None,
            runtime_name: None,
            interpreter: None,
            namespace: "default".to_owned(),
            timeout,
            init_timeout: Duration::from_secs(60),
            memory_mb: 128,
            processes: 1024,
            environment: BTreeMap::new(),
            qualifiers: BTreeMap::new(),
            concurrency: None,
            layers: Vec::new(),
            timers: Vec::new(),
            debug_port: None,
            notes: Vec::new(),
        }
    }

    /// Reads the settings of the code in a folder: those of its `function.json`, or else those
    /// that a project's file has for it.
    pub(crate) fn read(
        dir: &Path,
        project: Option<&(PathBuf, Map<String, Value>)>,
        timeout: Duration,
    ) -> Result<Self, ApiError> {
        let mut config = Self::new(timeout);
        let path = dir.join(file::FUNCTION_JSON);
        if let Some(text) = read_file(&path)? {
            config.set_all(dir, &path, &file::json_object(&path, &text)?)?;
        } else if let Some((path, settings)) = project {
            config.set_all(dir, path, settings)?;
            config.replace_missing_handler(dir);
        }
        config.note_link(dir);
        config.read_env_file(dir)?;
        config.runtime = match Runtime::of(dir, &config.handler) {
            Some(runtime @ (Runtime::Web | Runtime::Custom)) => Some(runtime),
            other => config.runtime.or(other),
        };
        Ok(config)
    }

    /// Takes `index.main_handler` where a project's file names a handler that is not there, as
    /// many do.
    fn replace_missing_handler(&mut self, dir: &Path) {
        if Runtime::of_handler(dir, &self.handler).is_none()
            && Runtime::of_handler(dir, "index").is_some()
        {
            self.notes.push(format!("{} is not there; index.main_handler runs", self.handler));
            self.handler = "index.main_handler".to_owned();
        }
    }

    /// Notes that the handler's file is a link out of the folder, where the function sees nothing.
    fn note_link(&mut self, dir: &Path) {
        let Some((file, _)) = runtime::handler_file(dir, &self.handler) else { return };
        if let Ok(real) = file.canonicalize()
            && !real.starts_with(dir)
        {
            self.notes.push(format!(
                "{} is a link to {}, out of the function's folder: neither here nor in the cloud \
                 does the function see that; copy it",
                file.display(),
                real.display()
            ));
        }
    }

    /// Lifts the limits of a function that somebody debugs, and lets one of its invocations run
    /// at a time.
    pub(crate) fn debug(&mut self, port: Option<u16>) {
        (self.timeout, self.init_timeout) = (UNLIMITED, UNLIMITED);
        self.concurrency = Some(1);
        self.debug_port = port.or_else(|| self.runtime?.usual_debug_port());
    }

    /// Returns the name of the program that the configured version of Python has, if the
    /// configuration has one and names no interpreter.
    pub(super) fn python_version(&self) -> Option<String> {
        let name = self.runtime_name.as_deref().filter(|_| self.interpreter.is_none())?;
        (self.runtime == Some(Runtime::Python) && name.contains('.'))
            .then(|| name.to_ascii_lowercase())
    }

    /// Returns the settings for a process that the emulator does not start.
    pub(crate) fn of_attached(&self) -> Self {
        Self { timeout: UNLIMITED, runtime: None, ..self.clone() }
    }

    /// Returns the version that runs for a qualifier, or nothing where there is no
    /// such version or alias.
    pub(crate) fn version_of(
        &self,
        qualifier: &str,
        routing_key: Option<&str>,
    ) -> Option<Cow<'static, str>> {
        match qualifier {
            LATEST | DEFAULT => Some(Cow::Borrowed(LATEST)),
            _ => {
                let alias = self.qualifiers.get(qualifier)?;
                Some(Cow::Owned(alias.version(routing_key).unwrap_or(qualifier).to_owned()))
            }
        }
    }
}

/// Returns the error of a function that is not fit to run. Clients know by its code that the
/// function did not run.
pub(crate) fn failed(message: String) -> ApiError {
    ApiError::new("FailedOperation.FunctionStatusError", message + NOT_RUN)
}

/// Returns such an error's reason, for one that no call met.
pub(super) fn reason(error: &ApiError) -> &str {
    error.message.strip_suffix(NOT_RUN).unwrap_or(&error.message)
}

/// Returns whether a folder holds a function.
pub(super) fn is_function(dir: &Path) -> bool {
    has_own_file(dir) || Runtime::of(dir, "index").is_some()
}

/// Returns whether a folder has settings of its own, which go before those of a project.
pub(super) fn has_own_file(dir: &Path) -> bool {
    dir.join(file::FUNCTION_JSON).exists()
}
