//! What tells the processes of an instance from all others, and the guard that looks for it
//! when the emulator is gone.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use rustix::process::Pid;

use super::isolation::Namespace;

/// Waits for its input to end, which it does when the emulator is gone in whatever way, and
/// then kills the processes of a mount namespace, or else those with a variable, and its own
/// process group.
const GUARD: &str = r#"read -r _
if [ -n "$1" ]; then
    files=$(find /proc -maxdepth 3 -path '/proc/[0-9]*/ns/mnt' -lname "$1" 2>/dev/null)
else
    files=$(grep -lzx "$2" /proc/[0-9]*/environ 2>/dev/null)
fi
for file in $files; do
    file=${file#/proc/}
    kill -KILL "${file%%/*}"
done
kill -KILL 0"#;

/// The mark of an instance's processes.
#[derive(Debug)]
pub(super) enum Mark {
    /// A mount namespace of their own.
    Namespace(Namespace),
    /// A variable that each hands on to those that it starts: the port of the instance's
    /// runtime API.
    Variable(String),
}

impl Mark {
    pub(super) fn new(process: Option<Pid>, is_isolated: bool, port: u16) -> Self {
        process
            .filter(|_| is_isolated)
            .and_then(Namespace::of)
            .map_or_else(|| Self::Variable(format!("SCF_RUNTIME_API_PORT={port}")), Self::Namespace)
    }

    /// Returns whether a process has it.
    #[cfg(target_os = "linux")]
    fn is_on(&self, process: Pid) -> bool {
        match self {
            Self::Namespace(namespace) => namespace.has(process),
            Self::Variable(variable) => {
                let path = format!("/proc/{}/environ", process.as_raw_nonzero());
                let text = std::fs::read(path).unwrap_or_default();
                text.split(|byte| *byte == 0).any(|each| each == variable.as_bytes())
            }
        }
    }

    /// Kills all processes that have it, until none is left that could start another.
    #[cfg(target_os = "linux")]
    pub(super) fn kill(&self) {
        use rustix::process::{Signal, kill_process};

        for _ in 0..100 {
            let mut is_empty = true;
            for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
                let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok())
                else {
                    continue;
                };
                if let Some(pid) = Pid::from_raw(pid)
                    && self.is_on(pid)
                {
                    is_empty = false;
                    let _ = kill_process(pid, Signal::KILL);
                }
            }
            if is_empty {
                return;
            }
        }
    }

    /// Starts the guard in the process group of the instance.
    pub(super) fn guard(&self, group: Pid) -> Option<Child> {
        let (namespace, variable, output) = match self {
            // As a pattern: the brackets of `mnt:[4026531840]` would be a choice of characters.
            // The guard prints nothing. As its output the file keeps the namespace when the
            // emulator is gone; the kernel would give its name to the next one, which may be
            // that of another emulator's instance.
            Self::Namespace(namespace) => (
                namespace.name().to_string_lossy().replace(['[', ']'], "?"),
                "",
                Stdio::from(namespace.file()?),
            ),
            Self::Variable(variable) => (String::new(), variable.as_str(), Stdio::null()),
        };
        Command::new("/bin/sh")
            .args(["-c", GUARD, "guard", &namespace, variable])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(Stdio::null())
            .process_group(group.as_raw_nonzero().get())
            .spawn()
            .ok()
    }
}
