//! Calls in storage of C's.
//!
//! A core call borrows its request and what that is made of, the parts of its
//! reply, its source and its sink.
//! Here these stand beside it in the same storage, which therefore must not
//! move; the mark knows the storage's address and tells when it did. Only
//! fields are ever borrowed, never the whole, so that what the call borrows
//! stays its own.

mod callback;
mod overlap;
mod parameters;
mod send;

// Apart from the others, because the header has the functions in this order.
mod receive;

pub use receive::*;
pub use send::*;

use core::mem::{MaybeUninit, align_of, size_of};

use callback::{Reader, Writer};
use scf_invoke_core::call::Call;
use scf_invoke_core::error::ProtocolError;
use scf_invoke_core::reply::{self, ReplyParts};
use scf_invoke_core::request::event::Event;
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::{RequestError, Settings, SignedRequest};
use scf_invoke_core::sign::tc3::Signer;

use crate::check::{self, Run};
use crate::day_key;
use crate::problem::Problem;
use crate::status::Status;
use crate::types::{Credential, Request, Text};

/// The size of an scf_call in words of eight bytes.
#[cfg(target_pointer_width = "64")]
pub const CALL_WORDS: usize = 210;

/// The size of an scf_call in words of eight bytes.
#[cfg(target_pointer_width = "32")]
pub const CALL_WORDS: usize = 150;

/// One call, from start to finish. Zeroed, it is empty. It owns nothing, so it
/// may be given up at any time, but between start and finish it must not be
/// moved or copied.
#[repr(C)]
#[derive(Debug)]
pub struct CallStorage {
    /// For this library only.
    // Padding is not initialised, so that a copy in Rust has to allow for it.
    pub opaque: [MaybeUninit<u64>; CALL_WORDS],
}

/// The content of the storage.
struct State {
    /// [`mark_of`] the storage, or the rest means nothing.
    mark: usize,
    buffer: *mut u8,
    length: usize,
    /// The texts that the call needs until it is finished.
    texts: [Text; overlap::KEPT_TEXTS],
    source: Reader,
    sink: Writer,
    /// `true` while a function of this interface is at work, because it may
    /// call back.
    busy: bool,
    /// `true` where C has reported that reading or writing failed.
    transport_failed: bool,
    /// `true` once the response is complete.
    complete: bool,
    /// `true` where bytes came after the response.
    excess: bool,
    /// The reason why the call cannot go on, if it cannot.
    problem: Problem,
    /// The part of the response that cannot be read, where that is the problem.
    protocol: Option<ProtocolError>,
    settings: MaybeUninit<Settings<'static>>,
    invocation: MaybeUninit<Invocation<'static>>,
    request: MaybeUninit<SignedRequest<'static>>,
    parts: MaybeUninit<ReplyParts>,
    call: MaybeUninit<Call<'static>>,
}

const _: () = assert!(size_of::<State>() <= size_of::<CallStorage>());
const _: () = assert!(align_of::<State>() <= align_of::<CallStorage>());
// A little headroom for changes of the core, but no memory given away.
const _: () = assert!(size_of::<State>() + 160 > size_of::<CallStorage>());

/// Tells a call from zeroed storage, and from a copy of a call.
fn mark_of(state: *const State) -> usize {
    state.addr() ^ 0x5cf0_ca11
}

/// A started call with which one function is at work.
struct Entered(*mut State);

impl Entered {
    /// # Safety
    /// Unless null, `call` is valid for reads and writes of a whole
    /// [`CallStorage`] that was zeroed before its first use.
    unsafe fn new(call: *mut CallStorage) -> Result<Self, Status> {
        // SAFETY: the caller's promise is the same.
        unsafe { Self::enter(call.cast()) }?;
        Ok(Self(call.cast()))
    }

    /// Marks the call as busy.
    ///
    /// Apart from `new`, whose value is not worth a copy at each caller.
    ///
    /// # Safety
    /// As for `new`.
    #[inline(never)]
    unsafe fn enter(state: *mut State) -> Result<(), Status> {
        check::storage::<CallStorage>(state.cast(), size_of::<CallStorage>())?;
        // SAFETY: the storage is large enough, aligned and initialised, and
        // with this mark it is a state.
        unsafe {
            if (*state).mark != mark_of(state) {
                return Err(Status::State);
            }
            if (*state).busy {
                return Err(Status::Busy);
            }
            (*state).busy = true;
        }
        Ok(())
    }

    /// Returns the call, unless it cannot go on.
    fn call(&mut self) -> Result<&mut Call<'static>, Status> {
        // SAFETY: `new` has found a state there.
        let status = unsafe { (*self.0).problem.status };
        if status != Status::Ok {
            return Err(status);
        }
        // SAFETY: a state that has no problem has a call, and nothing else
        // borrows that field while `self` is borrowed.
        Ok(unsafe { (*self.0).call.assume_init_mut() })
    }

    /// Remembers why the call cannot go on.
    fn request_failed(&mut self, error: &RequestError) -> Status {
        // SAFETY: `new` has found a state there, and nobody borrows the field.
        unsafe { (*self.0).problem.request(error) }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        // SAFETY: `new` has found a state there, which is no more than zeroed
        // meanwhile.
        unsafe { (*self.0).busy = false };
    }
}

/// Runs `work` with a started call.
///
/// # Safety
/// As for [`Entered::new`].
unsafe fn with(
    call: *mut CallStorage,
    work: impl FnOnce(&mut Entered) -> Result<Status, Status>,
) -> Status {
    // SAFETY: the caller's promise is the same.
    match unsafe { Entered::new(call) } {
        Ok(mut entered) => work(&mut entered).unwrap_or_else(|status| status),
        Err(status) => status,
    }
}

