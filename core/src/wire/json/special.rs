//! The bytes that cannot stand in a JSON string as they are, the quote, the
//! backslash and what is below 0x20, and loops that are fast around them.
//!
//! JSON within JSON has a quote every few bytes, at distances that no branch
//! predictor foresees. The loops here therefore have no branch per byte: they
//! look at eight bytes as the lanes of one integer, find where each byte goes
//! by a multiplication, and store all of them, those that will not stay being
//! written over. What they cannot handle they leave to the simple loops of
//! their callers, which are all that a small processor gets.

use crate::wire::FAST;

/// `true` where text that has nothing special is taken in blocks: where that
/// needs no more than a few vector instructions, it is worth it in WebAssembly
/// too.
pub(super) const BLOCKS: bool = FAST || cfg!(all(target_arch = "wasm32", feature = "wasm-simd"));

/// Bytes that are copied without a closer look where nothing is special.
const BLOCK: usize = 64;

/// Returns `true` if `byte` has to be escaped inside a JSON string.
#[inline(always)]
pub(super) const fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Returns `true` if any byte of the block is special. Compilers make vector
/// code of it, except where they optimize for size.
#[inline(always)]
pub(super) fn any_special<const N: usize>(block: &[u8; N]) -> bool {
    #[cfg(all(target_arch = "wasm32", feature = "wasm-simd"))]
    return vector::any_special(block);
    #[cfg(not(all(target_arch = "wasm32", feature = "wasm-simd")))]
    block.iter().fold(false, |any, &byte| any | is_special(byte))
}

/// Returns the offset of the first special byte in the block, 16 if there is
/// none.
#[inline(always)]
pub(super) fn first_special_of_16(block: &[u8; 16]) -> usize {
    #[cfg(all(target_arch = "wasm32", feature = "wasm-simd"))]
    return vector::first_special(block);
    #[cfg(not(all(target_arch = "wasm32", feature = "wasm-simd")))]
    block.iter().position(|&byte| is_special(byte)).unwrap_or(block.len())
}

#[cfg(all(target_arch = "wasm32", feature = "wasm-simd"))]
mod vector {
    use core::arch::wasm32::{
        i8x16_swizzle, u8x16, u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, u32x4,
        u32x4_extract_lane, u64x2, u64x2_extract_lane, v128, v128_and, v128_any_true,
        v128_bitselect, v128_or,
    };

    /// For each set of special bytes among four, where each byte of the escaped
    /// text comes from: 4 is the backslash.
    const SPREAD: [[u8; 8]; 16] = spread();

    const fn spread() -> [[u8; 8]; 16] {
        let mut table = [[0; 8]; 16];
        let mut set = 0;
        while set < table.len() {
            let (mut byte, mut at) = (0, 0);
            while byte < 4 {
                if set >> byte & 1 == 1 {
                    table[set][at] = 4;
                    at += 1;
                }
                table[set][at] = byte;
                at += 1;
                byte += 1;
            }
            set += 1;
        }
        table
    }

    /// Escapes 16 bytes at a time. Stops before 16 that hold a control
    /// character without a short escape, or where less than 16 bytes of input
    /// or 32 of room are left.
    #[target_feature(enable = "simd128")]
    pub(super) fn escape<'i, 'o>(
        mut from: &'i [u8],
        mut to: &'o mut [u8],
    ) -> (&'i [u8], &'o mut [u8]) {
        // What follows the backslash, by the control character.
        let letters = u8x16(0, 0, 0, 0, 0, 0, 0, 0, b'b', b't', b'n', 0, b'f', b'r', 0, 0);
        while let (Some((block, rest)), Some((place, _))) =
            (from.split_first_chunk::<16>(), to.split_first_chunk_mut::<32>())
        {
            let mut set = u8x16_bitmask(special(block));
            if set == 0 {
                if let Some(place) = place.first_chunk_mut() {
                    *place = *block;
                }
                to = to.get_mut(block.len()..).unwrap_or_default();
                from = rest;
                continue;
            }
            let bytes = load(block);
            let control = u8x16_lt(bytes, u8x16_splat(0x20));
            let short = i8x16_swizzle(letters, bytes);
            if v128_any_true(v128_and(control, u8x16_eq(short, u8x16_splat(0)))) {
                break;
            }
            let bytes = v128_bitselect(short, bytes, control);
            let fours = [
                u32x4_extract_lane::<0>(bytes),
                u32x4_extract_lane::<1>(bytes),
                u32x4_extract_lane::<2>(bytes),
                u32x4_extract_lane::<3>(bytes),
            ];
            for four in fours {
                let special = set & 15;
                let spread = u64::from_le_bytes(SPREAD[usize::from(special)]);
                let four = u32x4(four, u32::from_le_bytes([b'\\'; 4]), 0, 0);
                let escaped = i8x16_swizzle(four, u64x2(spread, 0));
                if let Some(place) = to.first_chunk_mut() {
                    *place = u64x2_extract_lane::<0>(escaped).to_le_bytes();
                }
                let length = 4usize.wrapping_add(special.count_ones() as usize);
                to = to.get_mut(length..).unwrap_or_default();
                set >>= 4;
            }
            from = rest;
        }
        (from, to)
    }

