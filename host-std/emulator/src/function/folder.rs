//! A function in a folder, and its instances that wait for a next call.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot};

use super::config::{Config, failed};
use super::host::Host;
use super::instance::{Instance, Launch, StartFailure};
use super::invocation::{Order, Run};
use super::project::Located;
use super::watch::Watch;
use super::{Failure, FunctionLimits};
use crate::error::ApiError;
use crate::log::RunLog;

/// A function in a folder.
pub(super) struct Folder {
    located: Located,
    /// The folder of the code, without links.
    path: PathBuf,
    limits: FunctionLimits,
    /// It runs under a debugger, with a port for that where one is given.
    debugger: Option<Option<u16>>,
    host: Arc<Host>,
    state: Mutex<State>,
    /// An instance has come free.
    freed: Notify,
}

struct State {
    watch: Watch,
    config: Option<Arc<Config>>,
    running: usize,
    idle: Vec<Idle>,
}

/// The instances that are interchangeable: same code, same environment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Variant {
    code: u64,
    version: String,
    region: String,
    trigger: Option<&'static str>,
}

/// An instance that waits, held by a task that sees it end.
struct Idle {
    variant: Variant,
    take: oneshot::Sender<oneshot::Sender<Instance>>,
    /// Closes when the instance has ended.
    ended: oneshot::Receiver<()>,
}

/// Counts a running invocation until it is dropped.
struct Slot(Arc<Folder>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.lock().running -= 1;
        self.0.freed.notify_one();
    }
}

