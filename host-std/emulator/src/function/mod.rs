//! The functions that there are, and running one.

#[cfg(unix)]
mod attached;
#[cfg(unix)]
mod caller;
mod closure;
mod config;
mod debugging;
#[cfg(not(unix))]
mod elsewhere;
#[cfg(unix)]
mod folder;
#[cfg(unix)]
mod host;
#[cfg(unix)]
mod instance;
mod instances;
mod invocation;
mod outcome;
mod project;
mod responder;
#[cfg(unix)]
mod runtime_api;
mod timer;
#[cfg(unix)]
mod watch;
#[cfg(unix)]
mod web;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

#[cfg(unix)]
pub(crate) use attached::Attached;
pub use closure::{Event, FunctionError, Reply};

pub(crate) use closure::Closure;
use config::{Config, Runtime};
pub(crate) use debugging::Debugging;
#[cfg(not(unix))]
use elsewhere::{Folder, Host};
#[cfg(unix)]
use folder::Folder;
#[cfg(unix)]
use host::Host;
#[cfg(unix)]
pub(crate) use instance::ColdStart;
pub(crate) use instances::{InstanceInfo, Instances};
use invocation::Code;
pub(crate) use invocation::Invocation;
pub(crate) use outcome::{Failure, HEADER_LIMIT, Outcome};
use project::{Located, Project};
pub(crate) use responder::{RequestBody, Responder, Responding, header_bytes, responder};
pub(crate) use timer::Timer;

use crate::api::{Call, is_function_name};
use crate::changes::Changes;
use crate::error::ApiError;
use crate::id::RequestId;

/// The trigger of a web function: a request of its URL.
pub(crate) const WEB: &str = "web";

/// The functions, by name: closures first, then folders.
pub(crate) struct Functions {
    pub(crate) closures: HashMap<String, Closure>,
    /// The settings of all closures.
    closure_config: Arc<Config>,
    project: Option<Project>,
    limits: FunctionLimits,
    debugging: Debugging,
    instances: Arc<Instances>,
    host: Arc<Host>,
    folders: Mutex<HashMap<String, Arc<Folder>>>,
}

/// The limits of functions that do not set their own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FunctionLimits {
    pub(crate) timeout: Duration,
    pub(crate) max_instances: usize,
    /// The time that an instance waits for a next call.
    pub(crate) idle_expiry: Duration,
}

impl Functions {
    pub(crate) fn new(
        closures: HashMap<String, Closure>,
        dir: Option<PathBuf>,
        limits: FunctionLimits,
        debugging: Debugging,
        changes: Changes,
    ) -> Self {
        let instances = Arc::new(Instances::new(changes));
        let host = Arc::new(Host::new(Arc::clone(&instances)));
        let project = dir.map(Project::new);
        let closure_config = Arc::new(Config::new(limits.timeout));
        let folders = Mutex::default();
        Self { closures, closure_config, project, limits, debugging, instances, host, folders }
    }

    /// Returns the machine as functions see it.
    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    /// Returns the instances that there are.
    pub(crate) fn instances(&self) -> Vec<InstanceInfo> {
        #[cfg(unix)]
        return self.instances.list(instance::memory);
        #[cfg(not(unix))]
        self.instances.list(|_| None)
    }

