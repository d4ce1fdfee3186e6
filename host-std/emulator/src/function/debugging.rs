//! The functions that a developer debugs.

use std::collections::HashMap;
#[cfg(unix)]
use std::net::SocketAddr;
#[cfg(unix)]
use std::sync::Arc;

use super::Functions;
#[cfg(unix)]
use super::attached::Attached;
use super::invocation::Code;
use crate::error::{ApiError, StartError};

/// How functions are debugged, by their names.
#[derive(Default)]
pub(crate) struct Debugging {
    /// Those that start under a debugger, with the port for it where one is given.
    pub(crate) ports: HashMap<String, Option<u16>>,
    /// Those that run in processes which the developer starts.
    #[cfg(unix)]
    pub(crate) attached: HashMap<String, Arc<Attached>>,
}

impl Functions {
    /// Checks that there is every function that is to have a debugger.
    pub(crate) fn check_debugged(&self) -> Result<(), StartError> {
        let names = self.names();
        match self.debugging.ports.keys().find(|name| !names.contains(name)) {
            Some(name) => Err(StartError::NoFunction(name.clone(), names)),
            None => Ok(()),
        }
    }

    /// Starts the functions that have a debugger, so that it can attach before the first call.
    /// Returns for each what its developer is to know.
    pub(crate) async fn start_debuggers(&self) -> Vec<(String, String)> {
        let mut notices = Vec::new();
        for name in self.debugging.ports.keys() {
            let text = match self.start_debugger(name).await {
                Ok(port) => format!("a debugger can attach at 127.0.0.1:{port}"),
                Err(error) => error.message,
            };
            notices.push((name.clone(), text));
        }
        notices
    }

    async fn start_debugger(&self, name: &str) -> Result<u16, ApiError> {
        let (code, config) = self.code(name, "default")?;
        if let Code::Folder(folder) = code {
            folder.start_early(name, &config).await?;
        }
        config.debug_port.ok_or_else(|| super::config::failed(format!("{name} has no debugger")))
    }

    /// Serves the runtime API of the functions that run elsewhere.
    #[cfg(unix)]
    pub(crate) fn serve_attached(&self) {
        for attached in self.debugging.attached.values() {
            attached.serve();
        }
    }

    /// Returns the addresses of the runtime API for the functions that run elsewhere.
    #[cfg(unix)]
    pub(crate) fn runtime_apis(&self) -> Vec<(String, SocketAddr)> {
        let attached = self.debugging.attached.iter();
        let mut all: Vec<_> = attached.map(|(name, one)| (name.clone(), one.addr())).collect();
        all.sort();
        all
    }
}
