//! The buffer that one exchange works in.

use zeroize::Zeroize;

/// The size of one write, and of one TLS record, in bytes.
const SIZE: usize = 16 << 10;

/// The buffer in which a request is put together, and then its response read.
/// It holds the session token for a moment, and the response after that.
pub(super) struct Scratch(Box<[u8; SIZE]>);

impl Default for Scratch {
    fn default() -> Self {
        Self(Box::new([0; SIZE]))
    }
}

impl Scratch {
    pub(super) fn bytes(&mut self) -> &mut [u8] {
        &mut self.0[..]
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
