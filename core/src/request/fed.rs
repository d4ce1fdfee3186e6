//! A request whose event comes from an asynchronous source.

use crate::request::event::{AsyncSource, Event};
use crate::request::event_writer::Pass;
use crate::request::{BODY_MAX, Emitter, Request, RequestError, Signing, Text};
use crate::sign::compression::Compression;
use crate::sign::digest::Sha256;
use crate::sign::tc3::Signer;
use crate::wire::json::Validator;

impl Request<'_> {
    /// Checks everything, measures and signs, as [`prepare`](Self::prepare) does.
    /// The source is rewound afterwards.
    ///
    /// Only for POST and TC3: no other form is for an event that does not fit into
    /// memory.
    pub(crate) async fn prepare_fed<C: Compression>(
        &mut self,
        source: &mut impl AsyncSource,
        signer: &mut Signer<'_, C>,
        scratch: &mut [u8],
    ) -> Result<(), RequestError> {
        self.check(scratch)?;
        #[cfg_attr(not(feature = "v1"), expect(irrefutable_let_patterns))]
        let Signing::Tc3 { payload: signs_payload, .. } = self.settings.signing else {
            return Err(RequestError::Source);
        };
        if self.is_get() {
            return Err(RequestError::Source);
        }
        let mut hasher = Sha256::<C>::new();
        self.measure_fed(source, scratch, |bytes| {
            if signs_payload {
                hasher.update(bytes);
            }
        })
        .await?;
        let mut hash = [0; 32];
        self.hash_frame(signs_payload, &mut hasher, &mut hash);
        self.sign_hash(&mut hash, signer, &mut hasher)
    }

    /// Gives `take` the bytes of the body, and counts them; the source is checked.
    async fn measure_fed(
        &mut self,
        source: &mut impl AsyncSource,
        scratch: &mut [u8],
        mut take: impl FnMut(&[u8]),
    ) -> Result<(), RequestError> {
        source.rewind().await.map_err(|_| RequestError::Source)?;
        let mut event = Event::fed();
        let mut validator = Validator::new();
        let limit = self.invocation.payload_max();
        let mut emitter = Emitter::new();
        let mut length = 0usize;
        while !emitter.is_done() {
            let mut pass = Pass::Measure { validator: &mut validator, limit };
            let bytes = emitter.emit(self, Text::Body, &mut event.0, scratch, &mut pass)?;
            take(bytes);
            length += bytes.len();
            if emitter.event().is_waiting() {
                let count = source.read(emitter.event().room()).await;
                let count = count.map_err(|_| RequestError::Source)?;
                let mut pass = Pass::Measure { validator: &mut validator, limit };
                emitter.event().feed(count, &mut pass)?;
            }
        }
        source.rewind().await.map_err(|_| RequestError::Source)?;
        self.extent = *emitter.extent();
        self.length = length;
        if length > BODY_MAX {
            return Err(RequestError::TooLarge { size: length, limit: BODY_MAX });
        }
        Ok(())
    }
}
