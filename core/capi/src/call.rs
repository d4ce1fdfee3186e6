//! Calls in storage of C's.
//!
//! A core call borrows its settings, its invocation, its source and its sink.
//! Here these stand beside it in the same storage, which therefore must not
//! move; the mark knows the storage's address and tells when it did. Only
//! fields are ever borrowed, never the whole, so that what the call borrows
//! stays its own.

mod callback;
mod parameters;
mod receive;
mod send;

pub use receive::*;
pub use send::*;

use core::mem::{MaybeUninit, align_of, size_of};

use callback::{Reader, Writer};
use parameters::{invocation, settings, signer};
use scf_core::call::Call;
use scf_core::error::ProtocolError;
use scf_core::invocation::Invocation;
use scf_core::payload::Payload;
use scf_core::reply;
use scf_core::request::{RequestError, Settings};
use scf_core::tc3::Signer;

use crate::check;
use crate::day_key;
use crate::problem::Problem;
use crate::status::Status;
use crate::types::{Credential, Request, Sink, Source};

/// The size of an scf_call in words of eight bytes.
#[cfg(target_pointer_width = "64")]
pub const CALL_WORDS: usize = 180;

/// The size of an scf_call in words of eight bytes.
#[cfg(target_pointer_width = "32")]
pub const CALL_WORDS: usize = 148;

/// One call, from start to finish. Zeroed, it is empty. It owns nothing, so it
/// may be given up at any time, but between start and finish it must not be
/// moved or copied.
#[repr(C)]
#[derive(Debug)]
pub struct CallStorage {
    /// For this library only.
    pub opaque: [u64; CALL_WORDS],
}

/// What the storage holds.
struct State {
    /// [`mark_of`] the storage, or the rest means nothing.
    mark: usize,
    /// Whether a function of this interface is at work, because it may call
    /// back.
    busy: bool,
    /// Whether reading or writing failed, by what C says.
    transport_failed: bool,
    /// Whether the response is complete.
    complete: bool,
    /// Whether bytes came after the response.
    excess: bool,
    /// Whether `call` holds a call.
    running: bool,
    /// Why it cannot go on.
    stopped: Option<Stop>,
    buffer: *mut u8,
    length: usize,
    settings: MaybeUninit<Settings<'static>>,
    invocation: MaybeUninit<Invocation<'static>>,
    source: Reader,
    sink: Writer,
    call: MaybeUninit<Call<'static>>,
}

#[derive(Clone, Copy)]
enum Stop {
    /// There is no request.
    Request(Problem),
    /// The response cannot be read.
    Protocol(ProtocolError),
}

impl Stop {
    fn status(self) -> Status {
        match self {
            Self::Request(problem) => problem.status,
            Self::Protocol(error) => Problem::from(error).status,
        }
    }
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
        let state: *mut State = check::storage(call, size_of::<CallStorage>())?;
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
        Ok(Self(state))
    }

    fn stopped(&self) -> Option<Stop> {
        // SAFETY: `new` has found a state there.
        unsafe { (*self.0).stopped }
    }

    /// The call, unless it cannot go on.
    fn call(&mut self) -> Result<&mut Call<'static>, Status> {
        if let Some(stop) = self.stopped() {
            return Err(stop.status());
        }
        // SAFETY: a state that is not stopped has a call, and nothing else
        // borrows that field while `self` is borrowed.
        Ok(unsafe { (*self.0).call.assume_init_mut() })
    }

    /// Remembers why the call cannot go on.
    fn stop(&mut self, stop: Stop) -> Status {
        // SAFETY: `new` has found a state there, and nobody borrows the field.
        unsafe { (*self.0).stopped = Some(stop) };
        stop.status()
    }

    fn completed(&mut self) {
        // SAFETY: `new` has found a state there, and nobody borrows the field.
        unsafe { (*self.0).complete = true };
    }

    fn request_failed(&mut self, error: RequestError) -> Status {
        self.stop(Stop::Request(error.into()))
    }

    /// Refuses bytes that are in the call's buffer.
    fn apart(&self, bytes: *const u8, length: usize) -> Result<(), Status> {
        // SAFETY: `new` has found a state there.
        let (buffer, buffer_length) = unsafe { ((*self.0).buffer, (*self.0).length) };
        check::apart(bytes, length, buffer, buffer_length)
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
/// After a failure, scf_call_finish() tells more of it.
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
    let state: *mut State = match check::storage(call, size) {
        Ok(state) => state,
        Err(status) => return status,
    };
    // SAFETY: the storage is large enough and aligned, and C promises that it
    // is valid and was zeroed before its first use.
    unsafe {
        // A callback of a call must not start it anew.
        if (*state).mark == mark_of(state) && (*state).busy {
            return Status::Busy;
        }
        (&raw mut (*state).mark).write(mark_of(state));
        (&raw mut (*state).busy).write(true);
        (&raw mut (*state).transport_failed).write(false);
        (&raw mut (*state).complete).write(false);
        (&raw mut (*state).excess).write(false);
        (&raw mut (*state).running).write(false);
        (&raw mut (*state).stopped).write(None);
        (&raw mut (*state).buffer).write(buffer);
        (&raw mut (*state).length).write(length);
        (&raw mut (*state).source).write(Reader {
            source: Source { read: None, context: core::ptr::null_mut() },
            offset: 0,
        });
        (&raw mut (*state).sink)
            .write(Writer(Sink { write: None, context: core::ptr::null_mut() }));
    }
    let mut entered = Entered(state);
    // SAFETY: the state is there now, and C makes the promises above.
    match unsafe { start(state, request, credential, now, buffer, length) } {
        Ok(()) => Status::Ok,
        Err(problem) => entered.stop(Stop::Request(problem)),
    }
}

