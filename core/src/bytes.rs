//! Copying between slices whose lengths the compiler cannot compare.

/// Copies what fits to the front of `to`; how many bytes that was.
///
/// Unlike the slices' own methods it has no length to be wrong about, and so
/// no way to panic.
pub(crate) fn copy(to: &mut [u8], from: &[u8]) -> usize {
    let count = to.len().min(from.len());
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
    count
}
