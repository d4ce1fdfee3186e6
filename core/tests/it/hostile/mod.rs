//! Responses that break HTTP or the API's form, and what each has to give: by
//! the decoders alone, and by a whole call.

use scf_invoke_core::reply::{Member, ReplyError};
use scf_invoke_core::wire::http::HttpError;
use scf_invoke_core::wire::json::ScanError;

/// Heads and bodies that must be refused, and why.
pub const HOSTILE: &[(&str, HttpError)] = &[
    ("HTTP/2 200 OK\r\n\r\n", HttpError::Version),
    ("HTTP/0.9 200 OK\r\n\r\n", HttpError::Version),
    ("http/1.1 200 OK\r\n\r\n", HttpError::StatusLine),
    ("<html>\r\n", HttpError::StatusLine),
    ("\r\nHTTP/1.1 200 OK\r\n\r\n", HttpError::StatusLine),
    ("HTTP/1.1  200 OK\r\n\r\n", HttpError::StatusLine),
    ("HTTP/1.1 20 OK\r\n\r\n", HttpError::StatusLine),
    ("HTTP/1.1 2000 OK\r\n\r\n", HttpError::StatusLine),
    ("HTTP/1.1 099 OK\r\n\r\n", HttpError::StatusLine),
    ("HTTP/1.1 -20 OK\r\n\r\n", HttpError::StatusLine),
    ("HTTP/1.1 200\n\r\n", HttpError::StatusLine),
    ("HTTP/1.1 200 O\x00K\r\n\r\n", HttpError::StatusLine),
    ("HTTP/1.1 200 OK\n\n", HttpError::LineEnd),
    ("HTTP/1.1 200 OK\rX: y\r\n\r\n", HttpError::LineEnd),
    ("HTTP/1.1 200 OK\r\r\n\r\n", HttpError::LineEnd),
    ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", HttpError::Upgraded),
    ("HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n", HttpError::LineEnd),
    ("HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n", HttpError::LineEnd),
    ("HTTP/1.1 200 OK\r\nA: b\r\n\n", HttpError::LineEnd),
    ("HTTP/1.1 200 OK\r\nA: b\r\n\rx", HttpError::LineEnd),
    ("HTTP/1.1 200 OK\r\nA\r\n\r\n", HttpError::LineEnd),
    ("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", HttpError::Folded),
    ("HTTP/1.1 200 OK\r\n\tA: b\r\n\r\n", HttpError::Folded),
    ("HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello", HttpError::HeaderName),
    ("HTTP/1.1 200 OK\r\n: x\r\n\r\n", HttpError::HeaderName),
    ("HTTP/1.1 200 OK\r\nA\u{e9}: x\r\n\r\n", HttpError::HeaderName),
    ("HTTP/1.1 200 OK\r\nA\x00: x\r\n\r\n", HttpError::HeaderName),
    ("HTTP/1.1 200 OK\r\nA: x\x00y\r\n\r\n", HttpError::HeaderValue),
    ("HTTP/1.1 200 OK\r\nA: x\x7f\r\n\r\n", HttpError::HeaderValue),
    ("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", HttpError::ContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n", HttpError::ContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n", HttpError::ContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", HttpError::ContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\n", HttpError::ContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5 5\r\n\r\n", HttpError::ContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5,\r\n\r\n", HttpError::ContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n", HttpError::ContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", HttpError::ContentLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n", HttpError::BodyTooLarge),
    ("HTTP/1.1 200 OK\r\nContent-Length: 4294967301\r\n\r\nhello", HttpError::BodyTooLarge),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 00000000000000000000000000000000000000000000000000000000000000000005\r\n\r\n",
        HttpError::ContentLength,
    ),
    ("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n", HttpError::BodyTooLarge),
    ("HTTP/1.1 200 OK\r\nContent-Length: 67108865\r\n\r\n", HttpError::BodyTooLarge),
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        HttpError::Ambiguous,
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        HttpError::Ambiguous,
    ),
    ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", HttpError::Ambiguous),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", HttpError::TransferEncoding),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", HttpError::TransferEncoding),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n", HttpError::TransferEncoding),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\n", HttpError::TransferEncoding),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        HttpError::TransferEncoding,
    ),
];

