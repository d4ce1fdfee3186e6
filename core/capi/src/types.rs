//! The types that C passes in.

use core::ffi::{c_char, c_void};

/// The number of this interface: it changes with every change that a program
/// built for another one would not survive. `scf_abi()` gives the library's.
pub const ABI: u32 = 3;

/// The smallest buffer that a call works with, in bytes; 512 and more save
/// system calls, and a result without a sink needs room as well.
pub const CALL_BUFFER_MIN: usize = 64;

const _: () = assert!(CALL_BUFFER_MIN == scf_invoke_core::call::CALL_BUFFER_MIN);

/// UTF-8 text, which need not end in NUL. A null pointer is a text that is
/// not set; one that is set may be empty.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// The first byte, or null.
    pub data: *const c_char,
    /// The number of bytes.
    pub length: usize,
}

/// The actions of the API.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Synchronous or not.
    Invoke = 0,
    /// Synchronous only.
    InvokeFunction = 1,
}

/// The way to invoke: with or without waiting for the function's result.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvocationType {
    /// Not said: the service waits.
    Default = 0,
    /// Waits.
    RequestResponse = 1,
    /// Returns once the event is accepted.
    Event = 2,
}

/// The part of the function's log to return.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogType {
    /// Not said: the service sends none.
    Default = 0,
    /// No log.
    None = 1,
    /// The last 4 KB.
    Tail = 2,
}

/// The language of the service's error messages.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// The service's choice.
    Default = 0,
    /// Chinese.
    ZhCn = 1,
    /// English.
    EnUs = 2,
}

/// The HTTP method.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Parameters in the body.
    Post = 0,
    /// Parameters in the query; 32 KB at most. SCF_STATUS_CHOICE where the library
    /// was built without the feature get, as scf.wasm is.
    Get = 1,
}

/// Does not sign the header X-TC-Action, as the official SDKs do not.
pub const UNSIGNED_ACTION: u32 = 1;

/// Does not sign the body: only TLS protects it then.
pub const UNSIGNED_PAYLOAD: u32 = 2;

/// Asks the server to close the connection afterwards.
pub const CLOSE: u32 = 4;

/// The count that a source returns when it cannot give its bytes.
pub const SOURCE_FAILED: usize = usize::MAX;

/// Writes the bytes of an event from `offset` on to `out`, `room` at most, and
/// answers how many; 0 is the end. Offsets only go up, except that the event
/// is read more than once, from offset 0 each time: to be measured and signed,
/// and to be sent. Other bytes the second time are an error.
pub type Read = Option<
    unsafe extern "C" fn(context: *mut c_void, offset: u64, out: *mut u8, room: usize) -> usize,
>;

/// An event that is written in pieces and never held whole.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Null where there is none.
    pub read: Read,
    /// Handed to `read`.
    pub context: *mut c_void,
}

/// The texts of a reply that can be long.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextField {
    /// The function's result (RetMsg).
    Result = 0,
    /// The function's log.
    Log = 1,
    /// The message of an error of the API, of which the outcome has the
    /// beginning.
    ApiMessage = 2,
    /// The message of a function that failed, likewise.
    FunctionMessage = 3,
}

/// Takes the next piece of a text (an scf_text_field) as it arrives. A piece may
/// begin or end inside of a character, and UTF-8 is not checked. Any answer but
/// 0 gives the reply up, unless the piece is of a message.
pub type Write = Option<
    unsafe extern "C" fn(context: *mut c_void, field: i32, bytes: *const u8, length: usize) -> i32,
>;

/// A receiver of result and log, in place of the call's buffer.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Sink {
    /// Null where there is none.
    pub write: Write,
    /// Handed to `write`.
    pub context: *mut c_void,
}

/// The function to run, the place and the parameters. Function name, region and
/// host must be set; a field left at zero is not sent, and the service's
/// default holds.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// The function's name.
    pub function_name: Text,
    /// The region, such as ap-guangzhou.
    pub region: Text,
    /// The host as it is signed, with a port where that is not the default.
    /// The address that you connect to may be another.
    pub host: Text,
    /// The event, JSON text, where it is in memory.
    pub event: Text,
    /// Version or alias.
    pub qualifier: Text,
    /// The namespace to look for the function in.
    pub function_namespace: Text,
    /// Routes the traffic: a JSON object of strings.
    pub routing_key: Text,
    /// The path to send to where it is not `/`.
    pub path: Text,
    /// The name of the calling program.
    pub request_client: Text,
    /// A trace id.
    pub trace_id: Text,
    /// The event where it is not in memory.
    pub source: Source,
    /// The receiver of result and log; without one they go to the call's
    /// buffer.
    pub sink: Sink,
    /// An scf_action.
    pub action: i32,
    /// An scf_invocation_type.
    pub invocation_type: i32,
    /// An scf_log_type.
    pub log_type: i32,
    /// An scf_language.
    pub language: i32,
    /// An scf_method.
    pub method: i32,
    /// SCF_UNSIGNED_ACTION, SCF_UNSIGNED_PAYLOAD and SCF_CLOSE, added up.
    pub flags: u32,
}

/// The credential that signs a request.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Credential {
    /// The public part, which begins with AKID.
    pub secret_id: Text,
    /// The secret key; not set where only a day key is at hand.
    pub secret_key: Text,
    /// The token of temporary credentials, where these are some.
    pub token: Text,
    /// Without a secret key: the key that signs. Beside one: null, or a place
    /// to keep the key of the day, which saves deriving it for every call. It
    /// may be zeroed at first; it must not hold the key of another secret.
    pub day_key: *mut crate::DayKeyStorage,
    /// `sizeof *day_key`.
    pub day_key_size: usize,
}
