//! The memory of a call: storage, buffer, texts and what is written for C
//! share no byte.

use super::parameters::{CREDENTIAL_TEXTS, REQUEST_TEXTS};
use super::{CallStorage, Entered};
use crate::check::{self, Run};
use crate::status::Status;
use crate::types::{Credential, Request, Text};

/// All texts of a request, and secret id and token.
pub(super) const KEPT_TEXTS: usize = REQUEST_TEXTS + 2;

/// The texts of a request and of a credential, in the order of the structs.
const NAMES: [&str; REQUEST_TEXTS + CREDENTIAL_TEXTS] = [
    "function_name",
    "region",
    "host",
    "event",
    "qualifier",
    "function_namespace",
    "routing_key",
    "path",
    "request_client",
    "trace_id",
    "secret_id",
    "secret_key",
    "token",
];

/// Memory that a call writes to: its storage, its buffer, and the place of the
/// day key. Each is only a run of numbers.
struct Written {
    call: Run,
    buffer: Run,
    day_key: Run,
}

impl Written {
    /// Refuses memory that is read and shares a byte with any of these.
    #[inline(never)]
    fn apart_from(&self, read: Run) -> Result<(), Status> {
        check::run(read.start, read.length)?;
        check::apart(self.call, read, Status::OverlapCall)?;
        check::apart(self.buffer, read, Status::OverlapBuffer)?;
        check::apart(self.day_key, read, Status::OverlapStorage)
    }
}

/// Checks every pointer and length that a call is started with, and that none
/// overlaps. A failure comes with the name of what is wrong, where that is not
/// clear from the status. Nothing is written.
///
/// # Safety
/// Unless null, `request` and `credential` can be read; `call` was checked.
pub(super) unsafe fn check(
    call: *const CallStorage,
    buffer: Run,
    request: *const Request,
    credential: *const Credential,
) -> Result<(), (Status, &'static str)> {
    let plain = |status| (status, "");
    check::place(request).map_err(plain)?;
    check::place(credential).map_err(plain)?;
    check::run(buffer.start, buffer.length).map_err(plain)?;
    // SAFETY: the place was checked, and the rest is the caller's promise.
    let (key, key_size) = unsafe { ((*credential).day_key, (*credential).day_key_size) };
    let mut written = Written { call: Run::of(call), buffer, day_key: Run { length: 0, ..buffer } };
    if !key.is_null() {
        check::storage(key, key_size).map_err(plain)?;
        written.day_key = Run::of(key);
    }
    let named = |name| {
        move |status| match status {
            Status::OverlapBuffer | Status::OverlapStorage => (status, name),
            _ => plain(status),
        }
    };
    check::apart(written.call, buffer, Status::OverlapCall).map_err(plain)?;
    check::apart(written.call, written.day_key, Status::OverlapCall).map_err(plain)?;
    check::apart(buffer, written.day_key, Status::OverlapBuffer).map_err(named("day_key"))?;
    written.apart_from(Run::of(request)).map_err(named("request"))?;
    written.apart_from(Run::of(credential)).map_err(named("credential"))?;
    for (index, name) in NAMES.iter().enumerate() {
        // SAFETY: both structs begin with so many texts, and can be read.
        let text = unsafe {
            match index.checked_sub(REQUEST_TEXTS) {
                None => *request.cast::<Text>().add(index),
                Some(index) => *credential.cast::<Text>().add(index),
            }
        };
        written.apart_from(Run::of_text(text)).map_err(named(name))?;
    }
    Ok(())
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
