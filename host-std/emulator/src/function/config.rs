//! `function.json`, which a function's folder may hold, and what a folder is.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::error::ApiError;

const FILE: &str = "function.json";

/// How a folder's function is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An executable that speaks the custom runtime API itself.
    Bootstrap,
    /// `index.py`, run by the emulator's own Python runtime.
    Python,
}

/// The settings of a function, with SCF's defaults.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) handler: String,
    pub(crate) namespace: String,
    pub(crate) timeout: Duration,
    pub(crate) init_timeout: Duration,
    pub(crate) memory_mb: u64,
    pub(crate) environment: BTreeMap<String, String>,
    /// Versions and aliases beside `$LATEST` and `$DEFAULT`.
    pub(crate) qualifiers: Vec<String>,
}

impl Config {
    pub(crate) fn new(timeout: Duration) -> Self {
        Self {
            handler: "index.main_handler".to_owned(),
            namespace: "default".to_owned(),
            timeout,
            init_timeout: Duration::from_secs(60),
            memory_mb: 128,
            environment: BTreeMap::new(),
            qualifiers: Vec::new(),
        }
    }

    /// Reads a folder's settings. It is done for each call, so an edit counts
    /// at once.
    pub(crate) fn read(dir: &Path, timeout: Duration) -> Result<Self, ApiError> {
        let mut config = Self::new(timeout);
        let path = dir.join(FILE);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(config),
            Err(error) => return Err(failed(format!("cannot read {}: {error}", path.display()))),
        };
        let wrong = |what: String| failed(format!("{}: {what}", path.display()));
        let value: Value =
            serde_json::from_slice(&text).map_err(|error| wrong(format!("{error}")))?;
        let object =
            value.as_object().ok_or_else(|| wrong("it is not a JSON object".to_owned()))?;
        for (key, value) in object {
            config.set(key, value).map_err(wrong)?;
        }
        Ok(config)
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), String> {
        let text =
            || value.as_str().map(str::to_owned).ok_or_else(|| format!("{key} must be a string"));
        let seconds = || {
            value
                .as_f64()
                .filter(|secs| *secs > 0.0 && *secs <= 86_400.0)
                .map(Duration::from_secs_f64)
                .ok_or_else(|| format!("{key} must be a number of seconds, at most 86400"))
        };
        match key {
            "handler" => self.handler = text()?,
            "namespace" => self.namespace = text()?,
            "timeout" => self.timeout = seconds()?,
            "init_timeout" => self.init_timeout = seconds()?,
            "memory" => {
                self.memory_mb = value
                    .as_u64()
                    .filter(|mb| *mb > 0)
                    .ok_or("memory must be a whole number of MB")?;
            }
            "environment" => {
                let object = value.as_object().ok_or("environment must be an object of strings")?;
                for (name, value) in object {
                    let value = value
                        .as_str()
                        .filter(|value| !value.contains('\0'))
                        .filter(|_| !name.is_empty() && !name.contains(['=', '\0']))
                        .ok_or_else(|| format!("environment: {name:?} must name a string"))?;
                    self.environment.insert(name.clone(), value.to_owned());
                }
            }
            "qualifiers" => {
                self.qualifiers = value
                    .as_array()
                    .and_then(|list| {
                        list.iter().map(|item| item.as_str().map(str::to_owned)).collect()
                    })
                    .ok_or("qualifiers must be a list of strings")?;
            }
            _ => {
                return Err(format!(
                    "{key:?} is not known; there are handler, namespace, timeout, init_timeout, \
                     memory, environment and qualifiers"
                ));
            }
        }
        Ok(())
    }

    pub(crate) fn has_qualifier(&self, name: &str) -> bool {
        matches!(name, "$LATEST" | "$DEFAULT") || self.qualifiers.iter().any(|have| have == name)
    }
}

pub(crate) fn failed(message: String) -> ApiError {
    ApiError::new("FailedOperation.InvokeFunction", message)
}

/// What kind of function a folder is; `bootstrap` wins where it has both.
pub(crate) fn kind(dir: &Path) -> Result<Kind, ApiError> {
    if dir.join("bootstrap").is_file() {
        Ok(Kind::Bootstrap)
    } else if dir.join("index.py").is_file() {
        Ok(Kind::Python)
    } else {
        Err(failed(format!(
            "{} has neither an executable bootstrap nor an index.py",
            dir.display()
        )))
    }
}

/// When the code of a folder last changed: an instance of older code is not
/// used again.
pub(crate) fn changed(dir: &Path) -> Option<SystemTime> {
    std::fs::read_dir(dir)
        .ok()?
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            name == "bootstrap" || name == FILE || name.to_string_lossy().ends_with(".py")
        })
        .filter_map(|entry| entry.metadata().ok()?.modified().ok())
        .max()
}
