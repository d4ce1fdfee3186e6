//! The statuses of this interface, and their texts.

mod text;

pub(crate) use text::text;

/// The status that a function of this interface returns. scf_status_text() has
/// each in words.
///
/// The functions of a started call are all scf_call_ functions that take an
/// scf_call, but scf_call_start(). A call that cannot go on has each of them
/// return the status that stopped it, and scf_call_finish() return it last. The
/// scf_lite functions are scf_lite_invoke() and scf_lite_invoke_by_day_key().
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done.
    /// Returned by every function.
    Ok = 0,
    /// Going on: there are bytes to send, or bytes to come.
    /// Returned by scf_call_transmit(), _body(), _received(), _push() and
    /// _response_body().
    More = 1,

    // A mistake in calling this interface; nothing was done.
    /// A pointer is null.
    /// Returned by every function that takes a pointer.
    Null = 10,
    /// A pointer is not aligned for what it points to.
    /// Returned by every function that takes a pointer.
    Misaligned = 11,
    /// Opaque storage is smaller than this library needs: the header is of
    /// another version.
    /// Returned by scf_call_start(), scf_attempts_start(), _time(), _next(),
    /// scf_day_key_derive(), _export(), _import(), _end(), _wipe() and the
    /// scf_lite functions.
    Storage = 12,
    /// A length is larger than memory.
    /// Returned by scf_call_start(), _write(), _head(), _push(),
    /// _response_head(), _response_body(), scf_day_key_derive(), _export(),
    /// _import(), scf_error_code() and the scf_lite functions.
    Length = 13,
    /// A text is not UTF-8.
    /// Returned by scf_call_start(), _response_head(), scf_day_key_derive(),
    /// _export(), _import(), scf_error_code() and the scf_lite functions.
    Utf8 = 14,
    /// A choice has a value that is none of its enumeration.
    /// Returned by scf_call_start().
    Choice = 15,
    /// The storage holds nothing: not started, finished, or moved.
    /// Returned by every function of a started call, scf_attempts_time(),
    /// _next(), scf_day_key_export(), _end() and scf_lite_invoke_by_day_key().
    State = 16,
    /// A callback has called the call that it serves.
    /// Returned by scf_call_start(), every function of a started call and
    /// scf_attempts_next().
    Busy = 17,
    /// Memory overlaps the storage of the call. No name goes with it, for there
    /// is no storage to keep one in.
    /// Returned by scf_call_start(), _measure(), _write(), _head(),
    /// _transmit(), _body(), _window(), _push(), _response_head(),
    /// _response_body(), _finish() and scf_attempts_next().
    OverlapCall = 18,
    /// More bytes are claimed than there was room for.
    /// Returned by scf_call_received().
    Count = 19,
    /// The room for bytes to write is too small; the size that is needed was
    /// written.
    /// Returned by scf_call_write(), _head() and scf_day_key_export().
    Room = 20,
    /// Memory overlaps the call's buffer; after scf_call_start() the message
    /// names it.
    /// Returned by scf_call_start(), _measure(), _write(), _head(), _transmit(),
    /// _body(), _window(), _push(), _response_head(), _response_body(),
    /// _finish(), scf_attempts_next() and the scf_lite functions.
    OverlapBuffer = 21,
    /// A place to write to overlaps a text that is read, or that the call still
    /// needs.
    /// Returned by scf_call_measure(), _write(), _head(), _transmit(), _body(),
    /// _window(), _finish(), scf_attempts_next(), scf_day_key_export(),
    /// _import() and scf_error_code().
    OverlapText = 22,
    /// Memory overlaps the storage of a day key or of attempts; after
    /// scf_call_start() the message names it.
    /// Returned by scf_call_start(), scf_attempts_time(), _next(),
    /// scf_day_key_derive(), _export(), _import(), _end() and the scf_lite
    /// functions.
    OverlapStorage = 23,
    /// Two places to write to overlap.
    /// Returned by scf_call_write(), _head(), _transmit(), _body(), _window(),
    /// scf_attempts_next(), scf_day_key_export() and the scf_lite functions.
    OverlapOutput = 24,

    // The request is impossible; nothing was sent.
    /// The function's name is missing.
    /// Returned by scf_call_start().
    FunctionNameMissing = 30,
    /// The function's name breaks the rule for names.
    /// Returned by scf_call_start() and the scf_lite functions.
    FunctionName = 31,
    /// A parameter is set, but empty; the message names it.
    /// Returned by scf_call_start().
    ParameterEmpty = 32,
    /// A parameter has a control character; the message names it.
    /// Returned by scf_call_start().
    ParameterControl = 33,
    /// The routing key is not a JSON object of strings.
    /// Returned by scf_call_start().
    RoutingKey = 34,
    /// The routing key has over 1024 bytes.
    /// Returned by scf_call_start().
    RoutingKeyTooLong = 35,
    /// A log type is set on an asynchronous call.
    /// Returned by scf_call_start().
    LogTypeOfEvent = 36,
    /// InvokeFunction is synchronous only.
    /// Returned by scf_call_start().
    EventOfInvokeFunction = 37,
    /// The region is not 1 to 32 lowercase letters, digits and hyphens.
    /// Returned by scf_call_start() and the scf_lite functions.
    Region = 38,
    /// The host is empty, or has a character that no host name has.
    /// Returned by scf_call_start() and the scf_lite functions.
    Host = 39,
    /// The path does not begin with a slash, or has a character of no path.
    /// Returned by scf_call_start().
    Path = 40,
    /// The request client is longer or has other characters than allowed.
    /// Returned by scf_call_start().
    RequestClient = 41,
    /// The trace id is longer or has other characters than allowed.
    /// Returned by scf_call_start().
    TraceId = 42,
    /// The event is not JSON; `offset` tells where.
    /// Returned by scf_call_start() and the scf_lite functions.
    EventNotJson = 43,
    /// The event is over 6 MiB, or 128 KiB for an asynchronous call.
    /// Returned by scf_call_start().
    EventTooLarge = 44,
    /// The event is given both in memory and by a source.
    /// Returned by scf_call_start().
    EventTwice = 45,
    /// The source of the event failed.
    /// Returned by scf_call_start(), _measure(), _write(), _transmit() and
    /// _body().
    SourceFailed = 46,
    /// The source of the event gave other bytes the second time.
    /// Returned by scf_call_start(), _measure(), _write(), _transmit() and
    /// _body().
    SourceChanged = 47,
    /// The request with all its parameters is over the limit for its form.
    /// Returned by scf_call_start().
    RequestTooLarge = 48,
    /// The call's buffer is too small to make a request; `needed` tells what
    /// it takes.
    /// Returned by scf_call_start() and the scf_lite functions.
    Buffer = 49,

    // It cannot be signed; nothing was sent.
    /// A part of the credential is missing or empty; the message names it.
    /// Returned by scf_call_start(), scf_day_key_derive() and the scf_lite
    /// functions.
    CredentialEmpty = 60,
    /// A part of the credential has a character that no credential has; the
    /// message names it.
    /// Returned by scf_call_start(), scf_day_key_derive() and the scf_lite
    /// functions.
    CredentialCharacter = 61,
    /// The time is after the year 9999.
    /// Returned by scf_call_start(), scf_day_key_derive() and the scf_lite
    /// functions.
    Timestamp = 62,
    /// The day key signs on another day.
    /// Returned by scf_call_start() and the scf_lite functions.
    DayKeyDay = 63,
    /// The day key signs for another service.
    /// Returned by scf_call_start() and the scf_lite functions.
    DayKeyService = 64,
    /// The text to import is no day key.
    /// Returned by scf_day_key_import().
    ImportForm = 65,
    /// Its second part is not a date.
    /// Returned by scf_day_key_import().
    ImportDate = 66,
    /// Its third part is not a service.
    /// Returned by scf_day_key_import().
    ImportService = 67,
    /// Its fourth part is not 64 lowercase hexadecimal digits.
    /// Returned by scf_day_key_import().
    ImportKey = 68,

    // How a call ended, where the delivery decides what may be done.
    /// The function ran and failed; the result says why.
    /// Returned by scf_call_finish() and the scf_lite functions.
    FunctionFailed = 80,
    /// The service answered with an error.
    /// Returned by scf_call_finish() and the scf_lite functions.
    Api = 81,
    /// Sending or receiving failed, or the connection closed before the response
    /// was complete.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    Transport = 82,
    /// An HTTP status other than 200, which the API never sends.
    /// Returned by scf_call_finish() and the scf_lite functions.
    HttpStatus = 84,
    /// The response is not JSON; the message has its beginning.
    /// Returned by scf_call_finish().
    ReplyNotJson = 85,
    /// The response is JSON, but not the API's.
    /// Returned by scf_call_finish() and the scf_lite functions.
    ReplyNotApi = 86,
    /// A field of the response has the wrong type; the message names it.
    /// Returned by scf_call_finish().
    ReplyWrongType = 87,
    /// A field of the response is there twice; the message names it.
    /// Returned by scf_call_finish().
    ReplyDuplicate = 88,
    /// The function's result is not UTF-8; the function has run.
    /// Returned by scf_call_finish() and the scf_lite functions.
    ResultUtf8 = 89,
    /// The function has run, and the buffer is too small for its result and
    /// log; `needed` tells what it takes.
    /// Returned by scf_call_finish() and the scf_lite functions.
    ResultRoom = 90,
    /// The sink did not take the result.
    /// Returned by scf_call_finish().
    Sink = 91,
    /// The reply to a synchronous call has no result of the function.
    /// Returned by scf_call_finish().
    ReplyNoResult = 92,

    // What is wrong with the response as HTTP.
    /// No status line at its beginning.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpStatusLine = 100,
    /// Not HTTP/1.x.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpVersion = 101,
    /// The server switched to another protocol.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpUpgraded = 102,
    /// Heads of over 16 KB.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpHeadTooLong = 103,
    /// A line that does not end in CR LF.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpLineEnd = 104,
    /// A malformed header name.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpHeaderName = 105,
    /// A control character in a header.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpHeaderValue = 106,
    /// A header folded over two lines.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpFolded = 107,
    /// A malformed or differing Content-Length.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpContentLength = 108,
    /// A Transfer-Encoding other than chunked.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpTransferEncoding = 109,
    /// A body's length given in two ways.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpAmbiguous = 110,
    /// A malformed chunk size.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpChunkSize = 111,
    /// A malformed or too long line before a chunk.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpChunkLine = 112,
    /// A chunk longer than its size says.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpChunkEnd = 113,
    /// A body over the limit.
    /// Returned by scf_call_received(), _push(), _finish() and the scf_lite
    /// functions.
    HttpBodyTooLarge = 114,

    /// A failure that is newer than this interface.
    /// Returned by scf_call_start(), _measure(), _write(), _transmit(), _body(),
    /// _received(), _push(), _finish(), scf_day_key_derive() and _export().
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

    /// Returns the status that has the number of an error of the core.
    #[inline(never)]
    pub(crate) fn numbered(code: u16) -> Self {
        let place = usize::from(code / 32);
        if NUMBERS.get(place).is_none_or(|numbers| numbers >> (code % 32) & 1 == 0) {
            return Self::Other;
        }
        // SAFETY: the number is that of a status.
        unsafe { core::mem::transmute::<i32, Self>(code.into()) }
    }

    /// Returns the status of a function that has done its work, or could not.
    pub(crate) fn of(result: Result<(), Self>) -> Self {
        result.err().unwrap_or(Self::Ok)
    }
}

/// The numbers that a status has, a bit each.
static NUMBERS: [u32; 4] = {
    let mut numbers = [0; 4];
    let mut index = 0;
    while index < Status::ALL.len() {
        let number = Status::ALL[index].0 as usize;
        numbers[number / 32] |= 1 << (number % 32);
        index += 1;
    }
    numbers
};