    #[target_feature(enable = "simd128")]
    fn load(block: &[u8; 16]) -> v128 {
        let [low, high] = *block.as_chunks::<8>().0 else { return u8x16_splat(0) };
        u64x2(u64::from_le_bytes(low), u64::from_le_bytes(high))
    }

    #[target_feature(enable = "simd128")]
    pub(super) fn any_special<const N: usize>(block: &[u8; N]) -> bool {
        let (parts, _) = block.as_chunks::<16>();
        let all = |any, part| v128_or(any, special(part));
        v128_any_true(parts.iter().fold(u8x16_splat(0), all))
    }

    #[target_feature(enable = "simd128")]
    pub(super) fn first_special(block: &[u8; 16]) -> usize {
        u8x16_bitmask(special(block)).trailing_zeros() as usize
    }

    /// Returns all ones where a byte is special.
    #[target_feature(enable = "simd128")]
    fn special(block: &[u8; 16]) -> v128 {
        let bytes = load(block);
        v128_or(
            u8x16_lt(bytes, u8x16_splat(0x20)),
            v128_or(u8x16_eq(bytes, u8x16_splat(b'"')), u8x16_eq(bytes, u8x16_splat(b'\\'))),
        )
    }
}

/// Returns the letter after the backslash for a special byte, `u` for the long
/// form.
#[inline]
pub(super) const fn letter(byte: u8) -> u8 {
    match byte {
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0c => b'f',
        b'\r' => b'r',
        ..0x20 => b'u',
        _ => byte,
    }
}

/// One in every lane.
const ONES: u64 = 0x0101_0101_0101_0101;
const LOW: u64 = 0x7f * ONES;

/// Returns a one in every lane that is zero, exactly.
#[inline(always)]
const fn zero_lanes(word: u64) -> u64 {
    !((word & LOW).wrapping_add(LOW) | word | LOW) >> 7
}

/// Returns a one in every lane that holds `byte`.
#[inline(always)]
const fn lanes_of(word: u64, byte: u8) -> u64 {
    zero_lanes(word ^ (ONES.wrapping_mul(byte as u64)))
}

/// Returns a one in every lane below 0x20.
#[inline(always)]
const fn control_lanes(word: u64) -> u64 {
    zero_lanes(word & (0xe0 * ONES))
}

/// Returns a one in every lane that is special.
#[inline(always)]
const fn special_lanes(word: u64) -> u64 {
    lanes_of(word, b'"') | lanes_of(word, b'\\') | control_lanes(word)
}

/// Returns the offset of the first special byte of eight, 8 if there is none.
#[inline(always)]
pub(super) fn first_special(bytes: &[u8; 8]) -> usize {
    (special_lanes(u64::from_le_bytes(*bytes)).trailing_zeros() / 8) as usize
}

#[inline(always)]
fn skip(slice: &mut [u8], count: usize) -> &mut [u8] {
    slice.get_mut(count..).unwrap_or_default()
}

/// Copies blocks for as long as they hold nothing special.
#[inline(always)]
pub(super) fn copy_clean<'i, 'o>(
    mut from: &'i [u8],
    mut to: &'o mut [u8],
) -> (&'i [u8], &'o mut [u8]) {
    while let (Some((block, rest)), Some((place, _))) =
        (from.split_first_chunk::<BLOCK>(), to.split_first_chunk_mut::<BLOCK>())
        && !any_special(block)
    {
        *place = *block;
        from = rest;
        to = skip(to, BLOCK);
    }
    (from, to)
}

