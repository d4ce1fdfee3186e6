//! One process that runs a function, again and again.

mod command;
mod isolation;
mod tree;

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::Child;

pub(super) use command::Launch;
pub(super) use isolation::can_isolate;

use super::Failure;
use super::caller;
use super::config::{Config, failed};
use super::folder::Run;
use super::instances::{InstanceState, ListedInstance};
use super::runtime_api::{Ending, RuntimeApi};
use super::web::Web;
use crate::error::ApiError;
use crate::log::RunLog;

/// Waits for its input to end, which it does when the emulator is gone in
/// whatever way, and then kills the processes of a mount namespace and its own
/// process group.
const GUARD: &str = r#"read -r _
if [ -n "$1" ]; then
    for file in $(find /proc -maxdepth 3 -path '/proc/[0-9]*/ns/mnt' -lname "$1" 2>/dev/null); do
        file=${file#/proc/}
        kill -KILL "${file%%/*}"
    done
fi
kill -KILL 0"#;
/// The time between two checks of a running function's memory.
const MEMORY_CHECK: Duration = Duration::from_millis(50);
/// The time between two checks whether a web server listens.
const WEB_CHECK: Duration = Duration::from_millis(20);
/// The bytes of output before the first invocation that one log keeps.
const EARLY_OUTPUT: usize = 64 * 1024;

pub(super) enum StartFailure {
    /// The function could not be tried at all.
    Api(ApiError),
    /// Its process failed, having printed this.
    Function(Failure, Vec<u8>),
}

pub(super) struct Instance {
    child: Child,
    group: Option<Pid>,
    guard: Option<std::process::Child>,
    /// The mount namespace, where the instance has one of its own.
    namespace: Option<PathBuf>,
    /// Standard output and error, one pipe so that their order is kept.
    output: pipe::Receiver,
    output_open: bool,
    /// Printed before the first invocation, whose log it joins.
    printed_early: Vec<u8>,
    /// The start, for the log of the first invocation.
    cold_start: Option<ColdStart>,
    api: RuntimeApi,
    /// The server of a web function.
    web: Option<Web>,
    state: State,
    listed: ListedInstance,
}

/// The duration of a start.
#[derive(Clone, Copy)]
pub(crate) struct ColdStart {
    /// Until there was a process.
    pub(crate) runtime: Duration,
    /// Until the function's own code was ready.
    pub(crate) function: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    /// It has answered, and works on.
    Busy,
    /// Stopped by a signal until its next invocation.
    Frozen,
    /// Nothing can be said of it any more.
    Broken,
}

/// Returns the processes of the instance that was started as this one: those below it,
/// and those of its group, which can have lost their parents.
#[cfg(target_os = "linux")]
pub(super) fn processes(process: Pid) -> Vec<Pid> {
    let mut found = tree::below(process);
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    found.extend(
        all.filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
            .filter(|pid| tree::group(*pid) == Some(process)),
    );
    found
}

/// Returns the memory of a process and those below it, in bytes.
pub(super) fn memory(pid: u32) -> Option<u64> {
    tree::memory(Pid::from_raw(i32::try_from(pid).ok()?)?)
}

impl Instance {
    /// Starts a process and waits until it is ready.
    pub(super) async fn start(
        launch: &Launch<'_>,
        listed: ListedInstance,
    ) -> Result<Self, StartFailure> {
        let system = |error: io::Error| {
            StartFailure::Api(failed(format!("the function cannot be started: {error}")))
        };
        let api = RuntimeApi::start().await.map_err(system)?;
        let (reader, writer) = io::pipe().map_err(system)?;
        let (mut command, is_isolated) =
            launch.command(api.port).await.map_err(StartFailure::Api)?;
        let web = launch.web().map_err(system)?;
        if let Some(web) = &web {
            command.env("PORT", web.own_port.to_string());
        }
        command
            .stdin(Stdio::null())
            .stdout(writer.try_clone().map_err(system)?)
            .stderr(writer)
            // A group of its own: whatever the function starts ends with it.
            .process_group(0);
        let began = Instant::now();
        let child = command.spawn().map_err(|error| StartFailure::Api(launch.error(&error)))?;
        // Holds the writing end, which must close with the process.
        drop(command);
        let runtime = began.elapsed();
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(process) = group {
            api.serve_only(process);
        }
        listed.set_pid(child.id());
        let output = pipe::Receiver::from_owned_fd(OwnedFd::from(reader)).map_err(system)?;
        let mut printed_early = Vec::new();
        for note in &launch.config.notes {
            printed_early.extend_from_slice(format!("emulator: {note}\n").as_bytes());
        }
        printed_early.extend(launch.host.shared_file_system().unwrap_or_default().bytes());
        let namespace = group.filter(|_| is_isolated).and_then(namespace);
        let mut instance = Self {
            child,
            group,
            guard: group.and_then(|group| guard(group, namespace.as_deref())),
            namespace,
            output,
            output_open: true,
            printed_early,
            cold_start: None,
            api,
            web,
            state: State::Waiting,
            listed,
        };
        match instance.wait_until_ready(launch.config.init_timeout).await {
            Ok(()) => {
                let function = began.elapsed().saturating_sub(runtime);
                instance.cold_start = Some(ColdStart { runtime, function });
                Ok(instance)
            }
            Err(failure) => {
                instance.kill();
                let mut printed = std::mem::take(&mut instance.printed_early);
                instance.drain(|bytes| printed.extend_from_slice(bytes)).await;
                instance.stop().await;
                Err(StartFailure::Function(failure, printed))
            }
        }
    }

    async fn wait_until_ready(&mut self, limit: Duration) -> Result<(), Failure> {
        let mut buffer = [0; 4096];
        let deadline = tokio::time::sleep(limit);
        tokio::pin!(deadline);
        let mut look = tokio::time::interval(WEB_CHECK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = self.api.ready(), if self.web.is_none() => return Ok(()),
                () = &mut deadline => return Err(Failure::StartTimedOut(limit)),
                _ = look.tick(), if self.web.is_some() => {
                    if let (Some(process), Some(web)) = (self.group, &mut self.web) {
                        web.port = caller::listening_port(process, &web.ports());
                        if web.port.is_some() {
                            return Ok(());
                        }
                    }
                }
                read = self.output.read(&mut buffer), if self.output_open => match read {
                    Ok(size) if size > 0 => {
                        if self.printed_early.len() < EARLY_OUTPUT {
                            self.printed_early.extend_from_slice(&buffer[..size]);
                        }
                    }
                    _ => self.output_open = false,
                },
                status = self.child.wait() => {
                    return Err(Failure::NotStarted(ended(status)));
                }
            }
        }
    }

    /// Returns its number among the instances of its function.
    pub(super) fn number(&self) -> u64 {
        self.listed.number
    }

    /// Returns whether it can take a call now.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting | State::Frozen)
    }

    /// Returns whether it has answered and works on.
    pub(super) fn is_busy(&self) -> bool {
        self.state == State::Busy
    }

    /// Returns when the process has ended by itself.
    pub(super) async fn ended(&mut self) {
        let _ = self.child.wait().await;
    }

    /// Runs one invocation. After a failure of the process, the instance takes
    /// no other.
    pub(super) async fn invoke(
        &mut self,
        config: &Config,
        request_id: &str,
        event: String,
        log: &mut RunLog,
    ) -> Run {
        self.listed.runs(request_id);
        if let Some(start) = self.cold_start.take() {
            let memory = self.group.and_then(tree::memory).unwrap_or(0);
            log.init_report(request_id, start, config.memory_mb, memory);
        }
        log.push(&std::mem::take(&mut self.printed_early));
        if self.state == State::Frozen {
            self.signal(Signal::CONT);
        }
        let mut mem_usage = 0;
        let started = Instant::now();
        // Until it has answered, an invocation that is given up leaves a
        // process in an unknown state.
        self.state = State::Broken;
        let mut answer = match &self.web {
            Some(web) => web.give(request_id, event),
            None => self.api.give(request_id, event, config.memory_mb, config.timeout.as_millis()),
        };
        let deadline = tokio::time::sleep(config.timeout);
        tokio::pin!(deadline);
        let mut memory_check =
            tokio::time::interval_at(tokio::time::Instant::now() + MEMORY_CHECK, MEMORY_CHECK);
        let mut buffer = [0; 4096];
        let limit = config.memory_mb.saturating_mul(1024 * 1024);
        let result = loop {
            tokio::select! {
                biased;
                answer = &mut answer => {
                    let Ok(answer) = answer else {
                        break Err(Failure::Exited("it gave no answer".to_owned()));
                    };
                    self.state = match answer.ending {
                        Ending::Whole => State::Waiting,
                        Ending::Early => State::Busy,
                        Ending::Frozen => State::Frozen,
                    };
                    break answer.result;
                }
                () = &mut deadline => break Err(Failure::TimedOut(config.timeout)),
                _ = memory_check.tick() => {
                    if let Some(now) = self.group.and_then(tree::memory) {
                        mem_usage = mem_usage.max(now);
                        if now > limit {
                            break Err(Failure::OutOfMemory { limit_mb: config.memory_mb });
                        }
                    }
                }
                read = self.output.read(&mut buffer), if self.output_open => match read {
                    Ok(size) if size > 0 => log.push(&buffer[..size]),
                    _ => self.output_open = false,
                },
                status = self.child.wait() => break Err(Failure::Exited(ended(status))),
            }
        };
        let duration = started.elapsed();
        if let Some(now) = self.group.and_then(tree::memory) {
            mem_usage = mem_usage.max(now);
        }
        self.listed.set_memory(mem_usage);
        match self.state {
            State::Broken => self.kill(),
            State::Frozen => self.signal(Signal::STOP),
            State::Waiting | State::Busy => {}
        }
        self.drain(|bytes| log.push(bytes)).await;
        self.list_state();
        Run { result, mem_usage, duration, is_early: self.is_busy() }
    }

    /// Lets an instance that has answered early work on, up to its time limit.
    pub(super) async fn finish(&mut self, limit: Duration) {
        let deadline = tokio::time::sleep(limit);
        tokio::pin!(deadline);
        let mut buffer = [0; 4096];
        self.state = loop {
            tokio::select! {
                biased;
                () = self.api.asks_for_work() => break State::Waiting,
                () = &mut deadline => break State::Broken,
                read = self.output.read(&mut buffer), if self.output_open => {
                    self.output_open = matches!(read, Ok(size) if size > 0);
                }
                _ = self.child.wait() => break State::Broken,
            }
        };
        self.list_state();
    }

    /// Shows the state after an invocation to tools.
    fn list_state(&self) {
        match self.state {
            State::Waiting | State::Frozen => self.listed.set_state(InstanceState::Idle),
            State::Busy => {}
            State::Broken => self.listed.set_state(InstanceState::Stopping),
        }
    }

    /// Reads what the process had printed when it answered: it is in the pipe
    /// by then, though the runtime may not have noticed yet.
    async fn drain(&mut self, mut sink: impl FnMut(&[u8])) {
        let mut buffer = [0; 4096];
        let mut left = rustix::io::ioctl_fionread(&self.output).unwrap_or(0);
        while left > 0 && self.output_open {
            match self.output.read(&mut buffer).await {
                Ok(size) if size > 0 => {
                    sink(&buffer[..size]);
                    left = left.saturating_sub(size as u64);
                }
                _ => self.output_open = false,
            }
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group.filter(|_| self.child.id().is_some()) {
            let _ = kill_process_group(group, signal);
        }
    }

    /// Kills the process and all that it started.
    fn kill(&mut self) {
        // As long as the guard is not waited for, the group's number is its.
        if let (Some(group), true) = (self.group, self.child.id().is_some() || self.guard.is_some())
        {
            let _ = kill_process_group(group, Signal::KILL);
        }
        #[cfg(target_os = "linux")]
        if let Some(namespace) = self.namespace.take() {
            tree::kill_namespace(&namespace);
        }
    }

    fn reap_guard(&mut self) {
        if let Some(mut guard) = self.guard.take() {
            // The guard may not have joined the group.
            let _ = guard.kill();
            let _ = guard.wait();
        }
    }

    /// Ends the process and all that it started.
    pub(super) async fn stop(mut self) {
        self.listed.set_state(InstanceState::Stopping);
        self.kill();
        let _ = self.child.wait().await;
        self.reap_guard();
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.kill();
        // Killed processes end at once, save those stuck in the kernel.
        let deadline = Instant::now() + Duration::from_secs(1);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.reap_guard();
    }
}

#[cfg(target_os = "linux")]
fn namespace(process: Pid) -> Option<PathBuf> {
    isolation::mount_namespace(process.as_raw_nonzero())
}

#[cfg(not(target_os = "linux"))]
fn namespace(_: Pid) -> Option<PathBuf> {
    None
}

fn guard(group: Pid, namespace: Option<&Path>) -> Option<std::process::Child> {
    use std::os::unix::process::CommandExt;
    // As a pattern: the brackets of `mnt:[4026531840]` would be a choice of characters.
    let namespace = namespace.map(|path| path.to_string_lossy().replace(['[', ']'], "?"));
    std::process::Command::new("/bin/sh")
        .args(["-c", GUARD, "guard", namespace.as_deref().unwrap_or_default()])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(group.as_raw_nonzero().get())
        .spawn()
        .ok()
}

fn ended(status: io::Result<std::process::ExitStatus>) -> String {
    match status {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    }
}
