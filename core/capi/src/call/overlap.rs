//! The memory of a call: storage, buffer, texts and what is written for C
//! share no byte.

use super::parameters::{CREDENTIAL_TEXTS, REQUEST_TEXTS};
use super::{CallStorage, Entered};
use crate::check::{self, Run};
use crate::status::Status;
use crate::types::{Credential, Request, Text};

/// All texts of a request, and secret id and token.
pub(super) const KEPT_TEXTS: usize = REQUEST_TEXTS + 2;

/// The names of what a call is started with, a line each: the structs, then the
/// texts of each in their order.
const NAMES: &[u8] = b"day_key
request
credential
function_name
region
host
event
qualifier
function_namespace
routing_key
path
request_client
trace_id
secret_id
secret_key
token";
const DAY_KEY: usize = 0;
const REQUEST: usize = 1;
const FIRST_TEXT: usize = 3;
const COUNT: usize = FIRST_TEXT + REQUEST_TEXTS + CREDENTIAL_TEXTS;

/// A status, and which of [`NAMES`] it is about.
#[derive(Clone, Copy)]
pub(super) struct Refusal {
    pub(super) status: Status,
    index: usize,
}

impl Refusal {
    /// Returns the name of what overlaps the buffer or the day key.
    pub(super) fn name(self) -> &'static [u8] {
        match self.status {
            Status::OverlapBuffer | Status::OverlapStorage => {
                NAMES.split(|byte| *byte == b'\n').nth(self.index).unwrap_or_default()
            }
            _ => b"",
        }
    }
}

/// Checks every pointer and length that a call is started with, and that none
/// overlaps. Nothing is written.
///
/// # Safety
/// Unless null, `request` and `credential` can be read; `call` was checked.
#[inline(never)]
pub(super) unsafe fn check(
    call: *const CallStorage,
    buffer: Run,
    request: *const Request,
    credential: *const Credential,
) -> Result<(), Refusal> {
    let mut index = DAY_KEY;
    let mut checks = || {
        check::place(request)?;
        check::place(credential)?;
        check::run(buffer.start, buffer.length)?;
        // SAFETY: the place was checked, and the rest is the caller's promise.
        let (key, key_size) = unsafe { ((*credential).day_key, (*credential).day_key_size) };
        let mut key_run = Run { length: 0, ..buffer };
        if !key.is_null() {
            check::storage(key, key_size)?;
            key_run = Run::of(key);
        }
        // What is written, each of which is apart from all that follows.
        let written = [
            (Run::of(call), Status::OverlapCall),
            (buffer, Status::OverlapBuffer),
            (key_run, Status::OverlapStorage),
        ];
        check::apart(written[0].0, buffer, Status::OverlapCall)?;
        for (run, overlap) in &written[..2] {
            check::apart(*run, key_run, *overlap)?;
        }
        for next in REQUEST..COUNT {
            index = next;
            // SAFETY: both structs begin with so many texts, and can be read.
            let read = unsafe {
                match next.checked_sub(FIRST_TEXT) {
                    None if next == REQUEST => Run::of(request),
                    None => Run::of(credential),
                    Some(text) => Run::of_text(match text.checked_sub(REQUEST_TEXTS) {
                        None => *request.cast::<Text>().add(text),
                        Some(text) => *credential.cast::<Text>().add(text),
                    }),
                }
            };
            check::run(read.start, read.length)?;
            for (run, overlap) in &written {
                check::apart(*run, read, *overlap)?;
            }
        }
        Ok(())
    };
    let checked = checks();
    checked.map_err(|status| Refusal { status, index })
}

/// Returns the texts that the call needs until it is finished.
///
/// # Safety
/// Both can be read.
pub(super) unsafe fn kept_texts(
    request: *const Request,
    credential: *const Credential,
) -> [Text; KEPT_TEXTS] {
    let mut kept = [Text::NONE; KEPT_TEXTS];
    let [texts @ .., secret_id, token] = &mut kept;
    // SAFETY: a request begins with so many texts.
    unsafe {
        *texts = *request.cast::<[Text; REQUEST_TEXTS]>();
        *secret_id = (*credential).secret_id;
        *token = (*credential).token;
    }
    kept
}

impl Entered {
    /// Refuses memory to read that the call writes to.
    pub(super) fn apart(&self, read: Run) -> Result<(), Status> {
        check::run(read.start, read.length)?;
        check::apart(Run::of(self.0.cast::<CallStorage>()), read, Status::OverlapCall)?;
        // SAFETY: `new` has found a state there.
        let buffer = unsafe { Run { start: (*self.0).buffer, length: (*self.0).length } };
        check::apart(buffer, read, Status::OverlapBuffer)
    }

    /// Refuses memory to write to that the call reads or writes.
    #[inline(never)]
    pub(crate) fn unused(&self, output: Run) -> Result<(), Status> {
        self.apart(output)?;
        for index in 0..KEPT_TEXTS {
            // SAFETY: `new` has found a state there, with so many texts.
            let text = unsafe { *(&raw const (*self.0).texts).cast::<Text>().add(index) };
            check::apart(Run::of_text(text), output, Status::OverlapText)?;
        }
        Ok(())
    }

    /// The same of two places or runs, which are apart from each other.
    #[inline(never)]
    pub(super) fn both_unused(&self, one: Run, two: Run) -> Result<(), Status> {
        self.unused(one)?;
        self.unused(two)?;
        check::apart(one, two, Status::OverlapOutput)
    }
}
