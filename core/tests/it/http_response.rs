//! The HTTP decoder: good responses in every split, cut at every byte, and
//! hostile ones, each with the error it has to give.

use crate::hostile::{CHUNKED, HOSTILE, HOSTILE_CHUNKS};
use scf_invoke_core::wire::http::{
    HttpError, HttpEvent, MAX_HEAD, ResponseDecoder, parse_http_date,
};

/// The facts read from a response.
#[derive(Debug, PartialEq)]
struct Seen {
    status: u16,
    body: Vec<u8>,
    complete: bool,
    keep_alive: bool,
    date: Option<u64>,
    left: usize,
}

fn read<'a>(
    mut decoder: ResponseDecoder,
    pieces: impl IntoIterator<Item = &'a [u8]>,
    close: bool,
) -> Result<Seen, HttpError> {
    let (mut status, mut body, mut left, mut ended) = (0, Vec::new(), 0, false);
    let mut take = |decoder: &mut ResponseDecoder, mut input: &[u8]| {
        loop {
            match decoder.next(&mut input)? {
                Some(HttpEvent::Status(code)) => {
                    assert_eq!(status, 0, "a second status");
                    status = code;
                }
                Some(HttpEvent::Body(piece)) => {
                    assert!(status != 0 && !piece.is_empty() && !ended);
                    body.extend_from_slice(piece);
                }
                Some(HttpEvent::End) => ended = true,
                None => break,
            }
        }
        assert!(input.is_empty() || ended);
        left += input.len();
        Ok(())
    };
    for piece in pieces {
        take(&mut decoder, piece)?;
    }
    if close {
        decoder.closed()?;
        take(&mut decoder, b"")?;
    }
    assert_eq!(ended, decoder.is_complete());
    assert_eq!(decoder.status(), status);
    Ok(Seen {
        status,
        body,
        complete: decoder.is_complete(),
        keep_alive: decoder.keep_alive(),
        date: decoder.date(),
        left,
    })
}

/// Under Miri, which is a thousand times slower, only some of all splits.
const STEP: usize = if cfg!(miri) { 41 } else { 1 };

fn whole(text: &str) -> Result<Seen, HttpError> {
    read(ResponseDecoder::new(), [text.as_bytes()], false)
}

