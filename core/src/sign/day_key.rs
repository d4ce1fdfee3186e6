//! The TC3 signing key of one UTC day and one service.

use core::fmt;

use heapless::String;
use zeroize::Zeroize;

use crate::sign::compression::{Compression, Software};
use crate::sign::digest::Sha256;
use crate::sign::mac::MacKey;
use crate::wire::ascii;
use crate::wire::bytes;
use crate::wire::time::{Day, SECONDS_PER_DAY};
use crate::wire::utf8;

/// The longest service name a key can be made for, in bytes.
pub const SERVICE_MAX: usize = 32;

/// The end of a scope as it stands in a string to sign, and its last part alone: one
/// text, which saves 8 bytes of flash.
pub(super) const SCOPE_END: &[u8] = b"/tc3_request\n";
const TC3_REQUEST: &[u8] = SCOPE_END.split_at(1).1.split_at("tc3_request".len()).0;

/// A key that signs for one service on one UTC day, and is worthless after.
///
/// TC3 never signs with the secret key itself but with a key derived from it,
/// the date and the service. So a backend can hand a device or a page this
/// key in place of the secret: [`export`](Self::export) there,
/// [`import`](Self::import) here. Deriving it costs three HMACs; a
/// [`Signer`](crate::sign::tc3::Signer) keeps it for the day.
///
/// The key is wiped when dropped and never printed.
///
/// ```
/// use scf_invoke_core::{DayKey, wire::time::Day};
///
/// let today = Day::parse("2019-02-25").unwrap();
/// let key = DayKey::derive("the-secret-key", today, "scf").unwrap();
/// let mut text = [0; 128];
/// let exported = key.export("AKIDEXAMPLE", &mut text).unwrap();
/// let (secret_id, same) = DayKey::import(exported).unwrap();
/// assert_eq!(secret_id, "AKIDEXAMPLE");
/// assert_eq!((same.day(), same.service()), (today, "scf"));
/// ```
#[derive(Clone)]
pub struct DayKey {
    key: [u8; 32],
    mac: MacKey,
    day: Day,
    service: String<SERVICE_MAX>,
}

impl DayKey {
    /// Derives the key of `day` and `service` from the secret key.
    ///
    /// `None` if `service` is not 1 to [`SERVICE_MAX`] lowercase letters,
    /// digits and hyphens.
    pub fn derive(secret_key: &str, day: Day, service: &str) -> Option<Self> {
        let mut key = Self::empty();
        key.derive_in_place(&mut Sha256::<Software>::new(), secret_key, day, service)?;
        Some(key)
    }

    /// Returns a place for a key, which signs for no service before it is
    /// [set](Self::set). Where flash counts, set a key where it stays: one that is
    /// returned is copied, by a routine of 900 bytes.
    #[must_use]
    pub fn empty() -> Self {
        Self { key: [0; 32], mac: MacKey::unset(), day: Day::FIRST, service: String::new() }
    }

    /// Becomes the key of `day` and `service`: in place, for moving a key takes
    /// flash. `None` if there is no such service.
    pub(crate) fn derive_in_place<C: Compression>(
        &mut self,
        hasher: &mut Sha256<C>,
        secret_key: &str,
        day: Day,
        service: &str,
    ) -> Option<()> {
        self.set_scope(day, service)?;
        self.mac.set(hasher, b"TC3", secret_key.as_bytes());
        self.sign_part(hasher, &day.date());
        self.sign_part(hasher, service.as_bytes());
        self.sign_part(hasher, TC3_REQUEST);
        Some(())
    }

    /// Sets the day and the service that it signs for; `None` if there is no such
    /// service.
    fn set_scope(&mut self, day: Day, service: &str) -> Option<()> {
        self.day = day;
        self.service.clear();
        if ascii::is_name(service) { self.service.push_str(service).ok() } else { None }
    }

    /// Becomes the MAC of `part`, as the key of the next part.
    #[inline(never)]
    fn sign_part<C: Compression>(&mut self, hasher: &mut Sha256<C>, part: &[u8]) {
        let mut mac = self.mac.start(hasher);
        mac.update(part);
        mac.finish(&mut self.key);
        self.mac.set(hasher, b"", &self.key);
    }

    /// Returns the key of `day` and `service` from its 32 bytes, for a place
    /// that has read the [exported](Self::export) text itself.
    #[inline]
    pub fn from_bytes(key: &[u8; 32], day: Day, service: &str) -> Option<Self> {
        Self::from_bytes_by::<Software>(key, day, service)
    }

    /// Returns the key of its bytes, made ready by this compression function.
    #[inline]
    pub fn from_bytes_by<C: Compression>(key: &[u8; 32], day: Day, service: &str) -> Option<Self> {
        let mut made = Self::empty();
        made.set_by::<C>(key, day, service)?;
        Some(made)
    }

