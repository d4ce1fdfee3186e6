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
    // Those of an invocation are the numbers of its texts.
    ACTION = "action",
    FUNCTION_NAME = "function-name",
    INVOCATION_TYPE = "invocation-type",
    QUALIFIER = "qualifier",
    LOG_TYPE = "log-type",
    NAMESPACE = "namespace",
    ROUTING_KEY = "routing-key",
    EVENT_NAME = "event-name",
    // Those of the settings follow.
    METHOD = "method",
    PATH = "path",
    HOST = "host",
    REGION = "region",
    CONNECTION = "connection",
    LANGUAGE = "language",
    REQUEST_CLIENT = "request-client",
    TRACE_ID = "trace-id",
    // And those of the credential.
    SECRET_ID = "secret-id",
    TOKEN = "token",
    // The others are made.
    ACTION_SIGNED = "action-signed",
    CONTENT_TYPE = "content-type",
    DATE = "date",
    EVENT = "event",
    HASH = "hash",
    LENGTH = "length",
    LOWERCASE_ACTION = "lowercase-action",
    NONCE = "nonce",
    QUERY_MARK = "query-mark",
    SERVICE = "service",
    SIGNATURE = "signature",
    SIGNATURE_METHOD = "signature-method",
    TIMESTAMP = "timestamp",
    UNSIGNED_PAYLOAD = "unsigned-payload",
    VERSION = "version",
}

/// The texts of an invocation or of settings, in the order of their holes.
pub(crate) type Texts<'a> = [Option<&'a str>; 8];

/// Where the text of a hole stands among those that it belongs to.
pub(crate) const fn place(hole: u8) -> usize {
    (hole % 8) as usize
}

/// The number behind a literal that leads to no hole, which `{}` and a form's
/// end stand for. Its value is empty.
const END: u8 = u8::MAX;

/// Compiles a form.
macro_rules! form {
    ($text:expr) => {{
        const TEXT: &str = $text;
        const FORM: &[u8] = &$crate::form::compile::<{ $crate::form::length(TEXT) }>(TEXT);
        FORM
    }};
}
pub(crate) use form;

/// The bytes that a form is compiled to.
pub(crate) const fn length(text: &str) -> usize {
    compile_into(text, &mut [])
}

/// A form as so many bytes.
pub(crate) const fn compile<const N: usize>(text: &str) -> [u8; N] {
    let mut form = [0; N];
    compile_into(text, &mut form);
    form
}

/// Compiles what fits into `form`; how many bytes all of it has.
const fn compile_into(text: &str, form: &mut [u8]) -> usize {
    const fn put(form: &mut [u8], at: usize, byte: usize) {
        if at < form.len() {
            form[at] = byte as u8;
        }
    }

    let text = text.as_bytes();
    let (mut length_at, mut length, mut at) = (0, 1, 0);
    while at < text.len() {
        // A brace before anything else is one of JSON.
        if text[at] == b'{' && matches!(text[at + 1], b'a'..=b'z' | b'}') {
            let start = at + 1;
            while text[at] != b'}' {
                at += 1;
            }
            put(form, length_at, length - length_at - 1);
            put(form, length, number(text, start, at) as usize);
            length_at = length + 1;
            length += 2;
        } else {
            put(form, length, text[at] as usize);
            length += 1;
        }
        at += 1;
    }
    if length - length_at == 1 {
        return length_at;
    }
    put(form, length_at, length - length_at - 1);
    put(form, length, END as usize);
    length + 1
}

/// The number of the hole with the name from `start` to `end` of `text`.
const fn number(text: &[u8], start: usize, end: usize) -> u8 {
    let mut number = 0;
    if start == end {
        return END;
    }
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
