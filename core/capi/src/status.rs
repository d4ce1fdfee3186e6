//! The statuses of this interface, and their texts.

use core::ffi::{CStr, c_char};

/// The status that a function of this interface returns. scf_status_text() has
/// each in words.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done.
    Ok = 0,
    /// Going on: there are bytes to send, or bytes to come.
    More = 1,

    // A mistake in calling this interface; nothing was done.
    /// A pointer is null.
    Null = 10,
    /// A pointer is not aligned for what it points to.
    Misaligned = 11,
    /// Opaque storage is smaller than this library needs: the header is of
    /// another version.
    Storage = 12,
    /// A length is larger than memory.
    Length = 13,
    /// A text is not UTF-8.
    Utf8 = 14,
    /// A choice has a value that is none of its enumeration.
    Choice = 15,
    /// The storage holds nothing: not started, finished, or moved.
    State = 16,
    /// A callback has called the call that it serves.
    Busy = 17,
    /// Memory overlaps the storage of the call. No name goes with it, for there
    /// is no storage to keep one in.
    OverlapCall = 18,
    /// More bytes are claimed than there was room for.
    Count = 19,
    /// The room for bytes to write is too small; the size that is needed was
    /// written.
    Room = 20,
    /// Memory overlaps the call's buffer; after scf_call_start() the message
    /// names it.
    OverlapBuffer = 21,
    /// A place to write to overlaps a text that is read, or that the call still
    /// needs.
    OverlapText = 22,
    /// Memory overlaps the storage of a day key or of attempts; after
    /// scf_call_start() the message names it.
    OverlapStorage = 23,
    /// Two places to write to overlap.
    OverlapOutput = 24,

    // The request is impossible; nothing was sent.
    /// The function's name is missing.
    FunctionNameMissing = 30,
    /// The function's name breaks the rule for names.
    FunctionName = 31,
    /// A parameter is set, but empty; the message names it.
    ParameterEmpty = 32,
    /// A parameter has a control character; the message names it.
    ParameterControl = 33,
    /// The routing key is not a JSON object of strings.
    RoutingKey = 34,
    /// The routing key has over 1024 bytes.
    RoutingKeyTooLong = 35,
    /// A log type is set on an asynchronous call.
    LogTypeOfEvent = 36,
    /// InvokeFunction is synchronous only.
    EventOfInvokeFunction = 37,
    /// The region is not 1 to 32 lowercase letters, digits and hyphens.
    Region = 38,
    /// The host is empty, or has a character that no host name has.
    Host = 39,
    /// The path does not begin with a slash, or has a character of no path.
    Path = 40,
    /// The request client is longer or has other characters than allowed.
    RequestClient = 41,
    /// The trace id is longer or has other characters than allowed.
    TraceId = 42,
    /// The event is not JSON; `offset` tells where.
    EventNotJson = 43,
    /// The event is over 6 MiB, or 128 KiB for an asynchronous call.
    EventTooLarge = 44,
    /// The event is given both in memory and by a source.
    EventTwice = 45,
    /// The source of the event failed.
    SourceFailed = 46,
    /// The source of the event gave other bytes the second time.
    SourceChanged = 47,
    /// The request with all its parameters is over the limit for its form.
    RequestTooLarge = 48,
    /// The call's buffer is too small to make a request; `needed` tells what
    /// it takes.
    Buffer = 49,

    // It cannot be signed; nothing was sent.
    /// A part of the credential is missing or empty; the message names it.
    CredentialEmpty = 60,
    /// A part of the credential has a character that no credential has; the
    /// message names it.
    CredentialCharacter = 61,
    /// The time is after the year 9999.
    Timestamp = 62,
    /// The day key signs on another day.
    DayKeyDay = 63,
    /// The day key signs for another service.
    DayKeyService = 64,
    /// The text to import is no day key.
    ImportForm = 65,
    /// Its second part is not a date.
    ImportDate = 66,
    /// Its third part is not a service.
    ImportService = 67,
    /// Its fourth part is not 64 lowercase hexadecimal digits.
    ImportKey = 68,

    // How a call ended, where the delivery decides what may be done.
    /// The function ran and failed; the result says why.
    FunctionFailed = 80,
    /// The service answered with an error.
    Api = 81,
    /// Sending or receiving failed, or the connection closed before the response
    /// was complete.
    Transport = 82,
    /// An HTTP status other than 200, which the API never sends.
    HttpStatus = 84,
    /// The response is not JSON; the message has its beginning.
    ReplyNotJson = 85,
    /// The response is JSON, but not the API's.
    ReplyNotApi = 86,
    /// A field of the response has the wrong type; the message names it.
    ReplyWrongType = 87,
    /// A field of the response is there twice; the message names it.
    ReplyDuplicate = 88,
    /// The function's result is not UTF-8; the function has run.
    ResultUtf8 = 89,
    /// The function has run, and the buffer is too small for its result and
    /// log; `needed` tells what it takes.
    ResultRoom = 90,
    /// The sink did not take the result.
    Sink = 91,
    /// The reply to a synchronous call has no result of the function.
    ReplyNoResult = 92,

    // What is wrong with the response as HTTP.
    /// No status line at its beginning.
    HttpStatusLine = 100,
    /// Not HTTP/1.x.
    HttpVersion = 101,
    /// The server switched to another protocol.
    HttpUpgraded = 102,
    /// Heads of over 16 KB.
    HttpHeadTooLong = 103,
    /// A line that does not end in CR LF.
    HttpLineEnd = 104,
    /// A malformed header name.
    HttpHeaderName = 105,
    /// A control character in a header.
    HttpHeaderValue = 106,
    /// A header folded over two lines.
    HttpFolded = 107,
    /// A malformed or differing Content-Length.
    HttpContentLength = 108,
    /// A Transfer-Encoding other than chunked.
    HttpTransferEncoding = 109,
    /// A body's length given in two ways.
    HttpAmbiguous = 110,
    /// A malformed chunk size.
    HttpChunkSize = 111,
    /// A malformed or too long line before a chunk.
    HttpChunkLine = 112,
    /// A chunk longer than its size says.
    HttpChunkEnd = 113,
    /// A body over the limit.
    HttpBodyTooLarge = 114,

    /// A failure that is newer than this interface.
    Other = 127,
}

