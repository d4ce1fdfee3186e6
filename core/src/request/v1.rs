//! What signature version 1 needs besides the texts.

use core::mem;

use crate::request::form::{self, Scratch};
use crate::request::settings::Signing;
use crate::request::texts::Text;
use crate::request::{FORM_MAX, Feed, Pen, QUERY_MAX, Request};
use crate::sign::tc3::{SignError, Signer};
use crate::sign::v1::Algorithm;
use crate::wire::bytes;
use crate::wire::time::decimal;

impl Request<'_> {
    /// Makes the signature, and measures the form or query that has it.
    pub(super) fn sign_v1(
        &mut self,
        pen: &mut Pen<'_, '_>,
        signer: &Signer<'_>,
        algorithm: Algorithm,
    ) -> Option<()> {
        let secret_key = pen.check(signer.secret_key().ok_or(SignError::DayKeyVersion1))?;
        pen.feed = Feed::Mac(algorithm.mac(secret_key));
        self.measure(Text::SOURCE, pen, usize::MAX)?;
        if let Feed::Mac(mac) = mem::replace(&mut pen.feed, Feed::Nothing) {
            self.signature = mac.finish();
        }
        // Encoded, the payload has another length than in the source.
        let (text, limit) =
            if self.is_get() { (Text::QUERY, QUERY_MAX) } else { (Text::BODY, FORM_MAX) };
        self.measure(text, pen, limit)
    }

    /// The value of a hole that only version 1 has.
    pub(super) fn v1_value<'v>(&self, hole: u8, scratch: &'v mut Scratch) -> Option<&'v [u8]> {
        let Signing::V1 { algorithm, nonce } = self.settings.signing else { return None };
        match hole {
            form::NONCE => Some(decimal(nonce.into(), scratch)),
            form::SIGNATURE => {
                let signature = algorithm.signature(&self.signature);
                let length = bytes::copy(scratch, signature.as_bytes());
                scratch.get(..length)
            }
            _ => Some(algorithm.as_str().as_bytes()),
        }
    }
}
