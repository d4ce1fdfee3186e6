//! The start of an instance, until it can take a call.

use std::io;
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::Pid;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;

use super::command::Launch;
use super::mark::Mark;
use super::{ColdStart, Instance, StartFailure, State, ended};
use crate::function::Failure;
use crate::function::caller;
use crate::function::config::{Runtime, failed};
use crate::function::instances::ListedInstance;
use crate::function::runtime_api::RuntimeApi;

/// The time between two checks whether a web server listens.
const WEB_CHECK: Duration = Duration::from_millis(20);
/// The bytes of output before the first invocation that one log keeps.
const EARLY_OUTPUT: usize = 64 * 1024;

impl Instance {
    /// Starts a process and waits until it is ready.
    pub(in crate::function) async fn start(
        launch: &Launch<'_>,
        listed: ListedInstance,
    ) -> Result<Self, StartFailure> {
        let system = |error: io::Error| {
            StartFailure::Api(failed(format!("the function cannot be started: {error}")))
        };
        let api = RuntimeApi::start().map_err(system)?;
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
        if let Some(version) = launch.config.python_version()
            && launch.host.version(&version).await.is_none()
        {
            let note = format!("emulator: {version} is not in PATH; python3 runs this\n");
            printed_early.extend_from_slice(note.as_bytes());
        }
        printed_early.extend(launch.host.shared_file_system().unwrap_or_default().bytes());
        let mark = Mark::new(group, is_isolated, api.port);
        let mut instance = Self {
            child,
            group,
            guard: group.and_then(|group| mark.guard(group)),
            mark: Some(mark),
            output,
            output_open: true,
            printed_early,
            cold_start: None,
            api,
            web,
            state: State::Waiting,
            listed,
        };
        match instance.wait_until_ready(launch).await {
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

    async fn wait_until_ready(&mut self, launch: &Launch<'_>) -> Result<(), Failure> {
        let limit = launch.config.init_timeout;
        let task = match launch.runtime {
            Runtime::Web => "scf_bootstrap has to listen on port 9000, or on the one in PORT,",
            Runtime::Custom => "bootstrap has to ask for /runtime/invocation/next",
            Runtime::Python | Runtime::Node => "the handler's file has to be loaded",
        };
        let mut buffer = [0; 4096];
        let deadline = tokio::time::sleep(limit);
        tokio::pin!(deadline);
        let mut look = tokio::time::interval(WEB_CHECK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = self.api.ready(), if self.web.is_none() => return Ok(()),
                () = &mut deadline => return Err(Failure::StartTimedOut(limit, task)),
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
}