/// The head before a chunked body.
pub const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Chunked bodies that must be refused.
pub const HOSTILE_CHUNKS: &[(&str, HttpError)] = &[
    ("\r\n", HttpError::ChunkSize),
    ("x\r\n", HttpError::ChunkSize),
    ("-1\r\n", HttpError::ChunkSize),
    ("0x5\r\n", HttpError::ChunkSize),
    (";a\r\n", HttpError::ChunkSize),
    (" 5\r\n", HttpError::ChunkSize),
    ("5\nhello", HttpError::ChunkSize),
    ("5;a\nhello", HttpError::LineEnd),
    ("5;a\x00\r\n", HttpError::ChunkLine),
    ("5\rhello", HttpError::LineEnd),
    ("10000000000000000\r\n", HttpError::BodyTooLarge),
    ("100000005\r\nhello\r\n", HttpError::BodyTooLarge),
    ("ffffffffffffffff\r\n", HttpError::BodyTooLarge),
    ("4000001\r\n", HttpError::BodyTooLarge),
    ("5\r\nhellothere", HttpError::ChunkEnd),
    ("48 5\r\nhello", HttpError::ChunkSize),
    ("5 \t5\r\nhello", HttpError::ChunkSize),
    ("5 x\r\nhello", HttpError::ChunkSize),
    ("5\r\nhello\rx", HttpError::ChunkEnd),
    ("5\r\nhello\n5", HttpError::ChunkEnd),
    ("5\r\nhello\r\n\r\n", HttpError::ChunkSize),
    ("1\r\na\r\nffffffffffffffff\r\n", HttpError::BodyTooLarge),
    ("0\r\nA : b\r\n\r\n", HttpError::HeaderName),
    ("0\r\n\n", HttpError::LineEnd),
    ("0\r\nA: b\n\r\n", HttpError::LineEnd),
];

/// Bodies that are no reply of the API.
pub const HOSTILE_BODIES: &[(&str, ReplyError)] = &[
    (r#"{"Response":{"Result":"x"}}"#, ReplyError::WrongType(Member::Result)),
    (r#"{"Response":{"Error":"x"}}"#, ReplyError::WrongType(Member::Error)),
    (r#"{"Response":{"Error":{"Code":5}}}"#, ReplyError::WrongType(Member::Code)),
    (r#"{"Response":[]}"#, ReplyError::NotAnEnvelope),
    (r#"{"Response":1}"#, ReplyError::NotAnEnvelope),
    (r#"{"Response":null}"#, ReplyError::NotAnEnvelope),
    (r#"{"Response":{}}"#, ReplyError::NotAnEnvelope),
    ("{}", ReplyError::NotAnEnvelope),
    ("[]", ReplyError::NotAnEnvelope),
    ("\"Response\"", ReplyError::NotAnEnvelope),
    ("true", ReplyError::NotAnEnvelope),
    ("12 ", ReplyError::NotAnEnvelope),
    ("null", ReplyError::NotAnEnvelope),
    ("", ReplyError::Json(ScanError::Incomplete)),
    ("<html>", ReplyError::Json(ScanError::Unexpected)),
    (r#"{"Response":{"RequestId":"r"}}x"#, ReplyError::Json(ScanError::Trailing)),
    (r#"{"Response":{"Result":{"RetMsg":1}}}"#, ReplyError::WrongType(Member::RetMsg)),
    (
        r#"{"Response":{"Result":{"InvokeResult":"zero"}}}"#,
        ReplyError::WrongType(Member::InvokeResult),
    ),
    (
        r#"{"Response":{"Result":{"RetMsg":"a","RetMsg":"b"}}}"#,
        ReplyError::Duplicate(Member::RetMsg),
    ),
    (r#"{"Response":{"Result":{"RetMsg":"\ud83d"}}}"#, ReplyError::Json(ScanError::Surrogate)),
    (r#"{"Response":{"Result":{"RetMsg":"\x41"}}}"#, ReplyError::Json(ScanError::Escape)),
    ("{\"Response\":{\"Result\":{\"RetMsg\":\"a\nb\"}}}", ReplyError::Json(ScanError::Control)),
    (r#"{"Response":{"Result":{"MemUsage":1.}}}"#, ReplyError::Json(ScanError::Number)),
];
