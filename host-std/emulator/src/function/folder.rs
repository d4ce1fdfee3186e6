//! A function in a folder, and its instances that wait for a next call.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::Failure;
use super::config::Config;
use crate::api::Call;
use crate::error::ApiError;
use crate::log::RunLog;

pub(super) struct Folder {
    // Without Unix there are no instances, and nothing reads these.
    #[cfg_attr(not(unix), allow(dead_code))]
    path: PathBuf,
    slots: Arc<Semaphore>,
    max_instances: usize,
    #[cfg(unix)]
    idle: std::sync::Mutex<Vec<super::instance::Instance>>,
}

/// What one run came to.
pub(super) struct Run {
    pub(super) result: Result<String, Failure>,
    pub(super) mem_usage: u64,
    pub(super) duration: Duration,
}

impl Folder {
    pub(super) fn new(path: PathBuf, max_instances: usize) -> Self {
        Self {
            path,
            slots: Arc::new(Semaphore::new(max_instances)),
            max_instances,
            #[cfg(unix)]
            idle: std::sync::Mutex::default(),
        }
    }

    /// Runs the function in an instance that is free, or in a new one. A
    /// synchronous call fails where the limit of instances is reached; an
    /// event waits for its turn.
    pub(super) async fn run(
        &self,
        call: &Call,
        config: &Config,
        request_id: &str,
        event: String,
        log: &mut RunLog,
    ) -> Result<Run, ApiError> {
        let slot = if call.synchronous {
            self.slots.try_acquire().ok()
        } else {
            self.slots.acquire().await.ok()
        };
        let Some(_slot) = slot else {
            return Ok(Run {
                result: Err(Failure::Concurrency(self.max_instances)),
                mem_usage: 0,
                duration: Duration::ZERO,
            });
        };
        self.run_in_slot(call, config, request_id, event, log).await
    }

    #[cfg(unix)]
    async fn run_in_slot(
        &self,
        call: &Call,
        config: &Config,
        request_id: &str,
        event: String,
        log: &mut RunLog,
    ) -> Result<Run, ApiError> {
        use super::config::{changed, kind};
        use super::instance::{Instance, StartFailure};

        let version = changed(&self.path);
        let mut instance = loop {
            let Some(mut idle) = self.pop() else {
                let kind = kind(&self.path)?;
                match Instance::start(&self.path, kind, config, call, version).await {
                    Ok(instance) => break instance,
                    Err(StartFailure::Api(error)) => return Err(error),
                    Err(StartFailure::Function(failure, output)) => {
                        log.push(&output);
                        return Ok(Run {
                            result: Err(failure),
                            mem_usage: 0,
                            duration: Duration::ZERO,
                        });
                    }
                }
            };
            if idle.is_fresh(version) {
                break idle;
            }
            idle.stop().await;
        };
        let run = instance.invoke(config, request_id, event, log).await;
        if instance.is_usable() {
            self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(instance);
        } else {
            instance.stop().await;
        }
        Ok(run)
    }

    #[cfg(unix)]
    fn pop(&self) -> Option<super::instance::Instance> {
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop()
    }

    #[cfg(not(unix))]
    #[allow(clippy::unused_async)]
    async fn run_in_slot(
        &self,
        _: &Call,
        _: &Config,
        _: &str,
        _: String,
        _: &mut RunLog,
    ) -> Result<Run, ApiError> {
        Err(super::config::failed(
            "functions in folders run on Unix only; use closures here".to_owned(),
        ))
    }
}
