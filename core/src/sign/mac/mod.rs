//! HMAC-SHA256, by the crate `hmac` or, without that feature, by the few lines
//! of [`small`], which save 1.6 KB of flash.

#[cfg(feature = "hmac")]
mod by_crate;
#[cfg(any(not(feature = "hmac"), test))]
mod small;

#[cfg(feature = "hmac")]
use by_crate as chosen;
#[cfg(not(feature = "hmac"))]
use small as chosen;

pub(crate) use chosen::MacKey;

use crate::sign::compression::Compression;
use crate::sign::digest::{BLOCK, Sha256};
use crate::wire::bytes;

/// Writes the key `prefix` + `rest` to a block of zeros, as HMAC takes it: where it
/// is longer than the block, its hash.
pub(super) fn fill_key_block<C: Compression>(
    block: &mut [u8; BLOCK],
    hasher: &mut Sha256<C>,
    prefix: &[u8],
    rest: &[u8],
) {
    if prefix.len().saturating_add(rest.len()) <= BLOCK {
        bytes::copy(block, prefix);
        bytes::copy(block.get_mut(prefix.len()..).unwrap_or_default(), rest);
    } else if let Some(hash) = block.first_chunk_mut() {
        hasher.update(prefix);
        hasher.update(rest);
        hasher.finish(hash);
    }
}

#[cfg(test)]
#[cfg(feature = "hmac")]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::{by_crate, small};
    use crate::sign::digest::Sha256;

    /// Returns the MAC by both, which must be the same.
    fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
        let mut hashers: [Sha256; 2] = [Sha256::new(), Sha256::new()];
        let [first, second] = &mut hashers;
        let (mut by_crate, mut small) = (by_crate::MacKey::unset(), small::MacKey::unset());
        // Split anywhere, a key is the same.
        let (prefix, rest) = key.split_at(key.len().min(3));
        by_crate.set(first, prefix, rest);
        small.set(second, prefix, rest);
        let (mut by_crate, mut small) = (by_crate.start(first), small.start(second));
        // In pieces of all lengths.
        let mut rest = message;
        for length in 1.. {
            let (piece, after) = rest.split_at(length.min(rest.len()));
            by_crate.update(piece);
            small.update(piece);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        let (mut mac, mut by_small) = ([0; 32], [0; 32]);
        by_crate.finish(&mut mac);
        small.finish(&mut by_small);
        assert_eq!(by_small, mac, "key of {}, message of {}", key.len(), message.len());
        mac
    }

    #[test]
    fn both_macs_are_those_of_rfc_4231() {
        let cases: [(&[u8], &[u8], &str); 6] = [
            (
                &[0x0b; 20],
                b"Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 20],
                &[0xdd; 50],
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            ),
            (
                &core::array::from_fn::<u8, 25, _>(|index| index as u8 + 1),
                &[0xcd; 50],
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                &[0xaa; 131],
                b"This is a test using a larger than block-size key and a larger than block-size \
                  data. The key needs to be hashed before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ];
        for (key, message, expected) in cases {
            let mut hex = [0; 64];
            base16ct::lower::encode(&mac(key, message), &mut hex).unwrap();
            assert_eq!(str::from_utf8(&hex), Ok(expected));
        }
    }

    #[test]
    fn both_macs_are_the_same_around_every_block() {
        let bytes = [0x5a; 300];
        for key in [0, 1, 31, 63, 64, 65, 200] {
            let mut key = Vec::from(&bytes[..key]);
            for message in [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 300] {
                // The MAC is the next key, as where a day's key is derived.
                key = Vec::from(mac(&key, &bytes[..message]));
            }
        }
    }
}