    /// Returns the names of all functions, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.closures.keys().cloned().collect();
        if let Some(project) = &self.project {
            names.extend(project.list().0);
        }
        #[cfg(unix)]
        names.extend(self.debugging.attached.keys().cloned());
        names.sort();
        names.dedup();
        names
    }

    /// Returns the folders that hold code and are no function, each with the reason.
    pub(crate) fn skipped(&self) -> Vec<(String, &'static str)> {
        self.project.as_ref().map(|project| project.list().1).unwrap_or_default()
    }

    /// Returns the functions that cannot run here, each with what is missing.
    #[cfg(unix)]
    pub(crate) fn unable(&self) -> Vec<(String, String)> {
        let names = self.project.as_ref().map(|project| project.list().0).unwrap_or_default();
        let unable = names.into_iter().filter_map(|name| {
            let reason = self.why_unable(&name)?;
            Some((name, reason))
        });
        unable.collect()
    }

    #[cfg(unix)]
    fn why_unable(&self, name: &str) -> Option<String> {
        let (code, config) = match self.code(name, "default") {
            Ok(found) => found,
            Err(error) => return Some(config::reason(&error).to_owned()),
        };
        let Some(runtime) = config.runtime else {
            return code.as_folder().map(Folder::without_code);
        };
        let program = config.interpreter.as_deref().or(runtime.interpreter())?;
        host::missing(program, runtime)
    }

    /// Returns the timers of all functions, with their functions and namespaces.
    pub(crate) fn timers(&self) -> Vec<(String, String, Timer)> {
        let names = self.project.as_ref().map(|project| project.list().0).unwrap_or_default();
        let timers = names.into_iter().filter_map(|name| {
            let (_, config) = self.code(&name, "default").ok()?;
            let timers = config.timers.clone().into_iter();
            Some(timers.map(move |timer| (name.clone(), config.namespace.clone(), timer)))
        });
        timers.flatten().collect()
    }

    /// Finds what a call asks for. Folders are looked up each time, so that a
    /// new one is there at once.
    pub(crate) fn find(&self, call: Arc<Call>) -> Result<Invocation, ApiError> {
        let (code, config) = self.code(&call.function_name, &call.namespace)?;
        if config.namespace != call.namespace {
            return Err(self.not_found(&call.function_name, &call.namespace));
        }
        if config.runtime == Some(Runtime::Web) && call.trigger != Some(WEB) {
            return Err(ApiError::new(
                "UnsupportedOperation",
                format!(
                    "{0} is a web function, which is called by its URL: /_web/{0}/",
                    call.function_name
                ),
            ));
        }
        let version = config.version_of(&call.qualifier, call.routing_key.as_deref());
        let version = version.ok_or_else(|| {
            ApiError::new(
                "ResourceNotFound.Qualifier",
                format!("{} has no version or alias {:?}.", call.function_name, call.qualifier),
            )
        })?;
        let request_id = RequestId::random();
        Ok(Invocation { code, config, version, call, request_id, responder: None })
    }

    fn code(&self, name: &str, namespace: &str) -> Result<(Code, Arc<Config>), ApiError> {
        if let Some(closure) = self.closures.get(name) {
            return Ok((Code::Closure(closure.clone()), Arc::clone(&self.closure_config)));
        }
        let project = self.project.as_ref().filter(|_| is_function_name(name));
        let located = match project {
            Some(project) => project.locate(name)?,
            None => None,
        };
        #[cfg(unix)]
        if let Some(attached) = self.debugging.attached.get(name) {
            let config = match located {
                Some(located) => self.folder(located)?.config()?,
                None => Arc::new(Config::new(self.limits.timeout)),
            };
            let config = Arc::new(config.of_attached());
            return Ok((Code::Attached(Arc::clone(attached)), config));
        }
        let located = located.ok_or_else(|| self.not_found(name, namespace))?;
        let folder = self.folder(located)?;
        let config = folder.config()?;
        Ok((Code::Folder(folder), config))
    }

    fn folder(&self, located: Located) -> Result<Arc<Folder>, ApiError> {
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        let name = located.name.clone();
        if let Some(folder) = folders.get(&name).filter(|folder| folder.is(&located)) {
            return Ok(Arc::clone(folder));
        }
        let debugger = self.debugging.ports.get(&name).copied();
        let host = Arc::clone(&self.host);
        let folder = Arc::new(Folder::new(located, self.limits, debugger, host)?);
        if let Some(before) = folders.insert(name, Arc::clone(&folder)) {
            before.stop();
        }
        Ok(folder)
    }
}

/// The description of a function, for tools.
#[derive(Clone, Debug)]
pub(crate) struct Description {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) handler: String,
    /// The name of the runtime; nothing for a closure.
    pub(crate) runtime: Option<String>,
    pub(crate) memory_mb: u64,
    pub(crate) timeout: Duration,
}

impl Functions {
    /// Describes a function of any namespace.
    pub(crate) fn describe_any(&self, name: &str) -> Result<Description, ApiError> {
        let (_, config) = self.code(name, "default")?;
        let usual = config.runtime.map(|runtime| runtime.name().to_owned());
        Ok(Description {
            name: name.to_owned(),
            namespace: config.namespace.clone(),
            handler: config.handler.clone(),
            runtime: config.runtime_name.clone().or(usual),
            memory_mb: config.memory_mb,
            timeout: config.timeout,
        })
    }

    /// Returns the name of the function that a host names, in whatever case.
    pub(crate) fn name_of_host(&self, host: String) -> String {
        if self.code(&host, "default").is_ok() {
            return host;
        }
        let named = self.names().into_iter().find(|name| name.eq_ignore_ascii_case(&host));
        named.unwrap_or(host)
    }

    /// Returns whether a function serves HTTP by itself.
    pub(crate) fn is_web(&self, name: &str) -> Result<bool, ApiError> {
        let (_, config) = self.code(name, "default")?;
        Ok(config.runtime == Some(Runtime::Web))
    }

    /// Describes a function of this namespace.
    pub(crate) fn describe(&self, name: &str, namespace: &str) -> Result<Description, ApiError> {
        let described = self.describe_any(name)?;
        if described.namespace == namespace {
            return Ok(described);
        }
        Err(self.not_found(name, namespace))
    }

    fn not_found(&self, name: &str, namespace: &str) -> ApiError {
        let names = self.names();
        let there_are = match &self.project {
            Some(project) if !project.is_there() => {
                format!("The folder {} is not there any more.", project.root().display())
            }
            _ if names.is_empty() => "There are none.".to_owned(),
            _ => format!("There are: {}.", names[..20.min(names.len())].join(", ")),
        };
        ApiError::new(
            "ResourceNotFound.Function",
            format!("There is no function {name:?} in the namespace {namespace:?}. {there_are}"),
        )
    }

    /// Ends the processes that wait for a call.
    pub(crate) fn stop(&self) {
        for (_, folder) in self.folders.lock().unwrap_or_else(PoisonError::into_inner).drain() {
            folder.stop();
        }
    }
}
