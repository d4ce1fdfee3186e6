//! A signed request with all that a call sends it from.

use crate::request::event::Event;
use crate::request::invocation::Invocation;
use crate::request::{Request, RequestError, Settings};
use crate::sign::tc3::Signer;

/// A request that has been checked, measured and signed, so that only sending
/// is left, by one [`Call`](crate::call::Call).
///
/// It is made before the call, so that what signing takes of the stack is free
/// again when the call needs its own.
pub struct SignedRequest<'c> {
    pub(crate) request: Request<'c>,
    pub(crate) payload: Event<'c>,
    pub(crate) buffer: &'c mut [u8],
}

impl<'c> SignedRequest<'c> {
    /// Checks, measures and signs a request; nothing is sent yet.
    ///
    /// `timestamp` is the time in unix seconds. `buffer` is what the request is
    /// measured through. Then the call puts the request together there, reads
    /// the response into it, and leaves the result and the log, unless a sink
    /// takes them: at least [`CALL_BUFFER_MIN`](crate::call::CALL_BUFFER_MIN)
    /// bytes, and better as many as the request has.
    #[inline]
    pub fn new<'s: 'c>(
        settings: &'c Settings<'c>,
        invocation: &'c Invocation<'c>,
        mut payload: Event<'c>,
        signer: &mut Signer<'s>,
        timestamp: u64,
        buffer: &'c mut [u8],
    ) -> Result<Self, RequestError> {
        let mut request = Request::new(settings, invocation, &payload, signer, timestamp);
        request.prepare(&mut payload, signer, buffer)?;
        Ok(Self { request, payload, buffer })
    }
}