impl Folder {
    pub(super) fn new(
        located: Located,
        limits: FunctionLimits,
        debugger: Option<Option<u16>>,
        host: Arc<Host>,
    ) -> Result<Self, ApiError> {
        let path = located.code.canonicalize().map_err(|error| {
            failed(format!("the code's folder {} cannot be read: {error}", located.code.display()))
        })?;
        let state = State { watch: Watch::new(&path), config: None, running: 0, idle: Vec::new() };
        Ok(Self {
            located,
            path,
            limits,
            debugger,
            host,
            state: Mutex::new(state),
            freed: Notify::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether it is the function that was found.
    pub(super) fn is(&self, located: &Located) -> bool {
        self.located == *located
    }

    /// Returns the settings as the folder has them now.
    pub(super) fn config(&self) -> Result<Arc<Config>, ApiError> {
        let mut state = self.lock();
        if state.watch.has_changed() {
            state.config = None;
        }
        if let Some(config) = &state.config {
            return Ok(Arc::clone(config));
        }
        let project = self.located.settings.as_ref();
        let mut config = Config::read(&self.path, project, self.limits.timeout)?;
        if let Some(port) = self.debugger {
            config.debug(port);
        }
        let config = Arc::new(config);
        state.config = Some(Arc::clone(&config));
        Ok(config)
    }

    /// Says that it has settings and no code.
    pub(super) fn without_code(&self) -> String {
        format!(
            "{} has neither an executable bootstrap nor a handler's file, such as index.py or \
             index.js",
            self.path.display()
        )
    }

    /// Ends the instances that wait.
    pub(super) fn stop(&self) {
        self.lock().idle.clear();
    }

    /// Runs the function in an instance that is free, or in a new one. A
    /// synchronous call fails where the limit of instances is reached; an
    /// event waits for its turn.
    pub(super) async fn run(
        self: &Arc<Self>,
        config: &Config,
        mut order: Order<'_>,
        log: &mut RunLog,
    ) -> Result<Run, ApiError> {
        let limit = config.concurrency.unwrap_or(self.limits.max_instances);
        let slot = loop {
            let freed = self.freed.notified();
            if let Some(slot) = self.slot(limit) {
                break slot;
            }
            if order.synchronous {
                return Ok(Run::not_started(Failure::Concurrency(limit)));
            }
            freed.await;
        };
        let variant = self.variant(&order);
        let mut event = std::mem::take(&mut order.event);
        let mut responder = order.responder.take();
        let (mut instance, run) = loop {
            let mut instance = match self.waiting(&variant).await {
                Some(instance) => {
                    (order.placed)(instance.number(), None);
                    instance
                }
                None => match self.start(config, &order).await {
                    Ok(instance) => instance,
                    Err(StartFailure::Api(error)) => return Err(error),
                    Err(StartFailure::Function(failure, output)) => {
                        log.push(&output);
                        return Ok(Run::not_started(failure));
                    }
                },
            };
            match instance.invoke(config, order.request_id, event, responder.take(), log).await {
                Ok(run) => break (instance, run),
                // It died while it waited: another one takes the event.
                Err(untouched) => event = untouched,
            }
            instance.stop().await;
        };
        if instance.is_busy() {
            let (folder, timeout, log) = (Arc::clone(self), config.timeout, log.clone());
            tokio::spawn(async move {
                instance.finish(timeout.saturating_sub(run.duration), log).await;
                folder.keep(instance, variant).await;
                drop(slot);
            });
        } else {
            self.keep(instance, variant).await;
        }
        Ok(run)
    }

    /// Starts an instance before there is a call.
    pub(super) async fn start_early(
        self: &Arc<Self>,
        function_name: &str,
        config: &Config,
    ) -> Result<(), ApiError> {
        let Some(_slot) = self.slot(1) else { return Ok(()) };
        let order = Order::first(function_name);
        match self.start(config, &order).await {
            Ok(instance) => {
                self.keep(instance, self.variant(&order)).await;
                Ok(())
            }
            Err(StartFailure::Api(error)) => Err(error),
            Err(StartFailure::Function(failure, output)) => {
                let output = String::from_utf8_lossy(&output);
                Err(failed(format!("{}; it printed: {}", failure.message(), output.trim())))
            }
        }
    }

    /// Returns the instances that can run an invocation. There is one under a debugger, and it
    /// runs all.
    fn variant(&self, order: &Order<'_>) -> Variant {
        let order = match self.debugger {
            Some(_) => &Order::first(order.function_name),
            None => order,
        };
        Variant {
            code: self.lock().watch.version(),
            version: order.version.to_owned(),
            region: order.region.to_owned(),
            trigger: order.trigger,
        }
    }

    fn slot(self: &Arc<Self>, limit: usize) -> Option<Slot> {
        let mut state = self.lock();
        if state.running >= limit {
            return None;
        }
        state.running += 1;
        drop(state);
        Some(Slot(Arc::clone(self)))
    }

    /// Takes an instance that waits. Those of older code end.
    async fn waiting(&self, variant: &Variant) -> Option<Instance> {
        let is_old = |idle: &mut Idle| idle.variant.code != variant.code;
        let old: Vec<Idle> = self.lock().idle.extract_if(.., is_old).collect();
        for Idle { take, ended, .. } in old {
            drop(take);
            // Its debugger's port is for the next one.
            if self.debugger.is_some() {
                let _ = ended.await;
            }
        }
        loop {
            let idle = {
                let mut state = self.lock();
                let place = state.idle.iter().rposition(|idle| idle.variant == *variant)?;
                state.idle.remove(place)
            };
            let (sender, receiver) = oneshot::channel();
            if idle.take.send(sender).is_ok()
                && let Ok(instance) = receiver.await
            {
                return Some(instance);
            }
        }
    }

    async fn start(&self, config: &Config, order: &Order<'_>) -> Result<Instance, StartFailure> {
        let without_code = || StartFailure::Api(failed(self.without_code()));
        let runtime = config.runtime.ok_or_else(without_code)?;
        let Order { function_name, version, request_id, .. } = *order;
        let listed = self.host.instances.add(function_name, version, request_id);
        let (number, began) = (listed.number, Instant::now());
        (order.placed)(number, None);
        let launch = Launch {
            folder: &self.path,
            runtime,
            config,
            function_name,
            version,
            region: order.region,
            trigger: order.trigger,
            host: &self.host,
        };
        let started = Instance::start(&launch, listed).await;
        (order.placed)(number, Some(began.elapsed()));
        started
    }

    /// Keeps an instance for a next call until it ends, or nothing has come
    /// for long.
    async fn keep(&self, mut instance: Instance, variant: Variant) {
        if !instance.is_waiting() {
            instance.stop().await;
            return;
        }
        let (take, mut taken) = oneshot::channel::<oneshot::Sender<Instance>>();
        let (has_ended, ended) = oneshot::channel();
        self.lock().idle.push(Idle { variant, take, ended });
        let expiry = match self.debugger {
            Some(_) => Duration::MAX,
            None => self.limits.idle_expiry,
        };
        tokio::spawn(async move {
            tokio::select! {
                biased;
                asked = &mut taken => if let Ok(receiver) = asked {
                    match receiver.send(instance) {
                        Ok(()) => return,
                        Err(back) => instance = back,
                    }
                },
                () = instance.ended() => {}
                () = tokio::time::sleep(expiry) => {}
            }
            // Whoever asks from now on looks for another.
            taken.close();
            instance.stop().await;
            drop(has_ended);
        });
    }
}
