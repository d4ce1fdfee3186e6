//! State machines as tables, the smallest form that they have on a small
//! processor.
//!
//! A state is the place of a row in a table of pairs. A pair is a byte and
//! where it leads: to a row or, from 0x80, to something that has to be done.
//! A row ends with the pair of [`ANY`]. It may begin within another, which then
//! has some bytes more. The two wildcards are bytes that no row asks for.

/// Defines a table, and a module with the places where its rows begin.
macro_rules! table {
    (
        $(#[$about:meta])*
        $visible:vis mod $module:ident;
        const $table:ident;
        $($(#[$note:meta])* $row:ident { $($byte:expr => $to:expr),* $(,)? })*
    ) => {
        $(#[$about])*
        #[allow(dead_code, reason = "a row may be reached from the one before it alone")]
        $visible mod $module {
            /// The table laid out: as many bytes for a row as it has pairs.
            #[allow(non_snake_case)]
            #[repr(C)]
            struct Places {
                $($row: [u8; [$(stringify!($byte)),*].len()],)*
            }

            $(
                $(#[$note])*
                pub(crate) const $row: u8 = core::mem::offset_of!(Places, $row) as u8;
            )*
            /// The end of the table. No place is above 0x7f.
            pub(crate) const END: u8 = {
                assert!(size_of::<Places>() < 0x80);
                size_of::<Places>() as u8
            };
        }

        const $table: &[[u8; 2]] = &[$($([$byte, $to],)*)*];
    };
}
pub(crate) use table;

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
