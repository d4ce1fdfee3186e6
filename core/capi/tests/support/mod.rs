//! The C program's part in several tests; each uses some of it.
#![allow(dead_code, unreachable_pub, unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks, reason = "tests that play C")]

use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use scf_invoke_capi::*;

pub const SECRET_ID: &str = "AKIDEXAMPLE";
pub const SECRET_KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
pub const HOST: &str = "scf.tencentcloudapi.com";
pub const NOW: u64 = 1_700_000_000;

pub fn text(text: &str) -> Text {
    Text { data: text.as_ptr().cast(), length: text.len() }
}

pub fn request(event: &str) -> Request {
    let nothing: Request = zeroed();
    Request {
        function_name: text("hello"),
        region: text("ap-guangzhou"),
        host: text(HOST),
        event: text(event),
        ..nothing
    }
}

pub fn credential() -> Credential {
    let nothing: Credential = zeroed();
    Credential { secret_id: text(SECRET_ID), secret_key: text(SECRET_KEY), ..nothing }
}

/// Returns a value of zeroes, as C's static storage is.
pub fn zeroed<T>() -> T {
    unsafe { MaybeUninit::zeroed().assume_init() }
}

/// A call with its buffer, at one place, as C has them.
pub struct CCall {
    pub call: *mut CallStorage,
    pub buffer: *mut u8,
    pub length: usize,
}

impl CCall {
    pub fn new(length: usize) -> Self {
        let buffer = Box::into_raw(vec![0u8; length].into_boxed_slice()).cast();
        Self { call: Box::into_raw(Box::new(zeroed())), buffer, length }
    }

    pub fn start(&self, request: &Request) -> Status {
        self.start_as(request, &credential(), NOW)
    }

    pub fn start_as(&self, request: &Request, credential: &Credential, now: u64) -> Status {
        let size = size_of::<CallStorage>();
        unsafe {
            scf_call_start(self.call, size, request, credential, now, self.buffer, self.length)
        }
    }

    /// Returns all bytes that are to be sent.
    pub fn transmit(&self) -> Result<Vec<u8>, Status> {
        let mut sent = Vec::new();
        loop {
            let (mut bytes, mut length) = (null(), 0);
            match unsafe { scf_call_transmit(self.call, &mut bytes, &mut length) } {
                Status::More => {
                    sent.extend(unsafe { std::slice::from_raw_parts(bytes, length) });
                }
                Status::Ok => return Ok(sent),
                status => return Err(status),
            }
        }
    }

    /// Reads a response in pieces of a size, as from a socket.
    pub fn receive(&self, mut response: &[u8], piece: usize) -> Status {
        loop {
            let (mut window, mut room) = (null_mut(), 0);
            let status = unsafe { scf_call_window(self.call, &mut window, &mut room) };
            if status != Status::Ok {
                return status;
            }
            let count = piece.min(room).min(response.len());
            unsafe { window.copy_from(response.as_ptr(), count) };
            response = &response[count..];
            match unsafe { scf_call_received(self.call, count) } {
                Status::More => {}
                status => return status,
            }
        }
    }

    pub fn push(&self, bytes: &[u8]) -> Status {
        unsafe { scf_call_push(self.call, bytes.as_ptr(), bytes.len()) }
    }

    /// Returns the next step after the attempt that the call made, and the wait.
    pub fn next(&self, attempts: &mut CAttempts, reused: bool) -> Result<(Next, u32), Status> {
        let (mut next, mut wait_ms) = (Next::GiveUp, u32::MAX);
        let (size, reused) = (size_of::<AttemptsStorage>(), reused.into());
        let (storage, random) = (&raw mut attempts.0, 0x8000_0000);
        let status = unsafe {
            scf_attempts_next(storage, size, self.call, reused, random, &mut next, &mut wait_ms)
        };
        if status == Status::Ok { Ok((next, wait_ms)) } else { Err(status) }
    }

    pub fn finish(&self) -> Outcome {
        let mut outcome = zeroed();
        unsafe { scf_call_finish(self.call, &mut outcome) };
        outcome
    }
}

impl Drop for CCall {
    fn drop(&mut self) {
        let buffer = std::ptr::slice_from_raw_parts_mut(self.buffer, self.length);
        unsafe {
            drop(Box::from_raw(self.call));
            drop(Box::from_raw(buffer));
        }
    }
}

/// The attempts of an invocation, as C has them.
pub struct CAttempts(pub AttemptsStorage);

impl CAttempts {
    pub fn start(most: u32) -> Self {
        let mut attempts = Self(zeroed());
        attempts.restart(most);
        attempts
    }

    pub fn restart(&mut self, most: u32) {
        let status = unsafe { scf_attempts_start(&mut self.0, size_of_val(&self.0), most) };
        assert_eq!(status, Status::Ok);
    }

    /// Begins an attempt, and returns the time to sign it with.
    pub fn time(&mut self, local: u64) -> u64 {
        let mut now = 0;
        let size = size_of_val(&self.0);
        let status = unsafe { scf_attempts_time(&mut self.0, size, local, &mut now) };
        assert_eq!(status, Status::Ok);
        now
    }
}

/// Returns a text of an outcome, `None` where it is not set.
pub fn read(text: Text) -> Option<String> {
    if text.data.is_null() {
        return None;
    }
    let bytes = unsafe { std::slice::from_raw_parts(text.data.cast(), text.length) };
    Some(std::str::from_utf8(bytes).unwrap().to_owned())
}

/// Returns the text in a character array of an outcome.
pub fn chars(array: &[c_char]) -> &str {
    let bytes = unsafe { std::slice::from_raw_parts(array.as_ptr().cast(), array.len()) };
    CStr::from_bytes_until_nul(bytes).unwrap().to_str().unwrap()
}

pub fn with_length(status: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\nContent-Length: \
         {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

pub const ANSWER: &str = concat!(
    r#"{"Response":{"Result":{"MemUsage":3207168,"Log":"a\nlog","RetMsg":"hello \ud83d\ude00","#,
    r#""BillDuration":100,"FunctionRequestId":"6add56fa","Duration":0.826,"ErrMsg":"","#,
    r#""InvokeResult":0},"RequestId":"c2af8a64"}}"#
);