/// Checks, measures and signs a request; nothing is sent yet.
///
/// `size` is `sizeof *call`. `now` is the time in unix seconds. In `buffer`
/// the request is put together, then the response is read, and then result and
/// log are found, unless a sink takes them: SCF_CALL_BUFFER_MIN bytes at least.
///
/// Until the call is finished, these stay valid and unchanged: the buffer, and
/// all that the request and the credential's secret id and token point to. The
/// two structs themselves, the secret key and the day key are not needed on.
///
/// After a failure, scf_call_finish() tells more of it, unless the status is
/// SCF_STATUS_OVERLAP_CALL, _BUSY, _STORAGE, or the call's pointer is wrong.
/// Request, credential, texts, buffer and day key overlap neither the call's
/// storage nor its buffer, and nothing overlaps the day key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_start(
    call: *mut CallStorage,
    size: usize,
    request: *const Request,
    credential: *const Credential,
    now: u64,
    buffer: *mut u8,
    length: usize,
) -> Status {
    if let Err(status) = check::storage(call, size) {
        return status;
    }
    let state: *mut State = call.cast();
    let buffer_run = Run { start: buffer, length };
    // SAFETY: C promises that its pointers are valid.
    let checked = unsafe { overlap::check(call, buffer_run, request, credential) };
    if let Err(refusal) = checked
        && refusal.status == Status::OverlapCall
    {
        return Status::OverlapCall;
    }
    // SAFETY: the storage is large enough and aligned, and C promises that it
    // is valid and was zeroed before its first use. Zeroes are what all fields
    // begin with, apart from those that are set here.
    unsafe {
        // A callback of a call must not start it anew.
        if (*state).mark == mark_of(state) && (*state).busy {
            return Status::Busy;
        }
        call.write_bytes(0, 1);
        (&raw mut (*state).problem).write(Problem::NONE);
        (&raw mut (*state).protocol).write(None);
        (*state).mark = mark_of(state);
        (*state).busy = true;
        (*state).buffer = buffer;
        (*state).length = length;
    }
    let entered = Entered(state);
    // SAFETY: the state is there now, and C makes the promises above.
    unsafe {
        match checked {
            Ok(()) => {
                if let Err(status) = start(state, request, credential, now) {
                    (*entered.0).problem.status = status;
                }
            }
            Err(refusal) => {
                (*entered.0).problem.status = refusal.status;
                (*entered.0).problem.name = refusal.name();
            }
        }
        (*entered.0).problem.status
    }
}

/// # Safety
/// `state` has all fields but settings, invocation and call; [`overlap::check`]
/// had no objection, and the pointers are as [`scf_call_start`] promises.
unsafe fn start(
    state: *mut State,
    request: *const Request,
    credential: *const Credential,
    now: u64,
) -> Result<(), Status> {
    // SAFETY: C's pointers are valid, and stay so until the call is finished:
    // that is what 'static stands for here. Neither struct is used on once
    // the source is asked, which belongs to C. The storage does not move while
    // the call is in it, and each of its fields is borrowed once, apart from
    // the others.
    unsafe {
        parameters::check(request)?;
        parameters::check_credential(credential)?;
        (*state).texts = overlap::kept_texts(request, credential);
        let request = &*request;
        (*state).source.source = request.source;
        (*state).sink.0 = request.sink;
        (*state).invocation.write(parameters::invocation(request));
        let settings = parameters::settings(request).ok_or(Status::Region)?;
        (*state).settings.write(settings);
        let payload = match (check::known(request.event), request.source.read) {
            (Some(_), Some(_)) => return Err(Status::EventTwice),
            (Some(text), None) => Event::from(text),
            (None, Some(_)) => Event::source(&mut (*state).source),
            (None, None) => Event::none(),
        };
        // A key that only signs need not be kept.
        let kept = match (*credential).secret_key.data.is_null() {
            true => core::ptr::null_mut(),
            false => (*credential).day_key,
        };
        let mut signer = parameters::signer(&*credential);
        let signer = match &mut signer {
            Ok(signer) => signer,
            Err(error) => return Err((*state).problem.credential(*error)),
        };
        prepare(state, payload, signer, now)?;
        day_key::keep(kept, signer);
    }
    Ok(())
}

/// Makes the request and its call. Not inlined, so that its stack is given back.
///
/// # Safety
/// `state` has all fields but the call, the buffer was checked, and nobody
/// borrows them.
#[inline(never)]
unsafe fn prepare(
    state: *mut State,
    payload: Event<'static>,
    signer: &mut Signer<'static>,
    now: u64,
) -> Result<(), Status> {
    // SAFETY: the caller's promise is the same; the fields stay where they
    // are, and each is borrowed once.
    unsafe {
        let sink: Option<&'static mut (dyn reply::Sink + Send)> = match (*state).sink.0.write {
            Some(_) => Some(&mut (*state).sink),
            None => None,
        };
        let buffer = check::bytes_mut((*state).buffer, (*state).length)?;
        let settings = (*state).settings.assume_init_ref();
        let invocation = (*state).invocation.assume_init_ref();
        let request = match SignedRequest::new(settings, invocation, payload, signer, now, buffer) {
            Ok(request) => (*state).request.write(request),
            Err(error) => return Err((*state).problem.request(&error)),
        };
        let parts = (*state).parts.write(ReplyParts::new());
        (*state).call.write(Call::new(request, parts, sink));
    }
    Ok(())
}
