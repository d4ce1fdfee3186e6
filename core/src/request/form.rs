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
    QUERY_MARK = "query-mark",
    SERVICE = "service",
    TIMESTAMP = "timestamp",
    UNSIGNED_PAYLOAD = "unsigned-payload",
    VERSION = "version",
    NONCE = "nonce",
    SIGNATURE = "signature",
    SIGNATURE_METHOD = "signature-method",
}

/// The texts of an invocation or of settings, in the order of their holes.
pub(crate) type Texts<'a> = [Option<&'a str>; 8];

/// Where the text of a hole stands among those that it belongs to.
pub(crate) const fn place(hole: u8) -> usize {
    (hole % 8) as usize
}

/// The longest literal before a hole, in bytes.
pub(crate) const LITERAL_MAX: usize = 64;

/// The number behind a literal that leads to no hole, which `{}` and a form's
/// end stand for. Its value is empty.
const END: u8 = u8::MAX;

/// Compiles a form.
macro_rules! form {
    ($text:expr) => {{
        const TEXT: &str = $text;
        const FORM: &[u8] =
            &$crate::request::form::compile::<{ $crate::request::form::length(TEXT) }>(TEXT);
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

    const fn put_length(form: &mut [u8], at: usize, end: usize) {
        let length = end - at - 1;
        assert!(length <= LITERAL_MAX);
        put(form, at, length);
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
            put_length(form, length_at, length);
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
    put_length(form, length_at, length);
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

/// A literal and the hole that it leads to.
#[derive(Clone, Copy)]
pub(crate) struct Piece<'f> {
    pub(crate) literal: &'f [u8],
    pub(crate) hole: u8,
}

impl<'f> Piece<'f> {
    /// The first piece of a form.
    pub(crate) fn first(form: &'f [u8]) -> Option<Self> {
        let (&length, rest) = form.split_first()?;
        let (literal, rest) = rest.split_at_checked(length as usize)?;
        Some(Self { literal, hole: *rest.first()? })
    }

    /// Its bytes in the form.
    pub(crate) fn length(&self) -> u16 {
        self.literal.len() as u16 + 2
    }
}