impl Status {
    /// All of them, with what happened in words.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Ok, "done"),
        (Self::More, "going on"),
        (Self::Null, "a pointer is null"),
        (Self::Misaligned, "a pointer is not aligned"),
        (Self::Storage, "storage is too small: another version's header"),
        (Self::Length, "a length is larger than memory"),
        (Self::Utf8, "a text is not UTF-8"),
        (Self::Choice, "a choice has an unknown value"),
        (Self::State, "the storage holds nothing: not started, finished, or moved"),
        (Self::Busy, "a callback called the call that it serves"),
        (Self::OverlapCall, "memory overlaps the call's storage"),
        (Self::Count, "more bytes are claimed than there was room"),
        (Self::Room, "too little room for the bytes to write"),
        (Self::OverlapBuffer, "memory overlaps the call's buffer"),
        (Self::OverlapText, "a place to write to overlaps a text"),
        (Self::OverlapStorage, "memory overlaps a key's or attempts' storage"),
        (Self::OverlapOutput, "two places to write to overlap"),
        (Self::FunctionNameMissing, "the function's name is missing"),
        (Self::FunctionName, "the function's name breaks the rule"),
        (Self::ParameterEmpty, "a parameter is set, but empty"),
        (Self::ParameterControl, "a parameter has a control character"),
        (Self::RoutingKey, "the routing key is no JSON object of strings"),
        (Self::RoutingKeyTooLong, "the routing key is too long"),
        (Self::LogTypeOfEvent, "an asynchronous call has no log type"),
        (Self::EventOfInvokeFunction, "InvokeFunction is synchronous only"),
        (Self::Region, "the region is missing or malformed"),
        (Self::Host, "the host is missing or malformed"),
        (Self::Path, "the path is malformed"),
        (Self::RequestClient, "the request client is malformed"),
        (Self::TraceId, "the trace id is malformed"),
        (Self::EventNotJson, "the event is not JSON"),
        (Self::EventTooLarge, "the event is too large"),
        (Self::EventTwice, "the event is given in memory and by a source"),
        (Self::SourceFailed, "the source of the event failed"),
        (Self::SourceChanged, "the source of the event gave other bytes the second time"),
        (Self::RequestTooLarge, "the request is too large"),
        (Self::Buffer, "the buffer is too small to make a request"),
        (Self::CredentialEmpty, "a part of the credential is missing"),
        (Self::CredentialCharacter, "a part of the credential was copied wrongly"),
        (Self::Timestamp, "the time is after the year 9999"),
        (Self::DayKeyDay, "the day key signs on another day"),
        (Self::DayKeyService, "the day key signs for another service"),
        (Self::ImportForm, "a day key has the form SECRETID/YYYY-MM-DD/SERVICE/HEX"),
        (Self::ImportDate, "the day key has no date"),
        (Self::ImportService, "the day key has no service"),
        (Self::ImportKey, "the day key has not 64 hexadecimal digits"),
        (Self::FunctionFailed, "the function failed"),
        (Self::Api, "the service answered with an error"),
        (Self::Transport, "the connection was lost"),
        (Self::HttpStatus, "something between here and the API answered"),
        (Self::ReplyNotJson, "the response is not JSON"),
        (Self::ReplyNotApi, "the response is not the API's"),
        (Self::ReplyWrongType, "a field of the response has the wrong type"),
        (Self::ReplyDuplicate, "a field of the response is there twice"),
        (Self::ResultUtf8, "the result is not UTF-8"),
        (Self::ResultRoom, "the buffer is too small for result and log"),
        (Self::Sink, "the sink did not take the result"),
        (Self::ReplyNoResult, "the reply has no result of the function"),
        (Self::HttpStatusLine, "HTTP: no status line"),
        (Self::HttpVersion, "HTTP: not HTTP/1.x"),
        (Self::HttpUpgraded, "HTTP: another protocol"),
        (Self::HttpHeadTooLong, "HTTP: the head is too long"),
        (Self::HttpLineEnd, "HTTP: a line without CR LF"),
        (Self::HttpHeaderName, "HTTP: a malformed header name"),
        (Self::HttpHeaderValue, "HTTP: a control character in a header"),
        (Self::HttpFolded, "HTTP: a folded header"),
        (Self::HttpContentLength, "HTTP: a malformed Content-Length"),
        (Self::HttpTransferEncoding, "HTTP: a Transfer-Encoding other than chunked"),
        (Self::HttpAmbiguous, "HTTP: a length given in two ways"),
        (Self::HttpChunkSize, "HTTP: a malformed chunk size"),
        (Self::HttpChunkLine, "HTTP: a malformed line before a chunk"),
        (Self::HttpChunkEnd, "HTTP: a chunk longer than its size"),
        (Self::HttpBodyTooLarge, "HTTP: the body is too long"),
        (Self::Other, "a failure newer than this interface"),
    ];

    /// Returns the status of a function that has done its work, or could not.
    pub(crate) fn of(result: Result<(), Self>) -> Self {
        result.err().unwrap_or(Self::Ok)
    }
}

