//! Signers of calls: with a secret, or with the key of a day alone.

use core::fmt;
use core::marker::PhantomData;

use crate::SERVICE;
use crate::sign::compression::{Compression, Software};
use crate::sign::credential::{self, CredentialError, Part};
use crate::sign::day_key::DayKey;
use crate::sign::digest::Sha256;
use crate::sign::tc3::{SignError, Signature, Signer};
use crate::wire::time::Day;

/// A signer for the calls of [`lite::invoke`](crate::lite::invoke): a
/// [`Signer`] or a [`DaySigner`]. Sealed.
pub trait SignCall: sealed::Sign {}

impl<C: Compression> SignCall for Signer<'_, C> {}
impl<C: Compression> SignCall for DaySigner<'_, C> {}

pub(crate) mod sealed {
    use crate::sign::compression::Compression;
    use crate::sign::digest::Sha256;
    use crate::sign::tc3::{SignError, Signature};

    pub trait Sign {
        /// The compression function to hash by.
        type Compression: Compression;

        /// Returns the public part of the credential.
        fn secret_id(&self) -> &str;

        /// Returns the token of temporary credentials.
        fn session_token(&self) -> Option<&str>;

        /// Returns the time to send, in unix seconds, for what the local clock
        /// says.
        fn timestamp(&self, now: u64) -> u64;

        /// Signs the hash of a canonical request that is sent with this
        /// timestamp. In place and with a hasher that is at hand, for both take
        /// flash to move and to wipe.
        #[expect(private_interfaces, reason = "the trait is sealed")]
        fn sign(
            &mut self,
            timestamp: u64,
            hash: &mut [u8; 32],
            hasher: &mut Sha256<Self::Compression>,
            signature: &mut Signature,
        ) -> Result<(), SignError>;
    }
}

impl<C: Compression> sealed::Sign for Signer<'_, C> {
    type Compression = C;

    fn secret_id(&self) -> &str {
        Signer::secret_id(self)
    }

    fn session_token(&self) -> Option<&str> {
        Signer::session_token(self)
    }

    fn timestamp(&self, now: u64) -> u64 {
        now
    }

    #[expect(private_interfaces, reason = "the trait is sealed")]
    fn sign(
        &mut self,
        timestamp: u64,
        hash: &mut [u8; 32],
        hasher: &mut Sha256<C>,
        signature: &mut Signature,
    ) -> Result<(), SignError> {
        let key = self.day_key_for(timestamp, SERVICE, hasher)?;
        key.sign_hash(timestamp, hash, hasher, signature);
        Ok(())
    }
}

/// Signs with a [`DayKey`] alone: nothing in it derives a key or needs the secret.
///
/// The key's own day bounds the clock: where the local clock is before or after
/// that day, the request is signed for its first or last second.
#[derive(Clone, Copy)]
pub struct DaySigner<'a, C = Software> {
    secret_id: &'a str,
    token: Option<&'a str>,
    key: &'a DayKey,
    compression: PhantomData<C>,
}

impl<'a> DaySigner<'a> {
    /// Returns a signer of the key that the owner of the secret has exported.
    ///
    /// # Errors
    /// The secret id is empty or has a character that none has. A key of
    /// another service than SCF is an error of the call.
    pub fn new(secret_id: &'a str, key: &'a DayKey) -> Result<Self, CredentialError> {
        credential::check(Part::SecretId, secret_id)?;
        Ok(Self { secret_id, token: None, key, compression: PhantomData })
    }
}

impl<'a, C: Compression> DaySigner<'a, C> {
    /// Makes it hash by another compression function, such as that of a chip.
    pub fn compressed_by<D: Compression>(self) -> DaySigner<'a, D> {
        let Self { secret_id, token, key, .. } = self;
        DaySigner { secret_id, token, key, compression: PhantomData }
    }

    /// Adds the token of temporary credentials, sent as `X-TC-Token`.
    ///
    /// # Errors
    /// The token is empty or has a character that none has.
    pub fn token(mut self, token: &'a str) -> Result<Self, CredentialError> {
        credential::check(Part::Token, token)?;
        self.token = Some(token);
        Ok(self)
    }

    /// Returns the public part of the credential.
    #[must_use]
    pub const fn secret_id(&self) -> &'a str {
        self.secret_id
    }

    /// Returns the key that it signs with.
    #[must_use]
    pub const fn key(&self) -> &'a DayKey {
        self.key
    }

    /// Returns the day on which it signs.
    #[must_use]
    pub fn day(&self) -> Day {
        self.key.day()
    }
}

impl<C: Compression> sealed::Sign for DaySigner<'_, C> {
    type Compression = C;

    fn secret_id(&self) -> &str {
        self.secret_id
    }

    fn session_token(&self) -> Option<&str> {
        self.token
    }

    fn timestamp(&self, now: u64) -> u64 {
        self.key.nearest(now)
    }

    #[expect(private_interfaces, reason = "the trait is sealed")]
    fn sign(
        &mut self,
        timestamp: u64,
        hash: &mut [u8; 32],
        hasher: &mut Sha256<C>,
        signature: &mut Signature,
    ) -> Result<(), SignError> {
        if !self.key.is_for(SERVICE) {
            return Err(SignError::DayKeyService);
        }
        self.key.sign_hash(timestamp, hash, hasher, signature);
        Ok(())
    }
}

impl<C> fmt::Debug for DaySigner<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DaySigner")
            .field("secret_id", &self.secret_id)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
