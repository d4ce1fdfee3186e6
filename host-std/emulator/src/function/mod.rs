//! The functions that there are, and running one.

mod closure;
mod config;
mod folder;
#[cfg(unix)]
mod instance;
mod outcome;
#[cfg(unix)]
mod runtime_api;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use closure::{Event, FunctionError, Reply};

pub(crate) use closure::Closure;
use config::Config;
use folder::Folder;
pub(crate) use outcome::{Failure, Outcome};

use crate::api::{Call, is_function_name};
use crate::error::ApiError;
use crate::log::{LiveLog, RunLog};

/// Where functions are looked up: closures first, then folders.
pub(crate) struct Functions {
    pub(crate) closures: HashMap<String, Closure>,
    pub(crate) dir: Option<PathBuf>,
    pub(crate) timeout: Duration,
    pub(crate) max_instances: usize,
    folders: Mutex<HashMap<String, Arc<Folder>>>,
}

/// A function that was found, ready to run once.
pub(crate) struct Invocation {
    code: Code,
    config: Config,
    call: Call,
    request_id: String,
}

enum Code {
    Closure(Closure),
    Folder(Arc<Folder>),
}

impl Functions {
    pub(crate) fn new(
        closures: HashMap<String, Closure>,
        dir: Option<PathBuf>,
        timeout: Duration,
        max_instances: usize,
    ) -> Self {
        Self { closures, dir, timeout, max_instances, folders: Mutex::default() }
    }

    /// The names of all functions, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.closures.keys().cloned().collect();
        let entries = self.dir.as_ref().and_then(|dir| std::fs::read_dir(dir).ok());
        for entry in entries.into_iter().flatten().flatten() {
            if let Ok(name) = entry.file_name().into_string()
                && is_function_name(&name)
                && config::kind(&entry.path()).is_ok()
            {
                names.push(name);
            }
        }
        names.sort();
        names.dedup();
        names
    }

    /// Finds what a call asks for. Folders are looked up each time, so that a
    /// new one is there at once.
    pub(crate) fn find(&self, call: Call) -> Result<Invocation, ApiError> {
        let (code, config) = if let Some(closure) = self.closures.get(&call.function_name) {
            (Code::Closure(closure.clone()), Config::new(self.timeout))
        } else {
            // The name was checked: it holds no dot and no separator.
            let path = self
                .dir
                .as_ref()
                .map(|dir| dir.join(&call.function_name))
                .filter(|path| path.is_dir())
                .ok_or_else(|| self.not_found(&call.function_name, &call.namespace))?;
            let config = Config::read(&path, self.timeout)?;
            let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
            let folder = folders
                .entry(call.function_name.clone())
                .or_insert_with(|| Arc::new(Folder::new(path, self.max_instances)));
            (Code::Folder(folder.clone()), config)
        };
        if config.namespace != call.namespace {
            return Err(self.not_found(&call.function_name, &call.namespace));
        }
        if !config.has_qualifier(&call.qualifier) {
            return Err(ApiError::new(
                "ResourceNotFound.Qualifier",
                format!("{} has no version or alias {:?}.", call.function_name, call.qualifier),
            ));
        }
        Ok(Invocation { code, config, call, request_id: uuid::Uuid::new_v4().to_string() })
    }
}

/// A function as tools are told of it.
#[derive(Clone, Debug)]
pub(crate) struct Description {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) handler: String,
    pub(crate) memory_mb: u64,
    pub(crate) timeout: Duration,
}

impl Functions {
    /// Describes a function of any namespace.
    pub(crate) fn describe_any(&self, name: &str) -> Result<Description, ApiError> {
        let config = self.config(name)?;
        Ok(Description {
            name: name.to_owned(),
            namespace: config.namespace.clone(),
            handler: config.handler.clone(),
            memory_mb: config.memory_mb,
            timeout: config.timeout,
        })
    }

    /// Describes a function of this namespace.
    pub(crate) fn describe(&self, name: &str, namespace: &str) -> Result<Description, ApiError> {
        let described = self.describe_any(name)?;
        if described.namespace == namespace {
            return Ok(described);
        }
        Err(self.not_found(name, namespace))
    }

    fn config(&self, name: &str) -> Result<Config, ApiError> {
        if self.closures.contains_key(name) {
            return Ok(Config::new(self.timeout));
        }
        let dir = self.dir.as_ref().filter(|_| is_function_name(name)).map(|dir| dir.join(name));
        match dir.filter(|dir| dir.is_dir()) {
            Some(dir) => Config::read(&dir, self.timeout),
            None => Err(self.not_found(name, "default")),
        }
    }

    fn not_found(&self, name: &str, namespace: &str) -> ApiError {
        let names = self.names();
        ApiError::new(
            "ResourceNotFound.Function",
            format!(
                "There is no function {name:?} in the namespace {namespace:?}. There are: {}.",
                names.get(..20.min(names.len())).unwrap_or_default().join(", ")
            ),
        )
    }

    /// Ends the processes that wait for a call.
    pub(crate) fn stop(&self) {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Invocation {
    /// The `FunctionRequestId`, known before the function runs.
    pub(crate) fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Runs under this id, as an event does that is run again.
    pub(crate) fn with_request_id(mut self, request_id: &str) -> Self {
        request_id.clone_into(&mut self.request_id);
        self
    }

    /// Runs the function to its end, and shows its log as it comes.
    pub(crate) async fn run(self, live: LiveLog) -> Result<Outcome, ApiError> {
        let Self { code, config, mut call, request_id } = self;
        let event = call.event.take().unwrap_or_else(|| "{}".to_owned());
        let mut log = RunLog::start(&request_id).live(live);
        let (result, mem_usage, duration) = match code {
            Code::Closure(closure) => {
                let printed = Arc::default();
                let event = Event {
                    text: event,
                    request_id: request_id.clone(),
                    function_name: call.function_name,
                    qualifier: call.qualifier,
                    namespace: call.namespace,
                    printed: Arc::clone(&printed),
                };
                let started = Instant::now();
                // A closure cannot be stopped; only the caller is told in time.
                let run = tokio::time::timeout(config.timeout, closure::run(closure, event));
                let result = run.await.unwrap_or(Err(Failure::TimedOut(config.timeout)));
                let duration = started.elapsed();
                log.push(&printed.lock().unwrap_or_else(PoisonError::into_inner));
                (result, 0, duration)
            }
            Code::Folder(folder) => {
                let run = folder.run(&call, &config, &request_id, event, &mut log).await?;
                (run.result, run.mem_usage, run.duration)
            }
        };
        let log = log.end(&request_id, duration, config.memory_mb, mem_usage);
        Ok(Outcome::new(request_id, result, mem_usage, duration, log))
    }
}
