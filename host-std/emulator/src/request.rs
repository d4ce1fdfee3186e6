//! A request as received, and the query and form encoding.

/// An HTTP request as it was received, before anything of it is believed.
///
/// It borrows everything, so that a fuzzer or a test can make one without a
/// socket.
#[derive(Clone, Copy, Debug)]
pub struct HttpRequest<'a> {
    /// `GET`, `POST` or anything else.
    pub method: &'a str,
    /// The path alone, without the query.
    pub path: &'a str,
    /// The query without its `?`, exactly as received; empty where there is none.
    pub query: &'a str,
    /// Names in any case, values as received.
    pub headers: &'a [(&'a str, &'a str)],
    /// The whole body.
    pub body: &'a [u8],
}

impl<'a> HttpRequest<'a> {
    /// Returns the first header of that name, trimmed.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        self.headers
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim_ascii())
    }

    /// Returns the first header of that name, with an empty value taken for an
    /// absent one.
    pub(crate) fn header_set(&self, name: &str) -> Option<&'a str> {
        self.header(name).filter(|value| !value.is_empty())
    }
}

/// Splits `a=1&b=2` and decodes both sides. A `+` is a space, and a `%` that
/// begins no escape stands for itself. `None` where the result is not UTF-8.
pub(crate) fn decode_pairs(text: &str) -> Option<Vec<(String, String)>> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(key, true)?, decode(value, true)?))
        })
        .collect()
}

/// Decodes percent escapes, and `+` where asked to.
pub(crate) fn decode(text: &str, plus_is_space: bool) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = after;
                }
                _ => out.push(b'%'),
            },
            (b'+', _) if plus_is_space => out.push(b' '),
            (byte, _) => out.push(*byte),
        }
    }
    String::from_utf8(out).ok()
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::{decode, decode_pairs, encode};

    #[test]
    fn escapes() {
        assert_eq!(decode("a%20b+c%2", true).as_deref(), Some("a b c%2"));
        assert_eq!(decode("a+b%zz", false).as_deref(), Some("a+b%zz"));
        assert_eq!(decode("%ff", true), None);
        assert_eq!(encode("a b~/é"), "a%20b~%2F%C3%A9");
        assert_eq!(
            decode_pairs("a=1&&b&c=%3D"),
            Some(vec![
                ("a".into(), "1".into()),
                ("b".into(), String::new()),
                ("c".into(), "=".into())
            ])
        );
    }
}
