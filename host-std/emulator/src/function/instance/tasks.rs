//! The bound on the tasks of an instance, which are processes and threads.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

/// The tasks that an instance may have in any case: runtimes begin with a dozen threads.
const FEW: usize = 256;

/// The most tasks that the kernel lets an instance have at once. It counts those of a user
/// namespace, and none of root's.
#[derive(Clone)]
pub(super) struct TaskLimit(u64);

impl TaskLimit {
    /// Returns the limit for so many processes. They have threads, and one too many is to be seen,
    /// so that the instance ends.
    pub(super) fn of(processes: usize) -> Option<Self> {
        let tasks = processes.saturating_mul(4).max(FEW);
        counts_by_namespace().then(|| Self(u64::try_from(tasks).unwrap_or(u64::MAX)))
    }

    /// Sets it for this process, in a user namespace of its own, and for those that it starts.
    pub(super) fn set(&self) -> io::Result<()> {
        let limit = Rlimit { current: Some(self.0), maximum: Some(self.0) };
        Ok(setrlimit(Resource::Nproc, limit)?)
    }
}

/// Returns whether the system counts tasks for each user namespace, as from Linux 5.14 on. Before,
/// it counts all of a user's.
fn counts_by_namespace() -> bool {
    let system = rustix::system::uname();
    let release = system.release().to_string_lossy();
    let mut numbers = release.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    (numbers.next(), numbers.next()) >= (Some(5), Some(14))
}
