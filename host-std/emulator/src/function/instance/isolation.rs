//! The process of an instance between fork and exec: no inherited files, and on Linux a file
//! system of its own.
//!
//! The code is at `/var/user` and its layers at `/opt`; `/tmp` is empty and the instance's own. The
//! rest is the machine's. Everything but `/tmp` and `/dev` is read-only. It takes a mount
//! namespace, which root may have, and a user who may have a user namespace; where neither is
//! allowed, the function runs in the folder as it is.

#[cfg(not(target_os = "linux"))]
use std::io;
use std::path::{Path, PathBuf};

use tokio::process::Command;

/// Tries whether a process may have a file system of its own.
pub(in crate::function) async fn can_isolate() -> bool {
    let Ok(isolation) = Isolation::new(Path::new("/usr"), &[], &[], 1) else {
        return false;
    };
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "exit 0"]);
    Isolation::apply(Some(isolation), PathBuf::from("/"), &mut command);
    command.status().await.is_ok_and(|status| status.success())
}

#[cfg(target_os = "linux")]
pub(super) use linux::{Isolation, Namespace};

/// A system without mount namespaces.
#[cfg(not(target_os = "linux"))]
#[derive(Clone)]
pub(super) struct Isolation;

/// There is none.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub(super) enum Namespace {}

#[cfg(not(target_os = "linux"))]
impl Namespace {
    pub(super) fn of(_: rustix::process::Pid) -> Option<Self> {
        None
    }

    pub(super) fn name(&self) -> &Path {
        match *self {}
    }

    pub(super) fn file(&self) -> Option<std::os::fd::OwnedFd> {
        match *self {}
    }
}