/// # Safety
/// `state` has all fields but settings, invocation and call; the pointers are
/// as [`scf_call_start`] promises.
unsafe fn start(
    state: *mut State,
    request: *const Request,
    credential: *const Credential,
    now: u64,
    buffer: *mut u8,
    length: usize,
) -> Result<(), Problem> {
    // SAFETY: C's pointers are valid, and stay so until the call is finished:
    // that is what 'static stands for here.
    let (request, credential, buffer) = unsafe {
        let request = check::read(request)?;
        (request, check::read(credential)?, check::bytes_mut::<'static>(buffer, length)?)
    };
    // SAFETY: likewise.
    let (settings, invocation) = unsafe { (settings(&request)?, invocation(&request)?) };
    // SAFETY: likewise; the day key is needed no longer than this takes.
    let mut signer = unsafe { signer(&credential)? };
    // SAFETY: likewise.
    let event = unsafe { check::optional(request.event)? };

    // SAFETY: the storage does not move while the call is in it, and each of
    // these fields is borrowed once, apart from the others.
    let (settings, invocation, source, sink) = unsafe {
        (*state).source.source = request.source;
        (*state).sink.0 = request.sink;
        let settings: &'static Settings<'static> = (*state).settings.write(settings);
        let invocation: &'static Invocation<'static> = (*state).invocation.write(invocation);
        (settings, invocation, &mut (*state).source, &mut (*state).sink)
    };
    let payload = match (event, request.source.read) {
        (Some(_), Some(_)) => return Err(Status::EventTwice.into()),
        (Some(text), None) => Payload::from(text),
        (None, Some(_)) => Payload::source(source),
        (None, None) => Payload::none(),
    };
    let sink: Option<&'static mut dyn reply::Sink> = match request.sink.write {
        Some(_) => Some(sink),
        None => None,
    };
    // SAFETY: the field holds no call, and nobody borrows it.
    let place = unsafe { &mut (*state).call };
    prepare(place, settings, invocation, payload, &mut signer, now, buffer, sink)?;
    // SAFETY: the state is there, and the place for the day key was checked
    // with the credential.
    unsafe {
        (*state).running = true;
        if !credential.secret_key.data.is_null()
            && !credential.day_key.is_null()
            && let Some(key) = signer.day_key()
        {
            day_key::set(credential.day_key, credential.day_key_size, key.clone())?;
        }
    }
    Ok(())
}

/// Apart, so that the call is copied as one and not field by field, and its
/// stack is given back.
#[inline(never)]
#[allow(clippy::too_many_arguments, reason = "they are Call::new's, and the place for the call")]
fn prepare(
    place: &mut MaybeUninit<Call<'static>>,
    settings: &'static Settings<'static>,
    invocation: &'static Invocation<'static>,
    payload: Payload<'static>,
    signer: &mut Signer<'static>,
    now: u64,
    buffer: &'static mut [u8],
    sink: Option<&'static mut dyn reply::Sink>,
) -> Result<(), RequestError> {
    Call::new_in(place, settings, invocation, payload, signer, now, buffer, sink)?;
    Ok(())
}
