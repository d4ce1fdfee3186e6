//! The attempts of one invocation, in storage of C's: the core's engine decides
//! what comes after each.

use core::mem::{MaybeUninit, align_of, size_of};

use scf_invoke_core::attempt::{self, AttemptEnd, Attempts, Clock, RetryPolicy};

use crate::CallStorage;
use crate::call::attempt_end;
use crate::check::{self, Run};
use crate::status::Status;

/// The size of an scf_attempts in words of eight bytes.
pub const ATTEMPTS_WORDS: usize = 7;

/// The attempts of one invocation, and the clock that they correct. Zeroed, it
/// is empty. It may be copied and given up at any time, and belongs to one
/// thread at a time.
#[repr(C)]
#[derive(Debug)]
pub struct AttemptsStorage {
    /// For this library only.
    // Padding is not initialised, so that a copy in Rust has to allow for it.
    pub opaque: [MaybeUninit<u64>; ATTEMPTS_WORDS],
}

/// The next step after an attempt.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: there is a reply.
    Done = 0,
    /// Nothing: the error is final.
    GiveUp = 1,
    /// Another attempt at once, signed by the corrected clock.
    AgainNow = 2,
    /// Another attempt at once, on a connection that has carried none.
    AgainOnNewConnection = 3,
    /// Another attempt with other credentials; where there are none, the error
    /// is final.
    AgainWithNewCredentials = 4,
    /// Another attempt after a wait.
    AgainAfter = 5,
}

/// The content of the storage, for which zeroes are valid.
struct Slot {
    /// [`STARTED`], or the rest but the clock means nothing.
    mark: u32,
    /// `true` from the time of an attempt to its end, so that no attempt is
    /// counted twice.
    is_timed: bool,
    attempts: Attempts,
    clock: Clock,
    local: u64,
    signed: u64,
}

/// Tells attempts from zeroed storage.
const STARTED: u32 = 0x5cf0_a77e;

const _: () = assert!(size_of::<Slot>() <= size_of::<AttemptsStorage>());
const _: () = assert!(align_of::<Slot>() <= align_of::<AttemptsStorage>());
// A little headroom for changes of the core, but no memory given away.
const _: () = assert!(size_of::<Slot>() + 16 > size_of::<AttemptsStorage>());

/// Returns what the storage holds.
///
/// # Safety
/// Unless null, `storage` is valid for reads and writes of a whole
/// [`AttemptsStorage`] that was zeroed before its first use, and nobody else
/// uses it during `'a`.
unsafe fn slot<'a>(storage: *mut AttemptsStorage, size: usize) -> Result<&'a mut Slot, Status> {
    check::storage(storage, size)?;
    // SAFETY: the storage is large enough, aligned and initialised, and zeroes
    // are a slot.
    Ok(unsafe { &mut *storage.cast() })
}

/// The same of attempts that were started.
///
/// # Safety
/// As for [`slot`].
unsafe fn started<'a>(storage: *mut AttemptsStorage, size: usize) -> Result<&'a mut Slot, Status> {
    // SAFETY: the caller's promise is the same.
    let slot = unsafe { slot(storage, size) }?;
    if slot.mark == STARTED { Ok(slot) } else { Err(Status::State) }
}

/// Starts the attempts of an invocation, of which none is made yet.
///
/// `size` is `sizeof *attempts`. `most` is the number of attempts at most: 1
/// never repeats one, 0 stands for the default of 3. The waits between them
/// begin with half a second at most, double, and end at 20 seconds. By how
/// much the clock was corrected in an invocation before is kept.
///
/// Fails with SCF_STATUS_NULL, _MISALIGNED and _STORAGE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_attempts_start(
    attempts: *mut AttemptsStorage,
    size: usize,
    most: u32,
) -> Status {
    let start = || {
        // SAFETY: C promises that the storage is valid, was zeroed before its
        // first use, and is used by one thread at a time.
        let slot = unsafe { slot(attempts, size) }?;
        let policy = match most {
            0 => RetryPolicy::DEFAULT,
            most => RetryPolicy::DEFAULT.attempts(most),
        };
        slot.attempts = Attempts::new(policy);
        slot.is_timed = false;
        slot.mark = STARTED;
        Ok(())
    };
    Status::of(start())
}

