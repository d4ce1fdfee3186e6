//! State machines as tables, the smallest form that they have on a small
//! processor.
//!
//! A state is the place of a row in a table of pairs. A pair is a byte and
//! where it leads: to a row or, from 0x80, to something that has to be done.
//! A row ends with the pair of [`ANY`]. It may begin within another, which then
//! has some bytes more. The two wildcards are bytes that no row asks for.

/// Stands for any byte that the row has no other pair for.
pub(crate) const ANY: u8 = 0xff;

/// Stands for any byte from 0x20 on that the row has no other pair for.
pub(crate) const TEXT: u8 = 0xfe;

/// Returns the place that `byte` leads to from the row that begins at `state`;
/// 0 if there is none.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn lead(table: &[[u8; 2]], state: u8, byte: u8) -> u8 {
    let wildcard = if byte < 0x20 { ANY } else { TEXT };
    let mut place = usize::from(state);
    while let Some(&[each, to]) = table.get(place) {
        if each == byte || each >= wildcard {
            return to;
        }
        place = place.wrapping_add(1);
    }
    0
}
