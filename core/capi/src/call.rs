//! Calls in storage of C's.
//!
//! A core call borrows its settings, its invocation, its source and its sink.
//! Here these stand beside it in the same storage, which therefore must not
//! move; the mark knows the storage's address and tells when it did. Only
//! fields are ever borrowed, never the whole, so that what the call borrows
//! stays its own.

use core::ffi::c_char;
use core::mem::{MaybeUninit, align_of, size_of};

use scf_core::call::{Call, Completed, ExchangeError};
use scf_core::error::{Error, ProtocolError};
use scf_core::invocation::{self, Invocation};
use scf_core::payload::{self, Payload, SourceError};
use scf_core::region::Region;
use scf_core::reply;
use scf_core::request::{self, RequestError, Settings, Signing};
use scf_core::tc3::{self, Signer};

use crate::check;
use crate::day_key;
use crate::outcome::{Delivery, Outcome};
use crate::problem::Problem;
use crate::status::Status;
use crate::types::{
    CLOSE, Credential, Request, Sink, Source, Text, UNSIGNED_ACTION, UNSIGNED_PAYLOAD,
};

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

/// A source of C's.
struct Reader {
    source: Source,
    offset: u64,
}

impl payload::Source for Reader {
    fn rewind(&mut self) {
        self.offset = 0;
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
        let read = self.source.read.ok_or(SourceError)?;
        // SAFETY: C gave the function for this, and `out` is valid.
        let count = unsafe { read(self.source.context, self.offset, out.as_mut_ptr(), out.len()) };
        if count > out.len() {
            return Err(SourceError);
        }
        self.offset += count as u64;
        Ok(count)
    }
}

/// A sink of C's.
struct Writer(Sink);