/// Begins an attempt: `now` gets the time to sign it with, for
/// scf_call_start(), where the local clock says `local`, both in unix seconds.
///
/// Fails with SCF_STATUS_NULL, _MISALIGNED, _STORAGE and, before
/// scf_attempts_start(), _STATE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_attempts_time(
    attempts: *mut AttemptsStorage,
    size: usize,
    local: u64,
    now: *mut u64,
) -> Status {
    let time = || {
        // SAFETY: C promises that its pointers are valid for the call, and
        // that the storage is as above.
        unsafe {
            let slot = started(attempts, size)?;
            check::place(now)?;
            check::apart(Run::of(attempts), Run::of(now), Status::OverlapStorage)?;
            let signed = slot.clock.now(local);
            now.write(signed);
            slot.local = local;
            slot.signed = signed;
            slot.is_timed = true;
        }
        Ok(())
    };
    Status::of(time())
}

/// Decides what comes after an attempt: ask once each, when nothing more is
/// sent or received, and before scf_call_finish(). An attempt that cannot
/// connect is a call that was started and whose sending failed.
///
/// `reused` is 1 if the connection had carried an exchange before, 0
/// otherwise. `random` is any number, drawn evenly from all 32 bits. `wait_ms`
/// gets the milliseconds to wait, 0 unless `next` is SCF_NEXT_AGAIN_AFTER. What
/// a sink was given cannot be taken back: from the first byte of a result or
/// log no other attempt is made.
///
/// Fails with SCF_STATUS_NULL, _MISALIGNED, _STORAGE, _BUSY (in a callback of
/// the call) and, where the call is not started, is finished or was moved, or
/// scf_attempts_time() has begun no attempt, _STATE. Then nothing is counted,
/// and there is no next attempt.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_attempts_next(
    attempts: *mut AttemptsStorage,
    size: usize,
    call: *mut CallStorage,
    reused: u8,
    random: u32,
    next: *mut Next,
    wait_ms: *mut u32,
) -> Status {
    let decide = || {
        check::place(next)?;
        check::place(wait_ms)?;
        let outputs = [Run::of(attempts), Run::of(next), Run::of(wait_ms)];
        let [storage, one, two] = outputs;
        check::apart(storage, one, Status::OverlapStorage)?;
        check::apart(storage, two, Status::OverlapStorage)?;
        check::apart(one, two, Status::OverlapOutput)?;
        // SAFETY: C promises that its pointers are valid for the call, that
        // the storage is as above, and that the call's is likewise.
        let (decided, wait) = unsafe {
            let slot = started(attempts, size)?;
            if !slot.is_timed {
                return Err(Status::State);
            }
            let Slot { attempts, clock, local, signed, .. } = slot;
            let outcome = attempt_end(call, outputs, |end| {
                let (local, signed) = (*local, *signed);
                let end = AttemptEnd { reused: reused != 0, local, signed, ..end };
                attempts.end(&end, clock, random)
            })?;
            slot.is_timed = false;
            in_c(outcome.next)
        };
        // SAFETY: both places were checked, and C promises that they are valid.
        unsafe {
            next.write(decided);
            wait_ms.write(wait);
        }
        Ok(())
    };
    Status::of(decide())
}

/// Returns the next step, and the milliseconds to wait before it.
const fn in_c(next: attempt::Next) -> (Next, u32) {
    match next {
        attempt::Next::Done => (Next::Done, 0),
        attempt::Next::GiveUp => (Next::GiveUp, 0),
        attempt::Next::AgainNow => (Next::AgainNow, 0),
        attempt::Next::AgainOnNewConnection => (Next::AgainOnNewConnection, 0),
        attempt::Next::AgainWithNewCredentials => (Next::AgainWithNewCredentials, 0),
        attempt::Next::AgainAfter(wait_ms) => (Next::AgainAfter, wait_ms),
    }
}
