//! The head of a request, taken apart.

/// The head of a request, for a transport that has its own HTTP.
#[derive(Clone, Copy, Debug)]
pub struct Head<'o> {
    pub(super) text: &'o [u8],
}

impl<'o> Head<'o> {
    /// Returns `POST` or `GET`.
    pub fn method(&self) -> &'o str {
        self.request_line(0)
    }

    /// Returns the path, with the query of a GET.
    pub fn target(&self) -> &'o str {
        self.request_line(1)
    }

    /// Returns the header fields, names and values. `Host` and `Content-Length`
    /// are among them, which fetch sets by itself.
    pub fn fields(&self) -> impl Iterator<Item = (&'o str, &'o str)> + use<'o> {
        self.lines().skip(1).filter_map(|line| {
            let colon = line.iter().position(|&byte| byte == b':')?;
            // A colon and a space part the two.
            Some((text(line.get(..colon)?), text(line.get(colon + 2..)?)))
        })
    }

    /// Returns the head as it stands on the wire.
    pub fn as_bytes(&self) -> &'o [u8] {
        self.text
    }

    fn request_line(&self, word: usize) -> &'o str {
        let line = self.lines().next().unwrap_or_default();
        text(line.split(|&byte| byte == b' ').nth(word).unwrap_or_default())
    }

    fn lines(&self) -> impl Iterator<Item = &'o [u8]> + use<'o> {
        self.text.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
    }
}

/// Bytes of a head, which are all ASCII, as text.
fn text(ascii: &[u8]) -> &str {
    crate::wire::utf8::front(ascii)
}
