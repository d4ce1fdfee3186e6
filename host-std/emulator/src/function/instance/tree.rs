//! All processes of an instance: its own, and whatever that started.

use rustix::process::Pid;

/// Returns the processes below and including one, which adopts orphans among them.
pub(super) fn below(root: Pid) -> Vec<Pid> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        next += 1;
        let tasks = std::fs::read_dir(format!("/proc/{}/task", parent.as_raw_nonzero()));
        for task in tasks.into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(task.path().join("children"));
            let children = children.unwrap_or_default();
            found.extend(
                children
                    .split_ascii_whitespace()
                    .filter_map(|pid| pid.parse().ok().and_then(Pid::from_raw)),
            );
        }
    }
    found
}

/// Returns the process group of a process; a thread of the kernel has none.
#[cfg(target_os = "linux")]
pub(super) fn group(pid: Pid) -> Option<Pid> {
    let text = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    // The name, in parentheses, can hold anything. Then come state, parent and group.
    let fields = text.rsplit_once(')')?.1;
    Pid::from_raw(fields.split_ascii_whitespace().nth(2)?.parse().ok()?)
}

/// What the processes of an instance take together.
pub(super) struct Usage {
    pub(super) memory_bytes: u64,
    pub(super) processes: usize,
}

/// Returns the memory that they hold together, in bytes; nothing where the system does
/// not say.
pub(super) fn memory(root: Pid) -> Option<u64> {
    usage(root).map(|usage| usage.memory_bytes)
}

/// Returns what they take; nothing where the system does not say.
pub(super) fn usage(root: Pid) -> Option<Usage> {
    let page = rustix::param::page_size() as u64;
    let resident = |pid: Pid| -> Option<u64> {
        let text = std::fs::read_to_string(format!("/proc/{}/statm", pid.as_raw_nonzero())).ok()?;
        text.split_ascii_whitespace().nth(1)?.parse().ok()
    };
    let all = below(root);
    let processes = all.len();
    let pages: u64 = all.into_iter().filter_map(resident).sum();
    (pages > 0).then_some(Usage { memory_bytes: pages * page, processes })
}