    /// Becomes the key of these bytes. `None` if there is no such service: then it
    /// signs for none.
    #[inline]
    pub fn set(&mut self, key: &[u8; 32], day: Day, service: &str) -> Option<()> {
        self.set_by::<Software>(key, day, service)
    }

    /// Becomes the key of these bytes, made ready by this compression function.
    pub fn set_by<C: Compression>(
        &mut self,
        key: &[u8; 32],
        day: Day,
        service: &str,
    ) -> Option<()> {
        self.set_scope(day, service)?;
        bytes::copy(&mut self.key, key);
        self.mac.set(&mut Sha256::<C>::new(), b"", key);
        Some(())
    }

    /// Returns the day on which the key signs.
    pub fn day(&self) -> Day {
        self.day
    }

    /// Returns the time nearest to `now` that the key can sign, in unix seconds.
    pub(crate) fn nearest(&self, now: u64) -> u64 {
        let first = self.day.first_second();
        now.clamp(first, first + (SECONDS_PER_DAY - 1))
    }

    /// Returns the service for which the key signs.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Returns `true` if that is this service.
    pub(crate) fn is_for(&self, service: &str) -> bool {
        bytes::equal(self.service.as_bytes(), service.as_bytes())
    }

    /// Writes the key as text, `SECRETID/YYYY-MM-DD/SERVICE/HEX`, for
    /// [`import`](Self::import) elsewhere.
    ///
    /// `None` if `out` is shorter than the two names plus 77 bytes. The text
    /// is as good as the key: send it only over an encrypted connection.
    pub fn export<'o>(&self, secret_id: &str, out: &'o mut [u8]) -> Option<&'o str> {
        let mut hex = [0; 64];
        base16ct::lower::encode(&self.key, &mut hex).ok()?;
        let date = self.day.date();
        let parts = [secret_id.as_bytes(), b"/", &date, b"/", self.service.as_bytes(), b"/", &hex];
        let mut length = 0;
        for part in parts {
            let copied = bytes::copy(out.get_mut(length..)?, part);
            if copied < part.len() {
                return None;
            }
            length += copied;
        }
        hex.zeroize();
        utf8::text(out.get(..length)?)
    }

    /// Reads what [`export`](Self::export) wrote: the secret id, and the key.
    pub fn import(text: &str) -> Result<(&str, Self), ImportError> {
        Self::import_by::<Software>(text)
    }

    /// Reads what [`export`](Self::export) wrote; the key is made ready by this
    /// compression function.
    pub fn import_by<C: Compression>(text: &str) -> Result<(&str, Self), ImportError> {
        let (mut parts, mut rest) = ([""; 4], Some(text));
        for part in &mut parts {
            (*part, rest) = cut(rest.ok_or(ImportError::Form)?);
        }
        let [secret_id, date, service, hex] = parts;
        if rest.is_some() || secret_id.is_empty() {
            return Err(ImportError::Form);
        }
        let mut key = [0; 32];
        match base16ct::lower::decode(hex, &mut key) {
            Ok(decoded) if decoded.len() == 32 => {}
            _ => return Err(ImportError::Key),
        }
        let day = Day::parse(date).ok_or(ImportError::Date)?;
        let imported = Self::from_bytes_by::<C>(&key, day, service).ok_or(ImportError::Service)?;
        key.as_mut_slice().zeroize();
        Ok((secret_id, imported))
    }

    /// Returns the key as it signs.
    pub(crate) fn mac(&self) -> &MacKey {
        &self.mac
    }
}

impl Drop for DayKey {
    fn drop(&mut self) {
        self.key.as_mut_slice().zeroize();
    }
}

impl fmt::Debug for DayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DayKey")
            .field("day", &self.day)
            .field("service", &self.service())
            .finish_non_exhaustive()
    }
}

/// An error of a text that is not an exported [`DayKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ImportError {
    /// The text is not of the form `SECRETID/YYYY-MM-DD/SERVICE/HEX`.
    Form,
    /// The second part is not a date.
    Date,
    /// The third part is not a service name.
    Service,
    /// The fourth part is not 64 lowercase hexadecimal digits.
    Key,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "a day key has the form SECRETID/YYYY-MM-DD/SERVICE/HEX",
            Self::Date => "the second part of a day key is a date, YYYY-MM-DD",
            Self::Service => "the third part of a day key is a service name such as scf",
            Self::Key => "the fourth part of a day key is 64 lowercase hexadecimal digits",
        })
    }
}

impl core::error::Error for ImportError {}

/// Returns the text up to a slash, and what is behind it, if there is one.
fn cut(text: &str) -> (&str, Option<&str>) {
    let end = text.bytes().position(|byte| byte == b'/').unwrap_or(text.len());
    (text.get(..end).unwrap_or_default(), text.get(end.wrapping_add(1)..))
}
