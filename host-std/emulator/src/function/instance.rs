//! One process that runs a function, again and again.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};

use super::Failure;
use super::config::{Config, Kind, failed};
use super::folder::Run;
use super::runtime_api::RuntimeApi;
use crate::api::Call;
use crate::error::ApiError;
use crate::log::RunLog;

const PYTHON_RUNTIME: &str = include_str!("../runtime/python.py");
/// Waits for its input to end, which it does when the emulator is gone in
/// whatever way, and then kills its process group.
const GUARD: &str = "read -r _; kill -KILL 0";
/// How often a running function's memory is looked at.
const MEMORY_CHECK: Duration = Duration::from_millis(50);
/// Variables of the emulator's own environment that a function gets. The rest
/// may hold secrets.
const INHERITED: [&str; 6] = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ"];

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
    /// Standard output and error, one pipe so that their order is kept.
    output: pipe::Receiver,
    output_open: bool,
    /// Printed before the first invocation, whose log it joins.
    printed_early: Vec<u8>,
    api: RuntimeApi,
    version: Option<SystemTime>,
    usable: bool,
}

impl Instance {
    /// Starts a process and waits until it is ready.
    pub(super) async fn start(
        dir: &Path,
        kind: Kind,
        config: &Config,
        call: &Call,
        version: Option<SystemTime>,
    ) -> Result<Self, StartFailure> {
        let system = |error: io::Error| {
            StartFailure::Api(failed(format!("the function cannot be started: {error}")))
        };
        let dir = dir.canonicalize().map_err(system)?;
        let api = RuntimeApi::start().await.map_err(system)?;
        let (reader, writer) = io::pipe().map_err(system)?;
        let mut command = match kind {
            Kind::Bootstrap => Command::new(dir.join("bootstrap")),
            Kind::Python => {
                let mut command = Command::new("python3");
                command.args(["-u", "-c", PYTHON_RUNTIME]);
                command
            }
        };
        environment(&mut command, &dir, config, call, api.port);
        command
            .current_dir(&dir)
            .stdin(Stdio::null())
            .stdout(writer.try_clone().map_err(system)?)
            .stderr(writer)
            // A group of its own: whatever the function starts ends with it.
            .process_group(0);
        let child =
            command.spawn().map_err(|error| StartFailure::Api(spawn_error(kind, &dir, &error)))?;
        // Holds the writing end, which must close with the process.
        drop(command);
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let output = pipe::Receiver::from_owned_fd(OwnedFd::from(reader)).map_err(system)?;
        let mut instance = Self {
            child,
            group,
            guard: group.and_then(guard),
            output,
            output_open: true,
            printed_early: Vec::new(),
            api,
            version,
            usable: true,
        };
        match instance.wait_until_ready(config.init_timeout).await {
            Ok(()) => Ok(instance),
            Err(failure) => {
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
        loop {
            tokio::select! {
                biased;
                () = self.api.ready() => return Ok(()),
                () = &mut deadline => return Err(Failure::StartTimedOut(limit)),
                read = self.output.read(&mut buffer), if self.output_open => match read {
                    Ok(size) if size > 0 => {
                        // As much as one log keeps.
                        if self.printed_early.len() < 64 * 1024 {
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

    /// Whether it can take a call: alive, and of the code as it is now.
    pub(super) fn is_fresh(&mut self, version: Option<SystemTime>) -> bool {
        self.version == version && matches!(self.child.try_wait(), Ok(None))
    }

    pub(super) fn is_usable(&self) -> bool {
        self.usable
    }

    /// Runs one invocation. After a failure of the process, the instance is
    /// not usable any more.
    pub(super) async fn invoke(
        &mut self,
        config: &Config,
        request_id: &str,
        event: String,
        log: &mut RunLog,
    ) -> Run {
        log.push(&std::mem::take(&mut self.printed_early));
        let mut mem_usage = 0;
        let started = Instant::now();
        // Until it has answered, an invocation that is given up leaves a
        // process in an unknown state.
        self.usable = false;
        let mut answer =
            self.api.give(request_id, event, config.memory_mb, config.timeout.as_millis());
        let deadline = tokio::time::sleep(config.timeout);
        tokio::pin!(deadline);
        let mut memory_check = tokio::time::interval(MEMORY_CHECK);
        let mut buffer = [0; 4096];
        let limit = config.memory_mb.saturating_mul(1024 * 1024);
        let result = loop {
            tokio::select! {
                biased;
                result = &mut answer => {
                    self.usable = true;
                    break result.unwrap_or_else(|_| Err(Failure::Exited("it gave no answer".to_owned())));
                }
                () = &mut deadline => break Err(Failure::TimedOut(config.timeout)),
                _ = memory_check.tick() => {
                    if let Some((now, peak)) = self.memory() {
                        mem_usage = peak;
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
        if let Some((_, peak)) = self.memory() {
            mem_usage = peak;
        }
        if !self.usable {
            self.kill();
        }
        self.drain(|bytes| log.push(bytes)).await;
        Run { result, mem_usage, duration }
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

    /// The process's memory now and at its peak, in bytes.
    fn memory(&self) -> Option<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            let kb: u64 = line.trim().trim_end_matches(" kB").trim_end().parse().ok()?;
            kb.checked_mul(1024)
        };
        Some((field("VmRSS:")?, field("VmHWM:")?))
    }

    fn kill(&mut self) {
        // As long as the guard is not waited for, the group's number is its.
        if let (Some(group), true) = (self.group, self.child.id().is_some() || self.guard.is_some())
        {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    fn reap_guard(&mut self) {
        if let Some(mut guard) = self.guard.take() {
            // Where the guard did not make it into the group.
            let _ = guard.kill();
            let _ = guard.wait();
        }
    }

    /// Ends the process and all that it started.
    pub(super) async fn stop(mut self) {
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

fn environment(command: &mut Command, dir: &Path, config: &Config, call: &Call, port: u16) {
    command.env_clear();
    for name in INHERITED {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
        // A folder of functions stays as it is.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUTF8", "1")
        .envs(&config.environment)
        .env("SCF_RUNTIME_API", "127.0.0.1")
        .env("SCF_RUNTIME_API_PORT", port.to_string())
        .env("_HANDLER", &config.handler)
        .env("SCF_FUNCTIONNAME", &call.function_name)
        .env("SCF_FUNCTIONVERSION", "$LATEST")
        .env("SCF_NAMESPACE", &config.namespace)
        .env("TENCENTCLOUD_RUNENV", "SCF")
        .env("TENCENTCLOUD_REGION", &call.region)
        .env("TENCENTCLOUD_APPID", "1250000000")
        .env("TENCENTCLOUD_UIN", "100000000001")
        .env("USER_CODE_ROOT", dir);
}

fn spawn_error(kind: Kind, dir: &Path, error: &io::Error) -> ApiError {
    let path = dir.join("bootstrap");
    let path = path.display();
    failed(match (kind, error.kind()) {
        (Kind::Python, io::ErrorKind::NotFound) => {
            "python3 was not found; install Python 3 and have it in PATH".to_owned()
        }
        (Kind::Bootstrap, io::ErrorKind::PermissionDenied) => {
            format!("{path} is not executable; run chmod +x on it")
        }
        (Kind::Bootstrap, io::ErrorKind::NotFound) => {
            format!("{path} names an interpreter in its first line that is not there")
        }
        _ => format!("the function's process cannot be started: {error}"),
    })
}

fn guard(group: Pid) -> Option<std::process::Child> {
    use std::os::unix::process::CommandExt;
    std::process::Command::new("/bin/sh")
        .args(["-c", GUARD])
        .env_clear()
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