const GOOD: &[(&str, &str)] = &[
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"),
    ("HTTP/1.1 200 \r\nContent-Length: 5, 5\r\ncontent-length:5\r\n\r\nhello", "hello"),
    ("HTTP/1.1 200\r\ncontent-length:\t5 \r\n\r\nhello", "hello"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
    ("HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n", ""),
    ("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", ""),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello"),
    (
        "HTTP/1.1 200 OK\r\ntransfer-encoding:chunked\r\n\r\n1;a=b;c=\"d\"\r\nh\r\n0004  \r\nello\r\n00;x\r\nTrailer: a\r\nContent-Length: 9\r\n\r\n",
        "hello",
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n\r\n\r\n\r\n\r\n\r\n\r\n0\r\n\r\n",
        "\r\n\r\n\r\n\r\n\r\n",
    ),
    (
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\nConnection: close\r\n\r\nHTTP/1.1 500 Oops\u{e9}\r\nContent-Length: 5\r\nX-Empty:\r\nX-Long: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n\r\nhello",
        "hello",
    ),
];

#[test]
fn good_responses_in_every_split() {
    for (text, body) in GOOD {
        let expected = whole(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(expected.complete && expected.keep_alive && expected.left == 0, "{text}");
        assert_eq!(expected.body, body.as_bytes());
        assert_eq!(
            read(ResponseDecoder::new(), text.as_bytes().chunks(1), true).as_ref(),
            Ok(&expected)
        );
        for at in (0..=text.len()).step_by(STEP) {
            let (front, back) = text.as_bytes().split_at(at);
            assert_eq!(
                read(ResponseDecoder::new(), [front, back], false).as_ref(),
                Ok(&expected),
                "{at} {text}"
            );
        }
    }
}

#[test]
fn truncated_at_every_byte() {
    for (text, _) in GOOD {
        for at in (0..text.len()).step_by(STEP) {
            let front = &text.as_bytes()[..at];
            let open = read(ResponseDecoder::new(), [front], false).unwrap();
            assert!(!open.complete && !open.keep_alive, "{at} {text}");
            assert_eq!(
                read(ResponseDecoder::new(), [front], true),
                Err(HttpError::Truncated),
                "{at} {text}"
            );
        }
    }
}

#[test]
fn body_up_to_the_close() {
    let text = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>";
    for step in (1..text.len()).step_by(STEP) {
        let open = read(ResponseDecoder::new(), text.as_bytes().chunks(step), false).unwrap();
        assert!(!open.complete);
        let seen = read(ResponseDecoder::new(), text.as_bytes().chunks(step), true).unwrap();
        assert_eq!(
            (seen.body.as_slice(), seen.complete, seen.keep_alive),
            (&b"<html>"[..], true, false)
        );
    }
}

#[test]
fn what_follows_the_end_stays() {
    let seen = whole("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200").unwrap();
    assert_eq!((seen.left, seen.complete), (12, true));
}

#[test]
fn keep_alive() {
    let ask = |text: &str| whole(text).unwrap().keep_alive;
    let rest = "Content-Length: 0\r\n\r\n";
    assert!(ask(&format!("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n{rest}")));
    assert!(ask(&format!("HTTP/1.2 200 OK\r\nConnection: x-close, closed\r\n{rest}")));
    assert!(!ask(&format!("HTTP/1.1 200 OK\r\nconnection: Close\r\n{rest}")));
    assert!(!ask(&format!("HTTP/1.1 200 OK\r\nConnection: a,\tclose , b\r\n{rest}")));
    assert!(!ask(&format!(
        "HTTP/1.1 200 OK\r\nConnection: a\r\nConnection: close\r\nConnection: b\r\n{rest}"
    )));
    assert!(!ask(&format!("HTTP/1.1 200 OK\r\nConnection: {}, close\r\n{rest}", "a".repeat(70))));
    let spaces = " ".repeat(70);
    assert!(!ask(&format!("HTTP/1.1 200 OK\r\nConnection:{spaces}close{spaces}\r\n{rest}")));
    assert!(ask(&format!("HTTP/1.1 200 OK\r\nConnection: close{spaces}not\r\n{rest}")));
    assert!(!ask(&format!("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n{rest}")));
}

#[test]
fn headers_that_matter() {
    let mut decoder = ResponseDecoder::new();
    let mut input =
        &b"HTTP/1.1 200 OK\r\nDATE:  Sun, 06 Nov 1994 08:49:37 GMT \r\nContent-Length: 1\r\n\r\n"[..];
    assert_eq!(decoder.next(&mut input), Ok(Some(HttpEvent::Status(200))));
    assert_eq!(decoder.date(), Some(784_111_777));
    assert_eq!(decoder.retry_after(), None);
    for (value, seconds) in [
        ("7", Some(7)),
        (" 120 ", Some(120)),
        ("0", None),
        ("soon", None),
        ("99999999999", Some(u32::MAX)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", None),
    ] {
        let head = format!("HTTP/1.1 429 Busy\r\nRetry-After: {value}\r\n\r\n");
        let mut decoder = ResponseDecoder::new();
        decoder.next(&mut head.as_bytes()).unwrap();
        assert_eq!(decoder.retry_after(), seconds, "{value}");
    }
}

fn refused(text: &str, error: HttpError) {
    assert_eq!(whole(text), Err(error), "{text:?}");
    assert_eq!(
        read(ResponseDecoder::new(), text.as_bytes().chunks(1), true),
        Err(error),
        "{text:?}"
    );
    assert!(!error.to_string().is_empty());
    let mut decoder = ResponseDecoder::new();
    let mut input = text.as_bytes();
    while decoder.next(&mut input).is_ok() {}
    // An error stays.
    assert_eq!(decoder.next(&mut &b"HTTP/1.1 200 OK\r\n\r\n"[..]), Err(error));
    assert_eq!(decoder.closed(), Err(error));
    assert!(!decoder.is_complete() && !decoder.keep_alive());
}

#[test]
fn hostile_responses() {
    for (text, error) in HOSTILE {
        refused(text, *error);
    }
    for (body, error) in HOSTILE_CHUNKS {
        refused(&format!("{CHUNKED}{body}"), *error);
    }
}

#[test]
#[cfg_attr(miri, ignore = "takes kilobytes, byte by byte")]
fn everything_is_bounded() {
    let head = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "a".repeat(MAX_HEAD.into()));
    refused(&head, HttpError::HeadTooLong);
    refused(&"HTTP/1.1 100 Continue\r\n\r\n".repeat(1000), HttpError::HeadTooLong);
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(4000));
    refused(&many, HttpError::HeadTooLong);
    refused(&format!("{CHUNKED}0\r\n{}", "A: b\r\n".repeat(4000)), HttpError::HeadTooLong);
    refused(&format!("{CHUNKED}5;{}\r\n", "a".repeat(300)), HttpError::ChunkLine);
    refused(&format!("{CHUNKED}{}5\r\n", "0".repeat(300)), HttpError::ChunkLine);

    // The largest that is taken, and one byte more.
    let head = |length: usize| {
        let ends = "HTTP/1.1 204 No Content\r\nX: \r\n\r\n".len();
        format!("HTTP/1.1 204 No Content\r\nX: {}\r\n\r\n", "a".repeat(length - ends))
    };
    let line = |length: usize| format!("{CHUNKED}2;{}\r\nab\r\n0\r\n\r\n", "a".repeat(length - 4));
    for text in [head(16_384), line(256)] {
        assert!(read(ResponseDecoder::new(), [text.as_bytes()], true).is_ok(), "{}", text.len());
    }
    refused(&head(16_385), HttpError::HeadTooLong);
    refused(&line(257), HttpError::ChunkLine);

    let small = || ResponseDecoder::with_max_body(5);
    for (text, error) in [
        ("HTTP/1.1 200 OK\r\n\r\nhello", None),
        ("HTTP/1.1 200 OK\r\n\r\nhello!", Some(HttpError::BodyTooLarge)),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n",
            None,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n4\r\ncdef\r\n",
            Some(HttpError::BodyTooLarge),
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", None),
        ("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", Some(HttpError::BodyTooLarge)),
    ] {
        assert_eq!(read(small(), [text.as_bytes()], true).err(), error, "{text}");
        assert_eq!(read(small(), text.as_bytes().chunks(1), true).err(), error, "{text}");
    }
}

#[test]
fn a_body_may_have_64_mib_and_never_4_gib() {
    let announced = |mut decoder: ResponseDecoder, length: u64| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        let mut input = head.as_bytes();
        while decoder.next(&mut input)?.is_some() {}
        Ok(())
    };
    let too_large = Err(HttpError::BodyTooLarge);
    assert_eq!(announced(ResponseDecoder::new(), 64 << 20), Ok(()));
    assert_eq!(announced(ResponseDecoder::new(), (64 << 20) + 1), too_large);
    for limit in [u32::MAX, u32::MAX - 1] {
        let decoder = || ResponseDecoder::with_max_body(limit);
        assert_eq!(announced(decoder(), 4_294_967_294), Ok(()), "{limit}");
        assert_eq!(announced(decoder(), 4_294_967_295), too_large, "{limit}");
    }
}

