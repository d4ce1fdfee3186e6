//! The core's one fixed form of the call, which C links without the rest.

use core::ffi::c_void;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use scf_invoke_core::Signer;
use scf_invoke_core::lite::{self, LiteReply, Target};
use scf_invoke_core::request::region::Region;
use scf_invoke_core::sign::credential::CredentialError;
use scf_invoke_core::sign::day_signer::{DaySigner, SignCall};

use crate::check::{self, Run, known};
use crate::day_key;
use crate::outcome::{Delivery, Retry};
use crate::status::Status;
use crate::types::Text;

/// Sends some of the bytes and returns how many; 0 or less is a failure.
pub type Send =
    Option<unsafe extern "C" fn(context: *mut c_void, bytes: *const u8, length: usize) -> isize>;

/// Waits for bytes and returns how many; 0 is the end, less is a failure.
pub type Receive =
    Option<unsafe extern "C" fn(context: *mut c_void, bytes: *mut u8, room: usize) -> isize>;

/// What a function takes, and the connection to send it over. Zeroed, nothing
/// is set; all but token and day key must be.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct LiteCall {
    /// The function's name.
    pub function_name: Text,
    /// The region, such as ap-guangzhou.
    pub region: Text,
    /// The host as it is signed, with a port where that is not the default.
    pub host: Text,
    /// The event, JSON text.
    pub event: Text,
    /// The public part of the credential.
    pub secret_id: Text,
    /// The secret key, for scf_lite_invoke() alone.
    pub secret_key: Text,
    /// The token of temporary credentials, where these are some.
    pub token: Text,
    /// For scf_lite_invoke_by_day_key() the key that signs; for scf_lite_invoke()
    /// null, or a place to keep the key of the day.
    pub day_key: *mut crate::DayKeyStorage,
    /// `sizeof *day_key`.
    pub day_key_size: usize,
    /// Sends bytes to the host.
    pub send: Send,
    /// Receives bytes from it.
    pub receive: Receive,
    /// Handed to both.
    pub context: *mut c_void,
}

/// The outcome of scf_lite_invoke().
#[repr(C)]
#[derive(Debug)]
pub struct LiteOutcome {
    /// The function's result, or the reason of its failure, in the buffer.
    pub result: Text,
    /// The server's clock in unix seconds; 0 where it is not known.
    pub server_time: u64,
    /// The status of the call.
    pub status: Status,
    /// The point that the request reached.
    pub delivery: Delivery,
    /// The change that could make another try succeed.
    pub retry: Retry,
}

/// A connection of C's.
struct Connection<'a>(&'a LiteCall);

impl ErrorType for Connection<'_> {
    type Error = ErrorKind;
}

impl Write for Connection<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let send = self.0.send.ok_or(ErrorKind::Other)?;
        // SAFETY: C gave the function for this, and `bytes` is valid.
        count(unsafe { send(self.0.context, bytes.as_ptr(), bytes.len()) }, bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

impl Read for Connection<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        let receive = self.0.receive.ok_or(ErrorKind::Other)?;
        // SAFETY: C gave the function for this, and `out` is valid.
        count(unsafe { receive(self.0.context, out.as_mut_ptr(), out.len()) }, out.len())
    }
}

/// Returns the number of bytes that C's function reports, if it can be right.
fn count(reported: isize, room: usize) -> Result<usize, ErrorKind> {
    usize::try_from(reported).ok().filter(|&count| count <= room).ok_or(ErrorKind::Other)
}

/// Runs a function by one request over a connection, in as little code as it
/// takes, signed with the secret key.
///
/// `now` is the time in unix seconds. In `buffer` the request's body is put
/// together, then result and response are read: the event, its escapes, the
/// function's name and 110 bytes, and twice the result. The call is synchronous,
/// without log and parameters; the connection is made and closed by the caller.
/// For everything else, there is scf_call_start().
///
/// A status of a wrong pointer, length or text, or of memory that overlaps,
/// leaves `outcome` as it was; any other is in the outcome as well, which tells
/// what became of the request.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_lite_invoke(
    call: *const LiteCall,
    now: u64,
    buffer: *mut u8,
    length: usize,
    outcome: *mut LiteOutcome,
) -> Status {
    let buffer = Run { start: buffer, length };
    // SAFETY: C promises that its pointers are valid for the call.
    unsafe {
        if let Err(status) = check_all(call, buffer, outcome) {
            return status;
        }
        let (call, outcome) = (&*call, &mut *outcome);
        let kept = day_key::get(call.day_key).cloned();
        let secret_key = known(call.secret_key);
        let signer = Signer::from_parts(id(call), secret_key, known(call.token), kept);
        let signer = run(call, signer, now, buffer, outcome);
        if let Some(signer) = signer {
            day_key::keep(call.day_key, &signer);
        }
        outcome.status
    }
}

