//! Texts with holes, of which requests and what is signed of them are made.
//!
//! A form is written with names in braces, `"\nhost:{host}\n"`, and compiled
//! with the crate into bytes that are filled in without a search: pieces of a
//! literal's length, the literal, and the number of the hole that follows it.
//! A literal leads to its hole, and is left out with it where the hole has no
//! value. What all forms share is the one function that knows the values.

/// The holes that forms have, by the numbers that stand for them.
macro_rules! holes {
    ($($number:ident = $name:literal,)*) => {
        #[repr(u8)]
        #[allow(clippy::upper_case_acronyms, non_camel_case_types, reason = "named as constants")]
        #[cfg_attr(not(feature = "v1"), allow(dead_code, reason = "some are of version 1 alone"))]
        enum Number { $($number),* }
        $(#[cfg_attr(not(feature = "v1"), allow(dead_code))]
        pub(crate) const $number: u8 = Number::$number as u8;)*
        const NAMES: &[&str] = &[$($name),*];
    };
}

holes! {
    ACTION = "action",
    CONNECTION = "connection",
    CONTENT_TYPE = "content-type",
    DATE = "date",
    EVENT = "event",
    EVENT_NAME = "event-name",
    FUNCTION_NAME = "function-name",
    HASH = "hash",
    HOST = "host",
    INVOCATION_TYPE = "invocation-type",
    LANGUAGE = "language",
    LENGTH = "length",
    LOG_TYPE = "log-type",
    LOWERCASE_ACTION = "lowercase-action",
    METHOD = "method",
    NAMESPACE = "namespace",
    NONCE = "nonce",
    PATH = "path",
    QUALIFIER = "qualifier",
    QUERY_MARK = "query-mark",
    REGION = "region",
    REQUEST_CLIENT = "request-client",
    ROUTING_KEY = "routing-key",
    SECRET_ID = "secret-id",
    SERVICE = "service",
    SIGNATURE = "signature",
    SIGNATURE_METHOD = "signature-method",
    SIGNED_HEADERS = "signed-headers",
    TIMESTAMP = "timestamp",
    TOKEN = "token",
    TRACE_ID = "trace-id",
    UNSIGNED_PAYLOAD = "unsigned-payload",
    VERSION = "version",
}

/// The number behind a literal that leads to no hole; its value is empty.
const END: u8 = u8::MAX;

/// Compiles a form.
macro_rules! form {
    ($text:expr) => {{
        const TEXT: &str = $text;
        const FORM: &[u8] =
            &$crate::form::compile::<{ $crate::form::compile::<0>(TEXT).1 }>(TEXT).0;
        FORM
    }};
}
pub(crate) use form;

/// A form's first `N` bytes, and how many it has.
pub(crate) const fn compile<const N: usize>(text: &str) -> ([u8; N], usize) {
    const fn put<const N: usize>(form: &mut [u8; N], at: usize, byte: u8) {
        if at < N {
            form[at] = byte;
        }
    }

    let text = text.as_bytes();
    let mut form = [0; N];
    let (mut length_at, mut length, mut at) = (0, 1, 0);
    while at < text.len() {
        // A brace before anything else is one of JSON.
        if text[at] == b'{' && at + 1 < text.len() && text[at + 1].is_ascii_lowercase() {
            let start = at + 1;
            while text[at] != b'}' {
                at += 1;
            }
            put(&mut form, length_at, (length - length_at - 1) as u8);
            put(&mut form, length, number(text, start, at));
            length_at = length + 1;
            length += 2;
        } else {
            put(&mut form, length, text[at]);
            length += 1;
        }
        at += 1;
    }
    if length - length_at == 1 {
        return (form, length_at);
    }
    put(&mut form, length_at, (length - length_at - 1) as u8);
    put(&mut form, length, END);
    (form, length + 1)
}

/// The number of the hole with the name from `start` to `end` of `text`.
const fn number(text: &[u8], start: usize, end: usize) -> u8 {
    let mut number = 0;
    loop {
        let name = NAMES[number].as_bytes();
        let mut same = 0;
        while same < name.len() && start + same < end && name[same] == text[start + same] {
            same += 1;
        }
        if same == name.len() && start + same == end {
            return number as u8;
        }
        number += 1;
    }
}

/// The place for a value that has to be made.
pub(crate) type Scratch = [u8; 64];

/// What a form is filled in with.
pub(crate) trait Values {
    /// The value of a hole, if it has one.
    fn value<'v>(&'v self, hole: u8, scratch: &'v mut Scratch) -> Option<&'v [u8]>;
}

/// A literal and the hole that it leads to.
#[derive(Clone, Copy)]
pub(crate) struct Piece<'f> {
    pub(crate) literal: &'f [u8],
    pub(crate) hole: u8,
}

impl<'f> Piece<'f> {
    /// The first piece of a form, and the others.
    pub(crate) fn split(form: &'f [u8]) -> Option<(Self, &'f [u8])> {
        let (&length, rest) = form.split_first()?;
        let (literal, rest) = rest.split_at_checked(length as usize)?;
        let (&hole, rest) = rest.split_first()?;
        Some((Self { literal, hole }, rest))
    }
}

/// Gives the bytes of a filled-in form to `take`.
pub(crate) fn fill_in(form: &[u8], values: &dyn Values, take: &mut dyn FnMut(&[u8])) {
    let mut rest = form;
    while let Some((piece, next)) = Piece::split(rest) {
        if let Some(value) = values.value(piece.hole, &mut [0; 64]) {
            take(piece.literal);
            if piece.hole == LOWERCASE_ACTION {
                value.iter().for_each(|byte| take(&[byte.to_ascii_lowercase()]));
            } else {
                take(value);
            }
        }
        rest = next;
    }
}