/// Returns the meaning of a status in words that end in NUL.
#[inline(never)]
pub(crate) fn text(status: i32) -> *const c_char {
    // The texts stand one after the other, for pointers to them would take
    // more room than they are worth. To skip `status` of them is cheap enough.
    let (mut left, mut at) = (status as u32, 0usize);
    while left > 0
        && let Some(&byte) = TEXTS.get(at)
    {
        left = left.wrapping_sub((byte == 0).into());
        at = at.wrapping_add(1);
    }
    match TEXTS.get(at..) {
        Some([0, ..] | []) | None => NO_STATUS.as_ptr(),
        Some(text) => text.as_ptr().cast(),
    }
}

const NO_STATUS: &CStr = c"no such status";
const LAST: u32 = Status::Other as u32;

/// The text of every number up to the last, empty where it is no status.
static TEXTS: [u8; LENGTH] = {
    let mut packed = [0; LENGTH];
    let (mut at, mut number, mut index) = (0, 0, 0);
    while index < Status::ALL.len() {
        let (status, text) = Status::ALL[index];
        while number < status as usize {
            number += 1;
            at += 1;
        }
        let text = text.as_bytes();
        let mut byte = 0;
        while byte < text.len() {
            packed[at] = text[byte];
            at += 1;
            byte += 1;
        }
        index += 1;
    }
    packed
};

/// A NUL for every number, and the texts.
const LENGTH: usize = {
    let mut length = LAST as usize + 1;
    let mut index = 0;
    while index < Status::ALL.len() {
        length += Status::ALL[index].1.len();
        index += 1;
    }
    length
};