impl reply::Sink for Writer {
    fn write(&mut self, field: reply::TextField, piece: &[u8]) -> Result<(), reply::SinkError> {
        let write = self.0.write.ok_or(reply::SinkError)?;
        let field = match field {
            reply::TextField::RetMsg => crate::TextField::Result,
            reply::TextField::Log => crate::TextField::Log,
        };
        // SAFETY: C gave the function for this, and `piece` is valid.
        let answer = unsafe { write(self.0.context, field as i32, piece.as_ptr(), piece.len()) };
        if answer == 0 { Ok(()) } else { Err(reply::SinkError) }
    }
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

/// # Safety
/// The request's pointers stay valid until the call is finished.
#[inline(never)]
unsafe fn settings(request: &Request) -> Result<Settings<'static>, Problem> {
    // SAFETY: the caller's promise is the same.
    let text = |text: Text| unsafe { check::optional::<'static>(text) };
    let region = Region::new(text(request.region)?.unwrap_or_default()).ok_or(Status::Region)?;
    let mut settings = Settings::new(region, text(request.host)?.unwrap_or_default());
    if let Some(path) = text(request.path)? {
        settings = settings.path(path);
    }
    if let Some(name) = text(request.request_client)? {
        settings = settings.request_client(name);
    }
    if let Some(id) = text(request.trace_id)? {
        settings = settings.trace_id(id);
    }
    settings = match request.language {
        0 => settings,
        1 => settings.language(request::Language::ZhCn),
        2 => settings.language(request::Language::EnUs),
        _ => return Err(Status::Choice.into()),
    };
    settings = match request.method {
        0 => settings.method(tc3::Method::Post),
        1 => settings.method(tc3::Method::Get),
        _ => return Err(Status::Choice.into()),
    };
    let flags = request.flags;
    if flags & !(UNSIGNED_ACTION | UNSIGNED_PAYLOAD | CLOSE) != 0 {
        return Err(Status::Choice.into());
    }
    let signing = Signing::Tc3 {
        action: flags & UNSIGNED_ACTION == 0,
        payload: flags & UNSIGNED_PAYLOAD == 0,
    };
    Ok(settings.signing(signing).keep_alive(flags & CLOSE == 0))
}

/// # Safety
/// The request's pointers stay valid until the call is finished.
#[inline(never)]
unsafe fn invocation(request: &Request) -> Result<Invocation<'static>, Problem> {
    // SAFETY: the caller's promise is the same.
    let text = |text: Text| unsafe { check::optional::<'static>(text) };
    let mut invocation = Invocation::new(text(request.function_name)?.unwrap_or_default());
    invocation = match request.action {
        0 => invocation,
        1 => invocation.action(invocation::Action::InvokeFunction),
        _ => return Err(Status::Choice.into()),
    };
    invocation = match request.invocation_type {
        0 => invocation,
        1 => invocation.invocation_type(invocation::InvocationType::RequestResponse),
        2 => invocation.invocation_type(invocation::InvocationType::Event),
        _ => return Err(Status::Choice.into()),
    };
    invocation = match request.log_type {
        0 => invocation,
        1 => invocation.log_type(invocation::LogType::None),
        2 => invocation.log_type(invocation::LogType::Tail),
        _ => return Err(Status::Choice.into()),
    };
    if let Some(qualifier) = text(request.qualifier)? {
        invocation = invocation.qualifier(qualifier);
    }
    if let Some(namespace) = text(request.function_namespace)? {
        invocation = invocation.namespace(namespace);
    }
    if let Some(key) = text(request.routing_key)? {
        invocation = invocation.routing_key(key);
    }
    Ok(invocation)
}

/// # Safety
/// The credential's pointers stay valid until the call is finished.
#[inline(never)]
unsafe fn signer(credential: &Credential) -> Result<Signer<'static>, Problem> {
    // SAFETY: the caller's promise is the same.
    let text = |text: Text| unsafe { check::optional::<'static>(text) };
    let id = text(credential.secret_id)?.unwrap_or_default();
    let kept = match credential.day_key.is_null() {
        true => None,
        // SAFETY: likewise.
        false => unsafe { day_key::get(credential.day_key, credential.day_key_size) }?.cloned(),
    };
    let mut signer = match (text(credential.secret_key)?, kept) {
        (None, Some(key)) => Signer::with_day_key(id, key)?,
        (Some(secret), Some(key)) => Signer::new(id, secret)?.remember(key),
        // Where nothing is given, it is the secret key that is missing.
        (secret, None) => Signer::new(id, secret.unwrap_or_default())?,
    };
    if let Some(token) = text(credential.token)? {
        signer = signer.token(token)?;
    }
    Ok(signer)
}

/// Tells the length of the whole request, before any of it is taken. A source
/// is read for this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_measure(call: *mut CallStorage, length: *mut usize) -> Status {
    let work = |entered: &mut Entered| {
        check::place(length)?;
        let measured = measure(entered)?;
        // SAFETY: C promises that its pointers are valid for the call.
        unsafe { check::write(length, measured) }?;
        Ok(Status::Ok)
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

fn measure(entered: &mut Entered) -> Result<usize, Status> {
    let call = entered.call()?;
    let mut length = 0usize;
    loop {
        match call.transmit() {
            Ok([]) => break,
            Ok(bytes) => length = length.saturating_add(bytes.len()),
            Err(error) => return Err(entered.request_failed(error)),
        }
    }
    call.rewind();
    Ok(length)
}

/// Writes the whole request to `out`, which is apart from the call's buffer.
///
/// `length` gets the request's length; where `room` is less, the status is
/// SCF_STATUS_ROOM, nothing is written, and the call can go on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_write(
    call: *mut CallStorage,
    out: *mut u8,
    room: usize,
    length: *mut usize,
) -> Status {
    let work = |entered: &mut Entered| {
        check::place(length)?;
        entered.apart(out, room)?;
        let needed = measure(entered)?;
        // SAFETY: C promises that its pointers are valid for the call.
        let mut out = unsafe {
            check::write(length, needed)?;
            check::bytes_mut(out, room)?
        };
        if out.len() < needed {
            return Err(Status::Room);
        }
        let call = entered.call()?;
        loop {
            match call.transmit() {
                Ok([]) => return Ok(Status::Ok),
                Ok(bytes) => {
                    // A source that gives more than it did is stopped before.
                    let taken = out.split_off_mut(..bytes.len()).ok_or(Status::Room)?;
                    for (to, from) in taken.iter_mut().zip(bytes) {
                        *to = *from;
                    }
                }
                Err(error) => return Err(entered.request_failed(error)),
            }
        }
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

/// Gives the next bytes to send, which stay until the next function is called:
/// SCF_STATUS_MORE with at least one, SCF_STATUS_OK with none once all are out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_transmit(
    call: *mut CallStorage,
    bytes: *mut *const u8,
    length: *mut usize,
) -> Status {
    // SAFETY: C promises that its pointers are valid for the call.
    unsafe { give(call, bytes, length, |call| call.transmit()) }
}

/// Gives the next bytes of the body alone, for those who have an HTTP client
/// and send scf_call_head() with it. Otherwise as scf_call_transmit().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_body(
    call: *mut CallStorage,
    bytes: *mut *const u8,
    length: *mut usize,
) -> Status {
    // SAFETY: C promises that its pointers are valid for the call.
    unsafe { give(call, bytes, length, |call| call.body()) }
}

/// # Safety
/// As for [`scf_call_transmit`].
unsafe fn give(
    call: *mut CallStorage,
    bytes: *mut *const u8,
    length: *mut usize,
    next: for<'a> fn(&'a mut Call<'static>) -> Result<&'a [u8], RequestError>,
) -> Status {
    let work = |entered: &mut Entered| {
        check::place(bytes)?;
        check::place(length)?;
        // SAFETY: C promises that its pointers are valid for the call.
        let give = |piece: &[u8]| unsafe {
            bytes.write(piece.as_ptr());
            length.write(piece.len());
        };
        give(&[]);
        match next(entered.call()?) {
            Ok([]) => Ok(Status::Ok),
            Ok(piece) => {
                give(piece);
                Ok(Status::More)
            }
            Err(error) => Err(entered.request_failed(error)),
        }
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

/// Writes request line and header fields to `out`, as they are on the wire,
/// for those who have an HTTP client. A GET is nothing but this. `length` gets
/// their length; where `room` is less, the status is SCF_STATUS_ROOM.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_head(
    call: *mut CallStorage,
    out: *mut c_char,
    room: usize,
    length: *mut usize,
) -> Status {
    let work = |entered: &mut Entered| {
        check::place(length)?;
        entered.apart(out.cast(), room)?;
        // SAFETY: C promises that its pointers are valid for the call.
        let out = unsafe { check::bytes_mut(out.cast(), room) }?;
        let (needed, status) = match entered.call()?.head(out) {
            Ok(head) => (head.as_bytes().len(), Status::Ok),
            Err(RequestError::Buffer { needed }) => (needed, Status::Room),
            Err(error) => return Err(entered.request_failed(error)),
        };
        // SAFETY: likewise.
        unsafe { check::write(length, needed) }?;
        Ok(status)
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

/// Says that not all of the bytes that the call gave last were sent, so that
/// the request surely is not executed. The server may have answered all the
/// same: to read on is worth a try.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_send_failed(call: *mut CallStorage) -> Status {
    let work = |entered: &mut Entered| {
        entered.call()?.transmit_failed();
        // SAFETY: the state is there, and nobody borrows the field.
        unsafe { (*entered.0).transport_failed = true };
        Ok(Status::Ok)
    };
    // SAFETY: C promises that its pointers are valid for the call.
    unsafe { with(call, work) }
}

/// Says that reading failed, or took too long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_receive_failed(call: *mut CallStorage) -> Status {
    let work = |entered: &mut Entered| {
        entered.call()?;
        // SAFETY: the state is there, and nobody borrows the field.
        unsafe { (*entered.0).transport_failed = true };
        Ok(Status::Ok)
    };
    // SAFETY: C promises that its pointers are valid for the call.
    unsafe { with(call, work) }
}

/// Gives the place to read the next bytes of the response into, which has
/// room for one at least.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_window(
    call: *mut CallStorage,
    window: *mut *mut u8,
    room: *mut usize,
) -> Status {
    let work = |entered: &mut Entered| {
        check::place(window)?;
        check::place(room)?;
        let found = entered.call()?.window();
        // SAFETY: C promises that its pointers are valid for the call.
        unsafe {
            window.write(found.as_mut_ptr());
            room.write(found.len());
        }
        Ok(Status::Ok)
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

/// Takes the first `count` bytes of the window; 0 says that the peer has
/// closed. SCF_STATUS_MORE while the response goes on, SCF_STATUS_OK once it
/// is complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_received(call: *mut CallStorage, count: usize) -> Status {
    let work = |entered: &mut Entered| {
        if count > entered.call()?.window().len() {
            return Err(Status::Count);
        }
        receive(entered, count)
    };
    // SAFETY: C promises that its pointers are valid for the call.
    unsafe { with(call, work) }
}

fn receive(entered: &mut Entered, count: usize) -> Result<Status, Status> {
    match entered.call()?.received(count) {
        Ok(true) => {
            entered.completed();
            Ok(Status::Ok)
        }
        Ok(false) => Ok(Status::More),
        Err(error) => Err(entered.stop(Stop::Protocol(error))),
    }
}

/// Takes bytes of the response from memory of your own, any number of them.
/// Otherwise as scf_call_received(), which also says that the peer has closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_push(
    call: *mut CallStorage,
    bytes: *const u8,
    length: usize,
) -> Status {
    let work = |entered: &mut Entered| {
        entered.call()?;
        entered.apart(bytes, length)?;
        // SAFETY: C promises that its pointers are valid for the call.
        let mut rest = unsafe { check::bytes(bytes, length) }?;
        while !rest.is_empty() {
            let window = entered.call()?.window();
            let mut count = 0;
            for (to, from) in window.iter_mut().zip(rest) {
                *to = *from;
                count += 1;
            }
            rest = rest.get(count..).unwrap_or_default();
            if receive(entered, count)? == Status::Ok {
                // SAFETY: the state is there, and nobody borrows the field.
                unsafe { (*entered.0).excess |= !rest.is_empty() };
                return Ok(Status::Ok);
            }
        }
        Ok(Status::More)
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

/// Takes the response's status and its Date header, which may be left out,
/// from an HTTP client.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_response_head(
    call: *mut CallStorage,
    http_status: u16,
    date: *const c_char,
    date_length: usize,
) -> Status {
    let work = |entered: &mut Entered| {
        // SAFETY: C promises that its pointers are valid for the call.
        let date = unsafe { check::optional(Text { data: date, length: date_length }) }?;
        entered.call()?.response_head(http_status, date);
        Ok(Status::Ok)
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

/// Takes bytes of the response's body from an HTTP client.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_response_body(
    call: *mut CallStorage,
    bytes: *const u8,
    length: usize,
) -> Status {
    let work = |entered: &mut Entered| {
        entered.apart(bytes, length)?;
        // SAFETY: C promises that its pointers are valid for the call.
        let bytes = unsafe { check::bytes(bytes, length) }?;
        entered.call()?.response_body(bytes);
        Ok(Status::More)
    };
    // SAFETY: likewise.
    unsafe { with(call, work) }
}

/// Says that the body from an HTTP client has ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_response_end(call: *mut CallStorage) -> Status {
    let work = |entered: &mut Entered| {
        entered.call()?.response_end();
        entered.completed();
        Ok(Status::Ok)
    };
    // SAFETY: C promises that its pointers are valid for the call.
    unsafe { with(call, work) }
}

/// Ends the call, wherever it stands, and tells how it ended; the status is
/// the outcome's. The storage is empty after, and the texts of the outcome are
/// in the buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_call_finish(call: *mut CallStorage, outcome: *mut Outcome) -> Status {
    if let Err(status) = check::place(outcome) {
        return status;
    }
    // SAFETY: not null and aligned, and C promises that it is valid and not
    // used otherwise; every field has a value of zeroes.
    let outcome = unsafe {
        outcome.write_bytes(0, 1);
        &mut *outcome
    };
    outcome.clear();
    // SAFETY: C promises that its pointers are valid for the call.
    match unsafe { Entered::new(call) } {
        Ok(entered) => finish(&entered, outcome),
        // Nothing is known of a call that is not there.
        Err(status) => outcome.problem(status.into(), Delivery::Unknown),
    }
    outcome.status
}

fn finish(entered: &Entered, outcome: &mut Outcome) {
    let state = entered.0;
    // SAFETY: the state is there, and nobody borrows these fields.
    let (running, failed, excess) = unsafe {
        // Whatever follows, this call is over.
        (*state).mark = 0;
        let failed = (*state).transport_failed && !(*state).complete;
        ((*state).running, failed, (*state).excess)
    };
    let exchange = match entered.stopped() {
        // The request is not whole, so nobody runs anything for it.
        Some(Stop::Request(problem)) => return outcome.problem(problem, Delivery::NotSent),
        Some(Stop::Protocol(error)) => Err(ExchangeError::Protocol(error)),
        None if failed => Err(ExchangeError::Transport(())),
        None => Ok(()),
    };
    if !running {
        return outcome.problem(Status::State.into(), Delivery::NotSent);
    }
    // SAFETY: the state is running, so the field has a call, and nobody else
    // borrows it. It owns nothing that would have to be dropped.
    let call = unsafe { (*state).call.assume_init_ref() };
    outcome.keep_alive = (call.keep_alive() && !excess).into();
    match conclude(call, exchange) {
        Ok(completed) => {
            // SAFETY: the state is there, C promises that its buffer is valid,
            // and the call that has it is not used any more.
            let buffer = unsafe {
                let length = if (*state).sink.0.write.is_none() { (*state).length } else { 0 };
                check::bytes((*state).buffer, length)
            };
            outcome.completed(completed, buffer.unwrap_or_default());
        }
        Err(error) => outcome.error(&error),
    }
}

/// Apart, so that its stack is given back.
#[inline(never)]
fn conclude(
    call: &Call<'static>,
    exchange: Result<(), ExchangeError<()>>,
) -> Result<Completed, Error<()>> {
    call.conclude(exchange)
}