/// As scf_lite_invoke(), signed with a day key alone; the code that derives one
/// is not linked. The key's own day bounds the clock: before or after it, the
/// request is signed for its first or last second.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_lite_invoke_by_day_key(
    call: *const LiteCall,
    now: u64,
    buffer: *mut u8,
    length: usize,
    outcome: *mut LiteOutcome,
) -> Status {
    let buffer = Run { start: buffer, length };
    // SAFETY: C promises that its pointers are valid for the call.
    unsafe {
        if let Err(status) = check_all(call, buffer, outcome) {
            return status;
        }
        let (call, outcome) = (&*call, &mut *outcome);
        let Some(key) = day_key::get(call.day_key) else { return Status::State };
        let signer = DaySigner::new(id(call), key);
        let signer = signer.and_then(|signer| match known(call.token) {
            Some(token) => signer.token(token),
            None => Ok(signer),
        });
        run(call, signer, now, buffer, outcome);
        outcome.status
    }
}

/// # Safety
/// As for [`known`].
unsafe fn id(call: &LiteCall) -> &str {
    // SAFETY: the caller's promise is the same.
    unsafe { known(call.secret_id) }.unwrap_or_default()
}

/// A call begins with all its texts, which therefore are checked as a row.
const TEXTS: usize = 7;
const _: () = assert!(core::mem::offset_of!(LiteCall, day_key) == TEXTS * size_of::<Text>());

/// Checks every pointer, length and text, and that nothing that is written
/// overlaps; then zeroes the outcome.
///
/// # Safety
/// What is not null can be read or written.
#[inline(never)]
unsafe fn check_all(
    call: *const LiteCall,
    buffer: Run,
    outcome: *mut LiteOutcome,
) -> Result<(), Status> {
    check::place(call)?;
    check::place(outcome)?;
    check::run(buffer.start, buffer.length)?;
    let written = [
        (Run::of(outcome), Status::OverlapOutput),
        (buffer, Status::OverlapBuffer),
        // SAFETY: the place was checked, and the rest is the caller's promise.
        (unsafe { key_of(call) }?, Status::OverlapStorage),
    ];
    for (index, (run, overlap)) in written.iter().enumerate() {
        for (other, _) in written.iter().skip(index.wrapping_add(1)) {
            check::apart(*run, *other, *overlap)?;
        }
        check::apart(*run, Run::of(call), *overlap)?;
    }
    for index in 0..TEXTS {
        // SAFETY: a call begins with so many texts.
        let text = Run::of_text(unsafe { *call.cast::<Text>().add(index) });
        check::run(text.start, text.length)?;
        for (run, overlap) in &written {
            check::apart(*run, text, *overlap)?;
        }
    }
    // SAFETY: the texts are possible runs of bytes and apart from what is
    // written; an outcome has a value of zeroes.
    unsafe {
        check::texts(call.cast(), TEXTS)?;
        outcome.write_bytes(0, 1);
    }
    Ok(())
}

/// Returns the run of the day key, empty where there is none.
///
/// # Safety
/// `call` can be read.
unsafe fn key_of(call: *const LiteCall) -> Result<Run, Status> {
    // SAFETY: the caller's promise is the same.
    let (key, size) = unsafe { ((*call).day_key, (*call).day_key_size) };
    if key.is_null() {
        return Ok(Run { start: core::ptr::null(), length: 0 });
    }
    check::storage(key, size)?;
    Ok(Run::of(key))
}

/// Runs the call; returns the signer after it, if there is one.
///
/// # Safety
/// [`check_all`] had no objection.
unsafe fn run<S: SignCall>(
    call: &LiteCall,
    signer: Result<S, CredentialError>,
    now: u64,
    buffer: Run,
    outcome: &mut LiteOutcome,
) -> Option<S> {
    let mut signer = match signer {
        Ok(signer) => signer,
        Err(error) => {
            outcome.status = Status::numbered(error.code());
            return None;
        }
    };
    // SAFETY: the caller's promise is the same, and the buffer is apart from all
    // that is read.
    let text = |text: Text| unsafe { known(text) }.unwrap_or_default();
    let Some(region) = Region::new(text(call.region)) else {
        outcome.status = Status::Region;
        return Some(signer);
    };
    let target = Target { host: text(call.host), region, function: text(call.function_name) };
    // SAFETY: as above.
    let buffer = unsafe { check::bytes_mut(buffer.start.cast_mut(), buffer.length) };
    let buffer = buffer.unwrap_or_default();
    let event = text(call.event);
    match lite::invoke(&mut Connection(call), &mut signer, &target, event, now, buffer) {
        Ok(reply) => outcome.reply(&reply),
        Err(error) => {
            outcome.status = Status::numbered(error.code());
            outcome.delivery = error.delivery().into();
            outcome.retry = error.retry().into();
            outcome.server_time = error.server_time().unwrap_or(0);
        }
    }
    Some(signer)
}

impl LiteOutcome {
    fn reply(&mut self, reply: &LiteReply<'_>) {
        // A function that failed may have run, and what may have is not repeated.
        self.delivery = Delivery::Executed;
        self.result = Text { data: reply.result.as_ptr().cast(), length: reply.result.len() };
        // SAFETY: the text is a part of the buffer.
        self.status = match unsafe { check::texts(&raw const self.result, 1) } {
            Err(_) => {
                self.result = Text::NONE;
                Status::ResultUtf8
            }
            Ok(()) if reply.is_failure => Status::FunctionFailed,
            Ok(()) => Status::Ok,
        };
    }
}
