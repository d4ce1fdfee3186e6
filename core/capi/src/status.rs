//! What a function of this interface came to.

/// What a function of this interface came to. scf_status_text() has each in
/// words.
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
    /// Two pieces of memory overlap that must not.
    Overlap = 18,
    /// More bytes are claimed than there was room for.
    Count = 19,
    /// Room for bytes to write is too small; the size that is needed was
    /// told.
    Room = 20,

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
    /// What was to be imported is no day key.
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
    /// Sending or receiving failed.
    Transport = 82,
    /// The connection closed before the response was complete.
    Truncated = 83,
    /// An HTTP status other than 200, which the API never sends.
    HttpStatus = 84,
    /// The answer is not JSON; the message has its beginning.
    ReplyNotJson = 85,
    /// The answer is JSON, but not the API's.
    ReplyNotApi = 86,
    /// A field of the answer has the wrong type; the message names it.
    ReplyWrongType = 87,
    /// A field of the answer is there twice; the message names it.
    ReplyDuplicate = 88,
    /// The function's result or log is not UTF-8; the function has run.
    ResultUtf8 = 89,
    /// The function has run, and the buffer is too small for its result and
    /// log; `needed` tells what it takes.
    ResultRoom = 90,
    /// The sink did not take the result.
    Sink = 91,

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
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Ok,
        Self::More,
        Self::Null,
        Self::Misaligned,
        Self::Storage,
        Self::Length,
        Self::Utf8,
        Self::Choice,
        Self::State,
        Self::Busy,
        Self::Overlap,
        Self::Count,
        Self::Room,
        Self::FunctionNameMissing,
        Self::FunctionName,
        Self::ParameterEmpty,
        Self::ParameterControl,
        Self::RoutingKey,
        Self::RoutingKeyTooLong,
        Self::LogTypeOfEvent,
        Self::EventOfInvokeFunction,
        Self::Region,
        Self::Host,
        Self::Path,
        Self::RequestClient,
        Self::TraceId,
        Self::EventNotJson,
        Self::EventTooLarge,
        Self::EventTwice,
        Self::SourceFailed,
        Self::SourceChanged,
        Self::RequestTooLarge,
        Self::Buffer,
        Self::CredentialEmpty,
        Self::CredentialCharacter,
        Self::Timestamp,
        Self::DayKeyDay,
        Self::DayKeyService,
        Self::ImportForm,
        Self::ImportDate,
        Self::ImportService,
        Self::ImportKey,
        Self::FunctionFailed,
        Self::Api,
        Self::Transport,
        Self::Truncated,
        Self::HttpStatus,
        Self::ReplyNotJson,
        Self::ReplyNotApi,
        Self::ReplyWrongType,
        Self::ReplyDuplicate,
        Self::ResultUtf8,
        Self::ResultRoom,
        Self::Sink,
        Self::HttpStatusLine,
        Self::HttpVersion,
        Self::HttpUpgraded,
        Self::HttpHeadTooLong,
        Self::HttpLineEnd,
        Self::HttpHeaderName,
        Self::HttpHeaderValue,
        Self::HttpFolded,
        Self::HttpContentLength,
        Self::HttpTransferEncoding,
        Self::HttpAmbiguous,
        Self::HttpChunkSize,
        Self::HttpChunkLine,
        Self::HttpChunkEnd,
        Self::HttpBodyTooLarge,
        Self::Other,
    ];

    /// The status of that number.
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| *status as i32 == number)
    }

    /// What happened, in words.
    pub const fn text(self) -> &'static core::ffi::CStr {
        match self {
            Self::Ok => c"done",
            Self::More => c"going on",
            Self::Null => c"a pointer is null",
            Self::Misaligned => c"a pointer is not aligned",
            Self::Storage => c"storage is too small: the header is of another version",
            Self::Length => c"a length is larger than memory",
            Self::Utf8 => c"a text is not UTF-8",
            Self::Choice => c"a choice has an unknown value",
            Self::State => c"the storage holds nothing: not started, finished, or moved",
            Self::Busy => c"a callback has called the call that it serves",
            Self::Overlap => c"two pieces of memory overlap",
            Self::Count => c"more bytes are claimed than there was room for",
            Self::Room => c"there is too little room for the bytes to write",
            Self::FunctionNameMissing => c"the function's name is missing",
            Self::FunctionName => c"the function's name breaks the rule for names",
            Self::ParameterEmpty => c"a parameter is set, but empty",
            Self::ParameterControl => c"a parameter has a control character",
            Self::RoutingKey => c"the routing key is not a JSON object of strings",
            Self::RoutingKeyTooLong => c"the routing key is too long",
            Self::LogTypeOfEvent => c"an asynchronous call has no log type",
            Self::EventOfInvokeFunction => c"InvokeFunction is synchronous only",
            Self::Region => c"the region is missing or malformed",
            Self::Host => c"the host is missing or malformed",
            Self::Path => c"the path is malformed",
            Self::RequestClient => c"the request client is malformed",
            Self::TraceId => c"the trace id is malformed",
            Self::EventNotJson => c"the event is not JSON",
            Self::EventTooLarge => c"the event is too large",
            Self::EventTwice => c"the event is given in memory and by a source",
            Self::SourceFailed => c"the source of the event failed",
            Self::SourceChanged => c"the source of the event gave other bytes the second time",
            Self::RequestTooLarge => c"the request is too large",
            Self::Buffer => c"the buffer is too small to make a request",
            Self::CredentialEmpty => c"a part of the credential is missing",
            Self::CredentialCharacter => c"a part of the credential was copied wrongly",
            Self::Timestamp => c"the time is after the year 9999",
            Self::DayKeyDay => c"the day key signs on another day",
            Self::DayKeyService => c"the day key signs for another service",
            Self::ImportForm => c"a day key has the form SECRETID/YYYY-MM-DD/SERVICE/HEX",
            Self::ImportDate => c"the second part of a day key is a date",
            Self::ImportService => c"the third part of a day key is a service",
            Self::ImportKey => c"the fourth part of a day key is 64 hexadecimal digits",
            Self::FunctionFailed => c"the function failed",
            Self::Api => c"the service answered with an error",
            Self::Transport => c"sending or receiving failed",
            Self::Truncated => c"the connection closed before the response was complete",
            Self::HttpStatus => c"something between here and the API answered",
            Self::ReplyNotJson => c"the answer is not JSON",
            Self::ReplyNotApi => c"the answer is not the API's",
            Self::ReplyWrongType => c"a field of the answer has the wrong type",
            Self::ReplyDuplicate => c"a field of the answer is there twice",
            Self::ResultUtf8 => c"the result or the log is not UTF-8",
            Self::ResultRoom => c"the buffer is too small for result and log",
            Self::Sink => c"the sink did not take the result",
            Self::HttpStatusLine => c"the response has no HTTP status line",
            Self::HttpVersion => c"the response is not HTTP/1.x",
            Self::HttpUpgraded => c"the server switched to another protocol",
            Self::HttpHeadTooLong => c"the response's head is too long",
            Self::HttpLineEnd => c"a line of the response's head does not end in CR LF",
            Self::HttpHeaderName => c"a header of the response has a malformed name",
            Self::HttpHeaderValue => c"a header of the response has a control character",
            Self::HttpFolded => c"a header of the response is folded",
            Self::HttpContentLength => c"the response's Content-Length is malformed",
            Self::HttpTransferEncoding => c"the response's Transfer-Encoding is not chunked",
            Self::HttpAmbiguous => c"the response gives its length in two ways",
            Self::HttpChunkSize => c"a chunk of the response has a malformed size",
            Self::HttpChunkLine => c"the line before a chunk is malformed",
            Self::HttpChunkEnd => c"a chunk of the response is longer than its size",
            Self::HttpBodyTooLarge => c"the response's body is too long",
            Self::Other => c"a failure that is newer than this interface",
        }
    }
}