#[test]
fn a_date_can_be_passed_over() {
    let response = b"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
        Content-Length: 2\r\n\r\n{}";
    let mut decoder = ResponseDecoder::without_date();
    let mut input = &response[..];
    assert_eq!(decoder.next(&mut input), Ok(Some(HttpEvent::Status(200))));
    assert_eq!(decoder.next(&mut input), Ok(Some(HttpEvent::Body(b"{}"))));
    assert_eq!(decoder.next(&mut input), Ok(Some(HttpEvent::End)));
    assert_eq!(decoder.date(), None);
}

#[test]
fn dates() {
    for (text, seconds) in [
        ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", None),
        ("Sun Nov  6 08:49:37 1994", None),
        ("Wed Nov 16 08:49:37 1994", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
        ("Thu, 29 Feb 2024 23:59:60 GMT", Some(1_709_251_200)),
        ("Wed, 01 Mar 2000 00:00:00 GMT", Some(951_868_800)),
        ("Tue, 18 Jul 2023 11:11:03 GMT", Some(1_689_678_663)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", Some(253_402_300_799)),
        ("Thursday, 01-Jan-26 00:00:00 GMT", None),
        ("Wed, 31 Dec 1969 23:59:59 GMT", None),
        ("Mon, 29 Feb 2100 00:00:00 GMT", None),
        ("Thu, 29 Feb 2023 00:00:00 GMT", None),
        ("Sun, 00 Nov 1994 08:49:37 GMT", None),
        ("Sun, 31 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 nov 1994 08:49:37 gmt", Some(784_111_777)),
        ("Sun, 06 Nov 199x 08:49:37 GMT", None),
        ("Sun, 06 Nov x994 08:49:37 GMT", None),
        ("Sun, x6 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:3x GMT", None),
        ("Sun, 06 Nov 1994 24:00:00 GMT", None),
        ("Sun, 06 Nov 1994 08:60:00 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 UTC", None),
        ("Sun, 06 Nov 1994 08:49:37", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT ", None),
        ("Sun, 6 Nov 1994 08:49:37 GMT", None),
        ("Sun,06 Nov 1994 08:49:37 GMT", None),
        ("0", None),
        ("", None),
        (",", None),
    ] {
        assert_eq!(parse_http_date(text.as_bytes()), seconds, "{text}");
    }
}
