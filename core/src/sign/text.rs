//! The texts that are signed, to be looked at: signing itself hashes them as
//! they are made, and never has them whole.

use core::fmt;

use crate::sign::tc3::{CanonicalRequest, PayloadHash, UNSIGNED_HASH};
use crate::wire::time::Day;

/// The canonical request, as it is hashed.
///
/// ```
/// use scf_invoke_core::sign::tc3::{CanonicalRequest, Method, PayloadHash};
///
/// let request = CanonicalRequest {
///     method: Method::Post,
///     query: "",
///     content_type: "application/json",
///     host: "scf.tencentcloudapi.com",
///     signed_action: Some("Invoke"),
///     payload: PayloadHash::of(b"{}"),
/// };
/// let text = request.to_string();
/// assert_eq!(text.lines().nth(5), Some("x-tc-action:invoke"));
/// assert_eq!(PayloadHash::of(text.as_bytes()), PayloadHash::Sha256(request.hash()));
/// ```
impl fmt::Display for CanonicalRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n/\n{}", self.method.as_str(), self.query)?;
        writeln!(f, "content-type:{}\nhost:{}", self.content_type, self.host)?;
        if let Some(action) = self.signed_action {
            f.write_str("x-tc-action:")?;
            action.chars().try_for_each(|c| write!(f, "{}", c.to_ascii_lowercase()))?;
            f.write_str("\n")?;
        }
        writeln!(f, "\n{}", self.signed_headers())?;
        match &self.payload {
            PayloadHash::Sha256(hash) => hex(hash, f),
            PayloadHash::Unsigned => hex(UNSIGNED_HASH, f),
        }
    }
}

/// The text that the day key signs, which holds the hash of a
/// [`CanonicalRequest`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StringToSign<'a> {
    timestamp: u64,
    day: Day,
    service: &'a str,
    hash: [u8; 32],
}

impl<'a> StringToSign<'a> {
    /// Returns the text for a request that is sent with this timestamp, in
    /// seconds since 1970; `None` after the year 9999.
    pub fn new(timestamp: u64, service: &'a str, request: &CanonicalRequest<'_>) -> Option<Self> {
        let (day, hash) = (Day::of_timestamp(timestamp)?, request.hash());
        Some(Self { timestamp, day, service, hash })
    }
}

impl fmt::Display for StringToSign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "TC3-HMAC-SHA256\n{}", self.timestamp)?;
        self.day.date().iter().try_for_each(|byte| write!(f, "{}", char::from(*byte)))?;
        writeln!(f, "/{}/tc3_request", self.service)?;
        hex(&self.hash, f)
    }
}

fn hex(hash: &[u8; 32], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}
