//! One process that runs a function, again and again.

mod command;
mod isolation;
mod mark;
mod programs;
mod start;
#[cfg(target_os = "linux")]
mod syscalls;
#[cfg(target_os = "linux")]
mod tasks;
mod tree;

use std::io;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::Child;

pub(super) use command::Launch;
pub(super) use isolation::can_isolate;
use mark::Mark;

use super::Failure;
use super::config::Config;
use super::instances::{InstanceState, ListedInstance};
use super::invocation::Run;
use super::responder::Responder;
use super::runtime_api::{Ending, RuntimeApi};
use super::web::Web;
use crate::error::ApiError;
use crate::log::RunLog;

/// The wait for the end of a process whose connection has broken.
const END_NOTICE: Duration = Duration::from_secs(1);
/// The time between two checks of a running function's memory.
const MEMORY_CHECK: Duration = Duration::from_millis(50);
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
    /// What its processes are known by, until they are killed.
    mark: Option<Mark>,
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
pub(super) fn processes(process: Pid) -> impl Iterator<Item = Pid> {
    // The machine's other processes are looked at only where that is needed.
    let of_group = std::iter::once_with(|| std::fs::read_dir("/proc"))
        .flat_map(|all| all.into_iter().flatten().flatten())
        .filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
        .filter(move |pid| tree::group(*pid) == Some(process));
    tree::below(process).into_iter().chain(of_group)
}

/// Returns the memory of a process and those below it, in bytes.
pub(super) fn memory(pid: u32) -> Option<u64> {
    tree::memory(Pid::from_raw(i32::try_from(pid).ok()?)?)
}

impl Instance {
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

    /// Runs one invocation. After a failure of the process, the instance takes no other. A
    /// process that had served before and ended without asking for this event gives it back.
    pub(super) async fn invoke(
        &mut self,
        config: &Config,
        request_id: &str,
        event: String,
        responder: Option<Responder>,
        log: &mut RunLog,
    ) -> Result<Run, String> {
        self.listed.runs(request_id);
        let has_served = self.cold_start.is_none();
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
        let mut answer = match (&self.web, responder) {
            (Some(web), Some(responder)) => web.give(request_id, event, responder),
            _ => self.api.give(request_id, event, config.memory_mb, config.timeout.as_millis()),
        };
        let deadline = tokio::time::sleep(config.timeout);
        tokio::pin!(deadline);
        let mut memory_check =
            tokio::time::interval_at(tokio::time::Instant::now() + MEMORY_CHECK, MEMORY_CHECK);
        let mut buffer = [0; 4096];
        let limit = match config.debug_port {
            Some(_) => u64::MAX,
            None => config.memory_mb.saturating_mul(1024 * 1024),
        };
        let mut result = loop {
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
                    if let Some(now) = self.group.and_then(tree::usage) {
                        mem_usage = mem_usage.max(now.memory_bytes);
                        if now.memory_bytes > limit {
                            break Err(Failure::OutOfMemory { limit_mb: config.memory_mb });
                        }
                        if now.processes > config.processes {
                            break Err(Failure::TooManyProcesses(config.processes));
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
        // A server that ends closes its connections first.
        if let Err(Failure::BadResponse(_)) = &result
            && let Ok(status) = tokio::time::timeout(END_NOTICE, self.child.wait()).await
        {
            result = Err(Failure::Exited(ended(status)));
        }
        if let (Err(Failure::Exited(_)), true) = (&result, has_served)
            && let Some(event) = self.api.take_back()
        {
            return Err(event);
        }
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
        Ok(Run { result, mem_usage, duration, is_early: self.is_busy() })
    }

    /// Lets an instance that has answered early work on, up to its time limit. What it prints
    /// meanwhile goes to the log.
    pub(super) async fn finish(&mut self, limit: Duration, mut log: RunLog) {
        let deadline = tokio::time::sleep(limit);
        tokio::pin!(deadline);
        let mut buffer = [0; 4096];
        self.state = loop {
            tokio::select! {
                biased;
                () = self.api.asks_for_work() => break State::Waiting,
                () = &mut deadline => break State::Broken,
                read = self.output.read(&mut buffer), if self.output_open => match read {
                    Ok(size) if size > 0 => log.push(&buffer[..size]),
                    _ => self.output_open = false,
                },
                _ = self.child.wait() => break State::Broken,
            }
        };
        self.drain(|bytes| log.push(bytes)).await;
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
        if let Some(mark) = self.mark.take() {
            mark.kill();
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

fn ended(status: io::Result<std::process::ExitStatus>) -> String {
    match status {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    }
}
