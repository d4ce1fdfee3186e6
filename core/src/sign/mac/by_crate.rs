//! HMAC by the crate `hmac`, over the hasher of `sha2`.

use core::marker::PhantomData;

use hmac::block_api::HmacCore;
use hmac::digest::block_api::CoreProxy;
use hmac::{Hmac, KeyInit, Mac as _};
use zeroize::Zeroize;

use super::fill_key_block;
use crate::sign::compression::Compression;
use crate::sign::digest::{BLOCK, Sha256};

/// A key, ready to start from, without the block that a MAC fills. Wiped when
/// dropped.
#[derive(Clone)]
pub(crate) struct MacKey(HmacCore<sha2::Sha256>);

impl MacKey {
    /// Returns an empty place for a key.
    pub(crate) fn unset() -> Self {
        Self(HmacCore::new((&[0; BLOCK]).into()))
    }

    /// Becomes the key `prefix` + `rest`.
    #[inline(never)]
    pub(crate) fn set<C: Compression>(
        &mut self,
        hasher: &mut Sha256<C>,
        prefix: &[u8],
        rest: &[u8],
    ) {
        let mut block = [0; BLOCK];
        fill_key_block(&mut block, hasher, prefix, rest);
        self.0 = HmacCore::new((&block).into());
        block.as_mut_slice().zeroize();
    }

    /// Starts the MAC of a message.
    pub(crate) fn start<'m, C>(&'m self, _: &'m mut Sha256<C>) -> Mac<'m, C> {
        Mac { mac: Hmac::compose(self.0.clone(), Default::default()), hasher: PhantomData }
    }
}

/// The MAC of a message that comes in pieces.
pub(crate) struct Mac<'m, C> {
    mac: Hmac<sha2::Sha256>,
    /// The core's own MAC needs one.
    hasher: PhantomData<&'m mut Sha256<C>>,
}

impl<C> Mac<'_, C> {
    /// Takes the next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.mac.update(bytes);
    }

    /// Writes the MAC.
    pub(crate) fn finish(self, mac: &mut [u8; 32]) {
        *mac = self.mac.finalize().into_bytes().into();
    }
}
