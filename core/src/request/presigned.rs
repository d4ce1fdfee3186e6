//! A request as one URL, to be handed on.

use super::{Emitter, Request, RequestError, Settings, SettingsError, Signing, Text};
use crate::request::event::Event;
use crate::request::invocation::Invocation;
use crate::sign::compression::Compression;
use crate::sign::tc3::{Method, Signer};
use crate::wire::bytes;

/// Writes a pre-signed URL into `out`: whoever fetches it before its
/// timestamp is 300 s old runs the function, once or more.
///
/// The settings must ask for GET and [signature version
/// 1](Signing::V1). An event stands in the URL too, which has
/// 32 KB at most. The error for a small `out` names the size that is needed.
pub fn presigned_url<'o>(
    settings: &Settings<'_>,
    invocation: &Invocation<'_>,
    mut payload: Event<'_>,
    signer: &mut Signer<'_, impl Compression>,
    timestamp: u64,
    out: &'o mut [u8],
) -> Result<&'o str, RequestError> {
    let form = (settings.method, settings.signing);
    if !matches!(form, (Method::Get, Signing::V1 { .. })) {
        return Err(SettingsError::Presigned.into());
    }
    let mut request = Request::new(settings, invocation, &payload, signer, timestamp);
    request.prepare(&mut payload, signer, out)?;
    let length = request.write_url(&mut payload, out)?;
    Ok(out.get(..length).and_then(|url| crate::wire::utf8::text(url)).unwrap_or_default())
}

impl Request<'_> {
    /// Writes the URL that makes this request when it is fetched, and gives
    /// its length; the error names the size that is needed.
    fn write_url(&self, payload: &mut Event<'_>, out: &mut [u8]) -> Result<usize, RequestError> {
        let mut needed = 0usize;
        let mut put = |part: &[u8]| {
            bytes::copy(out.get_mut(needed..).unwrap_or_default(), part);
            needed = needed.saturating_add(part.len());
        };
        for part in ["https://", self.settings.host, self.settings.path, "?"] {
            put(part.as_bytes());
        }
        let mut emitter = Emitter::new();
        let mut chunk = [0; 128];
        while !emitter.is_done() {
            put(emitter.next(self, Text::Query, payload, &mut chunk)?);
        }
        if needed > out.len() { Err(RequestError::Buffer { needed }) } else { Ok(needed) }
    }
}
