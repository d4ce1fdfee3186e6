//! Bytes as a small processor likes them.

use crate::wire::FAST;

/// Copies what fits to the front of `to`; returns how many bytes that was.
///
/// Unlike the slices' own methods it has no length to be wrong about, and so
/// no way to panic.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn copy(to: &mut [u8], from: &[u8]) -> usize {
    let count = to.len().min(from.len());
    if let (true, Some(to), Some(from)) = (FAST, to.get_mut(..count), from.get(..count)) {
        to.copy_from_slice(from);
        return count;
    }
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
    count
}

/// Returns `true` if both are the same. By bytes, for the comparison of slices is a
/// routine of its own.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn equal(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one == other)
}

/// Copies the words of a hash's state. As a loop of its own, for a routine that
/// copies anything takes 730 bytes where nothing else needs it.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn copy_words(to: &mut [u32; 8], from: &[u32; 8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// A number of 64 bits with the alignment of 32.
///
/// A struct with such fields is itself aligned to 32 bits, and is cleared and
/// copied by the routines that everything else needs. Those for 64 bits would
/// be linked in addition.
///
/// On thumbv7em the second memcpy alone has 156 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(Rust, packed(4))]
pub(crate) struct Align32<T: Copy>(pub(crate) T);
