//! The buffer that one exchange works in.

use zeroize::Zeroize;

/// The size of one write, and of one TLS record, in bytes.
const SIZE: usize = 16 << 10;

/// The buffer in which a request is put together, and then its response read.
/// It holds the session token for a moment, and the response after that.
pub(super) struct Scratch(Box<[u8]>);

impl Default for Scratch {
    fn default() -> Self {
        // What the system gives is zeros: a short call never touches most of it, and
        // ten thousand that wait take so much less memory.
        Self(vec![0; SIZE].into_boxed_slice())
    }
}

impl Scratch {
    pub(super) fn bytes(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
