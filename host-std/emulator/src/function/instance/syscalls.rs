//! System calls of Linux that the crate rustix does not have. They may be made between fork and
//! exec.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::OnceLock;

use libc::{c_int, c_long, c_uint};

/// `struct mount_attr`.
#[repr(C)]
#[derive(Default)]
struct MountAttributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

const MOUNT_ATTR_RDONLY: u64 = 1;
const AT_RECURSIVE: c_uint = 0x8000;

/// Makes a mount, and all that is mounted below it, read-only. Before Linux 5.12 it stays
/// writable.
#[allow(unsafe_code)]
pub(super) fn make_read_only(at: &CStr) {
    let attributes = MountAttributes { set: MOUNT_ATTR_RDONLY, ..MountAttributes::default() };
    // SAFETY: the path ends with a zero, and the structure has the size that is given.
    unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            at.as_ptr(),
            AT_RECURSIVE,
            &raw const attributes,
            size_of::<MountAttributes>(),
        );
    }
}

/// `struct landlock_ruleset_attr`.
#[repr(C)]
struct Ruleset {
    files: u64,
    network: u64,
    scoped: u64,
}

const LANDLOCK_SCOPE_SIGNAL: u64 = 1 << 1;

/// A domain of Landlock: its processes cannot send signals to others, nor look into them.
pub(super) struct Domain(OwnedFd);

impl Domain {
    /// Returns the domain's rules; nothing before Linux 6.12, or without Landlock.
    #[allow(unsafe_code)]
    pub(super) fn rules() -> Option<&'static Self> {
        static RULES: OnceLock<Option<Domain>> = OnceLock::new();
        let make = || {
            let rules = Ruleset { files: 0, network: 0, scoped: LANDLOCK_SCOPE_SIGNAL };
            // SAFETY: the structure has the size that is given, and no flag is.
            let file = unsafe {
                libc::syscall(
                    libc::SYS_landlock_create_ruleset,
                    &raw const rules,
                    size_of::<Ruleset>(),
                    0 as c_uint,
                )
            };
            let file = c_int::try_from(file).ok().filter(|file| *file >= 0)?;
            // SAFETY: the system has just opened it, and nobody else has it.
            Some(Self(unsafe { OwnedFd::from_raw_fd(file) }))
        };
        RULES.get_or_init(make).as_ref()
    }

    /// Puts this process, and those that it starts, into a domain of its own.
    #[allow(unsafe_code)]
    pub(super) fn enter(&self) -> io::Result<()> {
        rustix::thread::set_no_new_privs(true)?;
        // SAFETY: the file is open as long as the program runs.
        let result: c_long = unsafe {
            libc::syscall(libc::SYS_landlock_restrict_self, self.0.as_raw_fd(), 0 as c_uint)
        };
        if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }
}