/// Escapes in the widest blocks there are, and leaves what has no short escape
/// and what is too close to an end.
#[inline(always)]
pub(super) fn escape_blocks<'i, 'o>(from: &'i [u8], to: &'o mut [u8]) -> (&'i [u8], &'o mut [u8]) {
    #[cfg(all(target_arch = "wasm32", feature = "wasm-simd"))]
    return vector::escape(from, to);
    #[cfg(not(all(target_arch = "wasm32", feature = "wasm-simd")))]
    escape_words(from, to)
}

/// Escapes eight bytes at a time. Stops before eight that hold a control
/// character, or where less than eight bytes of input or 17 of room are left.
#[inline]
#[cfg(not(all(target_arch = "wasm32", feature = "wasm-simd")))]
fn escape_words<'i, 'o>(mut from: &'i [u8], mut to: &'o mut [u8]) -> (&'i [u8], &'o mut [u8]) {
    loop {
        (from, to) = copy_clean(from, to);
        for _ in 0..BLOCK / 8 {
            let (Some((bytes, rest)), Some((place, _))) =
                (from.split_first_chunk::<8>(), to.split_first_chunk_mut::<17>())
            else {
                return (from, to);
            };
            let word = u64::from_le_bytes(*bytes);
            if control_lanes(word) != 0 {
                return (from, to);
            }
            let special = lanes_of(word, b'"') | lanes_of(word, b'\\');
            if special == 0 {
                if let Some((place, _)) = place.split_first_chunk_mut() {
                    *place = *bytes;
                }
                from = rest;
                to = skip(to, 8);
                continue;
            }
            let all = special.wrapping_mul(0xff);
            let mut first = (word & !all) | (all & (ONES * b'\\' as u64));
            let mut second = word;
            // In each lane the number of bytes before it, of which the special
            // ones count twice.
            let sums = special.wrapping_add(ONES).wrapping_mul(ONES);
            let mut places = sums << 8;
            for _ in 0..8 {
                // The mask changes nothing: it proves the bounds. A byte that
                // is not special is stored twice, the second time for nothing.
                let at = (places & 15) as usize;
                place[at.wrapping_add(1)] = second as u8;
                place[at] = first as u8;
                places >>= 8;
                first >>= 8;
                second >>= 8;
            }
            from = rest;
            to = skip(to, (sums >> 56) as usize);
        }
    }
}

/// Decodes eight bytes of a string at a time. Stops before eight that hold an
/// error, the closing quote or an escape that is not of quote, backslash or
/// slash, or where less than eight bytes of input or of room are left.
#[inline]
pub(super) fn decode_words<'i, 'o>(
    mut from: &'i [u8],
    mut to: &'o mut [u8],
) -> (&'i [u8], &'o mut [u8]) {
    loop {
        (from, to) = copy_clean(from, to);
        for _ in 0..BLOCK / 8 {
            let (Some((bytes, _)), Some((place, _))) =
                (from.split_first_chunk::<8>(), to.split_first_chunk_mut::<8>())
            else {
                return (from, to);
            };
            let word = u64::from_le_bytes(*bytes);
            let slashes = lanes_of(word, b'\\');
            let quotes = lanes_of(word, b'"');
            let mut escaped = slashes << 8;
            if slashes & escaped != 0 {
                // Backslashes in a row: every second one is escaped.
                escaped = 0;
                for _ in 0..8 {
                    escaped = (slashes & !escaped) << 8;
                }
            }
            let same = slashes | quotes | lanes_of(word, b'/');
            if (escaped & !same) | (quotes & !escaped) | control_lanes(word) != 0 {
                return (from, to);
            }
            if slashes == 0 {
                *place = *bytes;
                from = from.get(8..).unwrap_or_default();
                to = skip(to, 8);
                continue;
            }
            let kept = ONES & !(slashes & !escaped);
            let sums = kept.wrapping_mul(ONES);
            let mut places = sums << 8;
            let mut rest = word;
            for _ in 0..8 {
                // The mask changes nothing: it proves the bounds.
                place[(places & 7) as usize] = rest as u8;
                places >>= 8;
                rest >>= 8;
            }
            // A backslash whose letter comes with the next eight stays.
            let open = ((slashes & !escaped) >> 56) as usize;
            from = from.get(8usize.wrapping_sub(open)..).unwrap_or_default();
            to = skip(to, (sums >> 56) as usize);
        }
    }
}
