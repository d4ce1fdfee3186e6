//! The settings that `function.json` may have; other files are turned into these.

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};

use super::{Alias, Config, RESERVED, Runtime, failed};
use crate::error::ApiError;
use crate::function::timer::Timer;

const KNOWN: &str = "handler, runtime, interpreter, namespace, timeout, init_timeout, memory, \
                     processes, environment, qualifiers, aliases, concurrency, layers and timers";

impl Config {
    pub(super) fn set_all(
        &mut self,
        dir: &Path,
        path: &Path,
        settings: &Map<String, Value>,
    ) -> Result<(), ApiError> {
        for (key, value) in settings {
            self.set(dir, path, key, value)
                .map_err(|what| failed(format!("{}: {what}", path.display())))?;
        }
        Ok(())
    }

    fn set(&mut self, dir: &Path, path: &Path, key: &str, value: &Value) -> Result<(), String> {
        match key {
            "handler" => {
                self.handler = text(key, value)?;
                if !self.handler.contains('.') || self.handler.ends_with('.') {
                    return Err("handler must read like index.main_handler".to_owned());
                }
            }
            "runtime" => {
                let name = text(key, value)?;
                self.runtime = Some(Runtime::named(&name)?);
                self.runtime_name = Some(name);
            }
            "interpreter" => {
                let program = text(key, value)?;
                // One in the folder is given from there.
                let here = dir.join(&program);
                self.interpreter = Some(if program.contains('/') && here.exists() {
                    here.to_string_lossy().into_owned()
                } else {
                    program
                });
            }
            "namespace" => self.namespace = text(key, value)?,
            "timeout" => self.timeout = seconds(key, value)?,
            "init_timeout" => self.init_timeout = seconds(key, value)?,
            "memory" => {
                self.memory_mb = value
                    .as_u64()
                    .filter(|mb| *mb > 0)
                    .ok_or("memory must be a whole number of MB")?;
            }
            "processes" => {
                let count = value.as_u64().and_then(|count| usize::try_from(count).ok());
                self.processes = count
                    .filter(|count| *count > 0)
                    .ok_or("processes must be a whole number above 0")?;
            }
            "environment" => self.set_environment(value)?,
            "qualifiers" => {
                for item in value.as_array().ok_or("qualifiers must be a list of strings")? {
                    let name = item.as_str().ok_or("qualifiers must be a list of strings")?;
                    self.qualifiers.insert(name.to_owned(), Alias::default());
                }
            }
            "aliases" => {
                let wrong = || {
                    "aliases must name versions, as in {\"live\": \"3\"} or \
                     {\"live\": {\"3\": 0.9, \"4\": 0.1}}"
                        .to_owned()
                };
                for (name, value) in value.as_object().ok_or_else(wrong)? {
                    self.qualifiers.insert(name.clone(), Alias::read(value).ok_or_else(wrong)?);
                }
            }
            "concurrency" => {
                let count = value.as_u64().and_then(|count| usize::try_from(count).ok());
                self.concurrency = Some(
                    count
                        .filter(|count| (1..=1024).contains(count))
                        .ok_or("concurrency must be a number from 1 to 1024")?,
                );
            }
            "layers" => {
                for item in value.as_array().ok_or("layers must be a list of folders")? {
                    self.add_layer(path, item)?;
                }
            }
            "timers" => {
                let list = value.as_array().ok_or("timers must be a list of objects")?;
                self.timers = list.iter().map(Timer::read).collect::<Result<_, _>>()?;
            }
            _ => return Err(format!("{key:?} is not known; there are {KNOWN}")),
        }
        Ok(())
    }

    /// Adds a layer: a folder from that of the settings, or the name of one in the cloud.
    fn add_layer(&mut self, path: &Path, value: &Value) -> Result<(), String> {
        let Some(folder) = value.as_str() else {
            let name = value.get("name").ok_or("layers must be a list of folders")?;
            let name = name.as_str().map(|name| format!(" {name}")).unwrap_or_default();
            self.notes.push(format!(
                "{}: layers: the layer{name} is in the cloud, and not here; give the folder that it \
                 is made of, as in layers: [./layer]",
                path.display()
            ));
            return Ok(());
        };
        let layer = path.with_file_name(folder);
        match layer.canonicalize() {
            Ok(real) if real.is_dir() => self.layers.push(real),
            _ => return Err(format!("layers: {} is no folder", layer.display())),
        }
        Ok(())
    }

    fn set_environment(&mut self, value: &Value) -> Result<(), String> {
        let object = value.as_object().ok_or("environment must be an object of strings")?;
        for (name, value) in object {
            let value = value
                .as_str()
                .filter(|value| !value.contains('\0'))
                .filter(|_| !name.is_empty() && !name.contains(['=', '\0']))
                .ok_or_else(|| format!("environment: {name:?} must name a string"))?;
            if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
                return Err(format!("environment: {name:?} must begin with a letter"));
            }
            if RESERVED.iter().any(|prefix| name.starts_with(prefix)) {
                return Err(format!(
                    "environment: {name:?} is reserved; a name must not begin with {}",
                    RESERVED.join(", ")
                ));
            }
            self.environment.insert(name.clone(), value.to_owned());
        }
        Ok(())
    }
}

fn text(key: &str, value: &Value) -> Result<String, String> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("{key} must be a string"))
}

fn seconds(key: &str, value: &Value) -> Result<Duration, String> {
    value
        .as_f64()
        .filter(|secs| *secs > 0.0 && *secs <= 86_400.0)
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("{key} must be a number of seconds, at most 86400"))
}
