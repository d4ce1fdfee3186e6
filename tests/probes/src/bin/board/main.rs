//! Runs on the emulated Cortex-M4 and prints, over semihosting: the stack that
//! calls take at most, the instructions that signing takes, and the sizes of
//! the types. The peer is in the image too.

#![no_std]
#![no_main]

mod machine;

use core::hint::black_box;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use machine::{end, instructions, print, put, stack};
use probes as _;
use scf_invoke_core::call::{CALL_BUFFER_MIN, Call};
use scf_invoke_core::client::Client;
use scf_invoke_core::error::{Delivery, Error};
use scf_invoke_core::lite::{self, Target};
use scf_invoke_core::reply::{ReplyParts, Sink, SinkError, TextField};
use scf_invoke_core::request::Settings;
use scf_invoke_core::request::event::{Event, Source, SourceError};
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::sign::tc3::{CanonicalRequest, Method, PayloadHash, Signer};
use scf_invoke_core::transport::{Stream, StreamError};
use sha2::{Digest, Sha256};

/// A piece of an answer, and how often it comes.
type Part = (&'static [u8], usize);

/// The head of each answer of the API.
const HEAD: Part = (
    b"HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n\
    Content-Type: application/json\r\nConnection: keep-alive\r\n\
    Transfer-Encoding: chunked\r\n\r\n",
    1,
);
const LAST: Part = (b"0\r\n\r\n", 1);

/// Text as a chunk of HTTP.
macro_rules! chunk {
    ($text:literal) => {{
        const CHUNK: [u8; $text.len() + 6] = chunk($text);
        &CHUNK
    }};
}

const fn chunk<const N: usize>(text: &str) -> [u8; N] {
    let digits = b"0123456789abcdef";
    let mut chunk = [b'\n'; N];
    chunk[0] = digits[text.len() / 16];
    chunk[1] = digits[text.len() % 16];
    chunk[2] = b'\r';
    let mut index = 0;
    while index < text.len() {
        chunk[4 + index] = text.as_bytes()[index];
        index += 1;
    }
    chunk[N - 2] = b'\r';
    chunk
}

/// A result of 5 KB with escapes, and a log.
const LONG: &[Part] = &[
    HEAD,
    (chunk!(r#"{"Response":{"Result":{"RetMsg":""#), 1),
    (chunk!(r#"0123456789\"\n\u4e2d\ud83d\ude00 abcdefghi"#), 200),
    (chunk!(r#"","Log":"START RequestId: \n","Duration":12.345,"BillDuration":13"#), 1),
    (chunk!(r#","MemUsage":1048576,"InvokeResult":0,"ErrMsg":"","FunctionRequestId":""#), 1),
    (chunk!(r#"c2af8a64-c922-4d55-aee0-bd86a5c2cd12"},"RequestId":"6add56fa-58f1-11e8"}}"#), 1),
    LAST,
];

const EXPIRED: &[Part] = &[
    HEAD,
    (chunk!(r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"#), 1),
    (chunk!(r#""The signature is too old."},"RequestId":"6add56fa-58f1-11e8"}}"#), 1),
    LAST,
];

const SHORT: &[Part] = &[
    HEAD,
    (chunk!(r#"{"Response":{"Result":{"RetMsg":"\"hello\"","InvokeResult":0},"#), 1),
    (chunk!(r#""RequestId":"6add56fa-58f1-11e8"}}"#), 1),
    LAST,
];

const STRANGE: &[Part] =
    &[(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 15\r\n\r\n<html>no</html>", 1)];

/// A peer that answers from constants, a few bytes at a time.
struct Peer {
    answers: &'static [&'static [Part]],
    part: usize,
    times: usize,
    at: usize,
    answering: bool,
    written: usize,
}

impl Peer {
    const fn new(answers: &'static [&'static [Part]]) -> Self {
        Self { answers, part: 0, times: 0, at: 0, answering: false, written: 0 }
    }
}

impl ErrorType for Peer {
    type Error = ErrorKind;
}

impl Read for Peer {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.answering = true;
        let Some((bytes, times)) = self.answers.first().and_then(|answer| answer.get(self.part))
        else {
            return Ok(0);
        };
        let mut count = 0;
        for (to, from) in buffer.iter_mut().zip(bytes.get(self.at..).unwrap_or_default()) {
            *to = *from;
            count += 1;
        }
        self.at += count;
        if self.at == bytes.len() {
            self.at = 0;
            self.times += 1;
            if self.times == *times {
                self.times = 0;
                self.part += 1;
            }
        }
        Ok(count)
    }
}

impl Write for Peer {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        if self.answering {
            self.answering = false;
            self.answers = self.answers.get(1..).unwrap_or_default();
            self.part = 0;
        }
        self.written += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// Readings that exist only one at a time.
struct Readings(u32);

impl Source for Readings {
    fn rewind(&mut self) {
        self.0 = 0;
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, SourceError> {
        let piece: &[u8] = match self.0 {
            0 => b"[\"\"",
            1..1000 => b",\"21\"",
            1000 => b"]",
            _ => return Ok(0),
        };
        self.0 += 1;
        out.get_mut(..piece.len()).ok_or(SourceError)?.copy_from_slice(piece);
        Ok(piece.len())
    }
}

/// Counts.
struct Count(usize);

impl Sink for Count {
    fn write(&mut self, _: TextField, piece: &[u8]) -> Result<(), SinkError> {
        self.0 += piece.len();
        Ok(())
    }
}

/// The end of a call.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Reply,
    Api,
    Protocol,
    Else,
}

impl End {
    fn of<T>(result: &Result<T, Error<StreamError<ErrorKind>>>) -> Self {
        match result {
            Ok(_) => Self::Reply,
            Err(Error::Api(error)) if error.delivery() == Delivery::Refused => Self::Api,
            Err(Error::Protocol { .. }) => Self::Protocol,
            Err(_) => Self::Else,
        }
    }
}

const NOW: u64 = 1_700_000_000;
const HOST: &str = "scf.tencentcloudapi.com";

fn signer() -> Signer<'static> {
    let names = black_box(("AKIDEXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"));
    Signer::new(names.0, names.1).unwrap_or_else(|_| end("the credential is wrong"))
}

/// Makes a call of its own, which derives its key, with the smallest buffer
/// that there may be; `now` is what the board's clock says.
#[inline(never)]
fn streamed(name: &str, answers: &'static [&'static [Part]], now: u64, expected: End) {
    let settings = Settings::new(Region::AP_GUANGZHOU, HOST);
    let mut client = Client::new(Stream::new(Peer::new(answers)), settings, signer());
    let mut buffer = [0; CALL_BUFFER_MIN];
    let (mut source, mut sink) = (Readings(0), Count(0));
    let mut ended = End::Else;
    let invocation = Invocation::new("readings");
    let peak = stack(&mut || {
        let event = Event::source(&mut source);
        let result = client.invoke_to_sink(now, &invocation, event, &mut buffer, &mut sink);
        ended = End::of(&result);
    });
    // 8 KB of event are on their way twice as often where the clock is wrong.
    let written = client.transport_mut().get_mut().written;
    let long = if answers.len() == 2 { 14_000 } else { 7_000 };
    if ended != expected || written < long || (expected == End::Reply) != (sink.0 > 5000) {
        name.bytes().for_each(put);
        print("", written as u32);
        print("", sink.0 as u32);
        end(" did not end as it should");
    }
    print(name, peak);
}

#[inline(never)]
fn buffered(name: &str) {
    let settings = Settings::new(Region::AP_GUANGZHOU, HOST);
    let mut client = Client::new(Stream::new(Peer::new(&[SHORT])), settings, signer());
    let mut buffer = [0; 512];
    let mut right = false;
    let invocation = Invocation::new("hello");
    let peak = stack(&mut || {
        let reply = client.invoke(NOW, &invocation, r#"{"name":"world"}"#, &mut buffer);
        right = matches!(&reply, Ok(reply) if reply.result_text() == Ok("\"hello\""));
    });
    if !right {
        end("the call in a buffer did not end as it should");
    }
    print(name, peak);
}

#[inline(never)]
fn small(name: &str) {
    let mut stream = Peer::new(&[SHORT]);
    let target = Target { host: HOST, region: Region::AP_GUANGZHOU, function: "hello" };
    let (mut signer, mut buffer) = (signer(), [0; 512]);
    let mut right = false;
    let peak = stack(&mut || {
        let event = r#"{"name":"world"}"#;
        let reply = lite::invoke(&mut stream, &mut signer, &target, event, NOW, &mut buffer);
        right = matches!(&reply, Ok(reply) if reply.result == b"\"hello\"");
    });
    if !right {
        end("the small call did not end as it should");
    }
    print(name, peak);
}

const CONTENT_TYPE: &str = "application/json; charset=utf-8";

fn request() -> CanonicalRequest<'static> {
    CanonicalRequest {
        method: Method::Post,
        query: "",
        content_type: black_box(CONTENT_TYPE),
        host: black_box(HOST),
        signed_action: None,
        payload: PayloadHash::Sha256([7; 32]),
    }
}

/// Returns the blocks that SHA-256 makes of so many bytes.
const fn blocks(bytes: usize) -> usize {
    (bytes + 9).div_ceil(64)
}

/// The lengths of the texts that signing hashes: the canonical request; the
/// text to sign after a block that is hashed already; the outer hash, likewise.
const CANONICAL: usize = "POST\n/\n\ncontent-type:\nhost:\n\ncontent-type;host\n".len()
    + CONTENT_TYPE.len()
    + HOST.len()
    + 64;
const TO_SIGN: usize = "TC3-HMAC-SHA256\n1700000000\n2023-11-14/scf/tc3_request\n".len() + 64;
const WARM: usize = blocks(CANONICAL) + blocks(TO_SIGN) + 1;

/// The blocks once a day: in addition, three HMACs of four blocks, and the two
/// of the key.
const COLD: usize = 3 * 4 + 2 + WARM;

#[inline(never)]
fn signing() {
    let sign = |signer: &mut Signer<'_>| {
        let signature = signer.sign(black_box("scf"), black_box(NOW), &request());
        if black_box(signature).is_err() {
            end("not signed");
        }
    };
    print("stack.sign", stack(&mut || sign(&mut signer())));
    let mut warm = signer();
    sign(&mut warm);
    for (blocks, count, work) in [
        ("blocks.sign", "instructions.sign", &mut (|| sign(&mut warm)) as &mut dyn FnMut()),
        ("blocks.derive", "instructions.derive", &mut || sign(&mut signer())),
    ] {
        let number = if blocks == "blocks.sign" { WARM } else { COLD };
        print(blocks, number as u32);
        print(count, instructions(work));
    }
    let text = [0x61; 64 * COLD];
    for (name, number) in [("instructions.sign.bare", WARM), ("instructions.derive.bare", COLD)] {
        let text = text.get(..64 * number - 9).unwrap_or_default();
        let mut hash = || {
            black_box(Sha256::digest(black_box(text)));
        };
        print(name, instructions(&mut hash));
    }
}

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    print("size.call", size_of::<Call<'_>>() as u32);
    print("size.answer", size_of::<ReplyParts>() as u32);
    print("size.client", size_of::<Client<'_, ()>>() as u32);
    print("size.signer", size_of::<Signer<'_>>() as u32);
    print("size.buffer", CALL_BUFFER_MIN as u32);
    streamed("stack.streamed", &[LONG], NOW, End::Reply);
    streamed("stack.corrected", &[EXPIRED, LONG], 0, End::Reply);
    streamed("stack.refused", &[EXPIRED], NOW, End::Api);
    streamed("stack.strange", &[STRANGE], NOW, End::Protocol);
    buffered("stack.buffered");
    small("stack.lite");
    signing();
    end("done")
}
