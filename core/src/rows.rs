//! State machines as tables, the smallest form that they have on a small
//! processor.
//!
//! A state is the place of a row in a table of pairs. A pair is a byte and
//! where it leads: to a row or, from 0x80, to something that has to be done.
//! A row ends with the pair of [`ANY`]. It may begin within another, which then
//! has some bytes more.

/// Stands for any byte that the row has no other pair for.
pub(crate) const ANY: u8 = 0;

/// Where `byte` leads from the start of these pairs; 0 if nowhere.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn lead(pairs: &[[u8; 2]], byte: u8) -> u8 {
    for &[each, to] in pairs {
        if each == byte || each == ANY {
            return to;
        }
    }
    0
}