#[cfg(not(target_os = "linux"))]
impl Isolation {
    pub(super) fn new(_: &Path, _: &[PathBuf], _: &[PathBuf], _: usize) -> io::Result<Self> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }

    pub(super) fn apply(_: Option<Self>, working_folder: PathBuf, command: &mut Command) {
        command.current_dir(working_folder);
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::{CStr, CString};
    use std::fs;
    use std::io;
    use std::mem::MaybeUninit;
    use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
    use std::os::unix::ffi::OsStrExt;
    use std::path::{Path, PathBuf};

    use rustix::fs::{CWD, Mode, OFlags, RawDir, mkdirat, open, symlinkat};
    use rustix::io::{FdFlags, fcntl_setfd, write};
    use rustix::mount::{
        MountFlags, MountPropagationFlags, mount, mount_bind, mount_bind_recursive, mount_change,
        mount_remount,
    };
    use rustix::process::{Pid, chroot, getegid, geteuid, getpid, set_child_subreaper};
    use rustix::thread::{UnshareFlags, unshare_unsafe};
    use tokio::process::Command;

    use super::super::syscalls::{Domain, make_read_only};
    use super::super::tasks::TaskLimit;

    /// A step on the way to the new root.
    #[derive(Clone)]
    enum Step {
        Folder(CString),
        /// An empty file, to mount another on.
        File(CString),
        Link {
            to: CString,
            at: CString,
        },
        /// A folder of the machine, with whatever is mounted in it.
        Bind {
            from: CString,
            at: CString,
            is_read_only: bool,
        },
        BindReadOnly {
            from: CString,
            at: CString,
            flags: MountFlags,
        },
        /// An empty folder in memory.
        Memory {
            at: CString,
            options: &'static CStr,
        },
        Overlay {
            at: CString,
            options: CString,
        },
        ReadOnly(CString),
    }

    /// The file system of an instance, made by system calls alone: memory must
    /// not be allocated between fork and exec.
    #[derive(Clone)]
    pub(in super::super) struct Isolation {
        new_root: CString,
        steps: Vec<Step>,
        user_map: CString,
        group_map: CString,
        task_limit: Option<TaskLimit>,
    }

    impl Isolation {
        /// Plans the file system for the code in a folder, with these files and folders of the
        /// machine's `/tmp`, for an instance of so many processes.
        pub(in super::super) fn new(
            folder: &Path,
            layers: &[PathBuf],
            of_tmp: &[PathBuf],
            processes: usize,
        ) -> io::Result<Self> {
            // Any folder serves to build the new root on: only the instance sees it.
            let new_root = Path::new("/proc");
            let (uid, gid) = (geteuid().as_raw(), getegid().as_raw());
            let mut plan = Plan { new_root, steps: Vec::new() };
            plan.machine(Path::new("/"), &["proc", "tmp", "var", "home", "opt"])?;
            plan.folder("var")?;
            plan.machine(Path::new("/var"), &["user", "node_modules"])?;
            plan.folder("home")?;
            plan.machine(Path::new("/home"), &["qcloud"])?;
            plan.folder("home/qcloud")?;
            plan.layers(layers)?;
            plan.folder("tmp")?;
            plan.step(Step::Memory { at: plan.at("tmp")?, options: c"mode=1777,size=512m" });
            for place in of_tmp {
                plan.in_tmp(place)?;
            }
            plan.code(folder)?;
            plan.step(Step::ReadOnly(c_string(new_root)?));
            Ok(Self {
                new_root: c_string(new_root)?,
                steps: plan.steps,
                user_map: c_text(format!("{uid} {uid} 1"))?,
                group_map: c_text(format!("{gid} {gid} 1"))?,
                task_limit: TaskLimit::of(processes),
            })
        }

        /// Makes a command start so; without a file system of its own where
        /// there is none.
        #[allow(unsafe_code)]
        pub(in super::super) fn apply(
            isolation: Option<Self>,
            working_folder: PathBuf,
            command: &mut Command,
        ) {
            let working_folder = c_string(&working_folder).unwrap_or_default();
            let domain = Domain::rules();
            // SAFETY: the closure makes system calls and nothing else. It allocates nothing and
            // takes no lock, which another thread may have held when the process was forked.
            unsafe {
                command.pre_exec(move || {
                    close_on_exec()?;
                    // Processes that its children leave behind stay below it, where they are found.
                    set_child_subreaper(Some(getpid()))?;
                    if let Some(isolation) = &isolation {
                        isolation.enter()?;
                    }
                    rustix::process::chdir(&working_folder)?;
                    domain.map_or(Ok(()), Domain::enter)
                });
            }
        }

        /// Leaves the machine's file system for the planned one.
        #[allow(unsafe_code)]
        fn enter(&self) -> io::Result<()> {
            let own = UnshareFlags::NEWNS;
            // SAFETY: descriptors stay shared as they are; only FILES would part them.
            if unsafe { unshare_unsafe(own) }.is_err() {
                // SAFETY: as above.
                unsafe { unshare_unsafe(own | UnshareFlags::NEWUSER) }?;
                put(c"/proc/self/setgroups", c"deny")?;
                put(c"/proc/self/uid_map", &self.user_map)?;
                put(c"/proc/self/gid_map", &self.group_map)?;
                self.task_limit.as_ref().map_or(Ok(()), TaskLimit::set)?;
            }
            mount_change(c"/", MountPropagationFlags::REC | MountPropagationFlags::PRIVATE)?;
            // The machine's /proc is covered by the new root, and needed in it.
            let proc = rustix::mount::open_tree(
                CWD,
                c"/proc",
                rustix::mount::OpenTreeFlags::OPEN_TREE_CLONE
                    | rustix::mount::OpenTreeFlags::AT_RECURSIVE
                    | rustix::mount::OpenTreeFlags::OPEN_TREE_CLOEXEC,
            )?;
            mount(c"tmpfs", &self.new_root, c"tmpfs", MountFlags::NOSUID, c"mode=755")?;
            mkdirat(CWD, c"/proc/proc", Mode::from_raw_mode(0o555))?;
            rustix::mount::move_mount(
                &proc,
                c"",
                CWD,
                c"/proc/proc",
                rustix::mount::MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH,
            )?;
            for step in &self.steps {
                step.take()?;
            }
            chroot(&self.new_root)?;
            Ok(())
        }
    }

    impl Step {
        fn take(&self) -> io::Result<()> {
            let read_only = MountFlags::RDONLY | MountFlags::BIND;
            match self {
                Self::Folder(at) => match mkdirat(CWD, at, Mode::from_raw_mode(0o755)) {
                    Err(rustix::io::Errno::EXIST) => {}
                    other => other?,
                },
                Self::File(at) => {
                    let flags = OFlags::CREATE | OFlags::WRONLY | OFlags::CLOEXEC;
                    open(at, flags, Mode::from_raw_mode(0o644))?;
                }
                Self::Link { to, at } => symlinkat(to, CWD, at)?,
                Self::Bind { from, at, is_read_only } => {
                    mount_bind_recursive(from, at)?;
                    if *is_read_only {
                        make_read_only(at);
                    }
                }
                Self::BindReadOnly { from, at, flags } => {
                    mount_bind(from, at)?;
                    mount_remount(at, read_only | *flags, c"")?;
                }
                Self::Memory { at, options } => {
                    mount(c"tmpfs", at, c"tmpfs", MountFlags::NOSUID, *options)?;
                }
                Self::Overlay { at, options } => {
                    mount(c"overlay", at, c"overlay", MountFlags::RDONLY, options.as_c_str())?;
                }
                Self::ReadOnly(at) => mount_remount(at, read_only, c"")?,
            }
            Ok(())
        }
    }

    struct Plan<'a> {
        new_root: &'a Path,
        steps: Vec<Step>,
    }

    impl Plan<'_> {
        fn at(&self, path: impl AsRef<Path>) -> io::Result<CString> {
            let path = path.as_ref();
            c_string(&self.new_root.join(path.strip_prefix("/").unwrap_or(path)))
        }

        fn step(&mut self, step: Step) {
            self.steps.push(step);
        }

        fn folder(&mut self, path: impl AsRef<Path>) -> io::Result<()> {
            let at = self.at(path)?;
            self.step(Step::Folder(at));
            Ok(())
        }

        /// Shows what is in a folder of the machine, save some names.
        fn machine(&mut self, folder: &Path, without: &[&str]) -> io::Result<()> {
            let Ok(entries) = fs::read_dir(folder) else {
                return Ok(());
            };
            for entry in entries.flatten() {
                let path = entry.path();
                if without.iter().any(|name| entry.file_name() == *name) {
                    continue;
                }
                let at = self.at(&path)?;
                let kind = entry.file_type()?;
                if kind.is_symlink() {
                    let to = c_string(&fs::read_link(&path)?)?;
                    self.step(Step::Link { to, at });
                } else if kind.is_dir() {
                    self.step(Step::Folder(at.clone()));
                    let is_read_only = entry.file_name() != "dev" && entry.file_name() != "sys";
                    self.step(Step::Bind { from: c_string(&path)?, at, is_read_only });
                }
            }
            Ok(())
        }

        fn bind_read_only(&mut self, from: &Path, at: CString) -> io::Result<()> {
            // A user's namespace must not lift what these forbid.
            let kept = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
            let now = rustix::fs::statvfs(from)?.f_flag.bits();
            let flags = MountFlags::from_bits_truncate(now as u32) & kept;
            self.step(Step::BindReadOnly { from: c_string(from)?, at, flags });
            Ok(())
        }

        /// Mounts the layers at `/opt`, or the machine's own folder.
        fn layers(&mut self, layers: &[PathBuf]) -> io::Result<()> {
            self.folder("opt")?;
            let at = self.at("opt")?;
            match layers {
                [] => {
                    if Path::new("/opt").is_dir() {
                        let from = c"/opt".to_owned();
                        self.step(Step::Bind { from, at, is_read_only: true });
                    }
                }
                [layer] => self.bind_read_only(layer, at)?,
                layers => {
                    let folders: Vec<_> =
                        layers.iter().rev().map(|layer| layer.to_string_lossy()).collect();
                    let options = c_text(format!("lowerdir={}", folders.join(":")))?;
                    self.step(Step::Overlay { at, options });
                }
            }
            Ok(())
        }

        /// Mounts the code at `/var/user`; where the new `/tmp` hides the folder,
        /// there too, for scripts that name their interpreter by its place.
        fn code(&mut self, folder: &Path) -> io::Result<()> {
            self.folder("var/user")?;
            let at = self.at("var/user")?;
            self.bind_read_only(folder, at)?;
            let above = folder.ancestors().skip(1).map(|parent| parent.join("node_modules"));
            if let Some(modules) = above.into_iter().find(|modules| modules.is_dir()) {
                self.folder("var/node_modules")?;
                let at = self.at("var/node_modules")?;
                self.bind_read_only(&modules, at)?;
            }
            if folder.starts_with("/tmp") {
                self.in_tmp(folder)?;
            }
            Ok(())
        }

        /// Shows a file or folder of the machine's `/tmp` in the new one.
        fn in_tmp(&mut self, place: &Path) -> io::Result<()> {
            let parents: Vec<&Path> = place.ancestors().skip(1).collect();
            for parent in parents.iter().rev().skip(2) {
                self.folder(parent)?;
            }
            let at = self.at(place)?;
            self.step(if place.is_dir() {
                Step::Folder(at.clone())
            } else {
                Step::File(at.clone())
            });
            self.bind_read_only(place, at)
        }
    }

    fn c_string(path: &Path) -> io::Result<CString> {
        CString::new(path.as_os_str().as_bytes()).map_err(io::Error::other)
    }

    fn c_text(text: String) -> io::Result<CString> {
        CString::new(text).map_err(io::Error::other)
    }

    fn put(path: &CStr, text: &CStr) -> io::Result<()> {
        let file = open(path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
        write(&file, text.to_bytes())?;
        Ok(())
    }

    /// Keeps all files but the standard ones from the new program.
    #[allow(unsafe_code)]
    fn close_on_exec() -> io::Result<()> {
        let folder = open(c"/proc/self/fd", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        let mut buffer = [MaybeUninit::uninit(); 2048];
        let mut entries = RawDir::new(&folder, &mut buffer);
        while let Some(entry) = entries.next() {
            let entry = entry?;
            let name = std::str::from_utf8(entry.file_name().to_bytes()).unwrap_or_default();
            if let Some(number) = name.parse().ok().filter(|number| *number > 2) {
                // SAFETY: it is open, for the system has just listed it.
                let file = unsafe { BorrowedFd::borrow_raw(number) };
                fcntl_setfd(file, FdFlags::CLOEXEC)?;
            }
        }
        Ok(())
    }

    /// The mount namespace of an instance, which tells its processes from all others.
    #[derive(Debug)]
    pub(in super::super) struct Namespace {
        name: PathBuf,
        /// Keeps the namespace: the kernel gives the name of one that is gone to the next.
        file: OwnedFd,
    }

    impl Namespace {
        /// Finds the namespace of a process.
        pub(in super::super) fn of(process: Pid) -> Option<Self> {
            let path = format!("/proc/{}/ns/mnt", process.as_raw_nonzero());
            let file = open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
            let name = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()?;
            Some(Self { name, file })
        }

        /// Returns its name, such as `mnt:[4026532177]`.
        pub(in super::super) fn name(&self) -> &Path {
            &self.name
        }

        /// Returns another file that keeps it.
        pub(in super::super) fn file(&self) -> Option<OwnedFd> {
            self.file.try_clone().ok()
        }

        /// Returns whether a process is in it.
        pub(in super::super) fn has(&self, process: Pid) -> bool {
            fs::read_link(format!("/proc/{}/ns/mnt", process.as_raw_nonzero()))
                .is_ok_and(|name| name == self.name)
        }
    }
}
