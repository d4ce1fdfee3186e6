//! The compression function of SHA-256: the one step of a hash that takes time,
//! and that many chips have hardware for.
//!
//! A program names its own by [`Signer::compressed_by`] or
//! [`DaySigner::compressed_by`]; that of `sha2` is then not linked. With the
//! feature `hmac` that crate hashes the signature's short texts by itself, so
//! leave the feature out.
//!
//! ```
//! use scf_invoke_core::Signer;
//! use scf_invoke_core::sign::compression::{Compression, Software};
//!
//! /// Stands for a driver.
//! #[derive(Clone, Copy, Debug)]
//! struct Accelerator;
//!
//! impl Compression for Accelerator {
//!     fn compress(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
//!         Software::compress(state, blocks);
//!     }
//! }
//!
//! let signer = Signer::new("AKIDEXAMPLE", "the-secret-key")?.compressed_by::<Accelerator>();
//! # Ok::<(), scf_invoke_core::sign::credential::CredentialError>(())
//! ```
//!
//! [`Signer::compressed_by`]: crate::Signer::compressed_by
//! [`DaySigner::compressed_by`]: crate::DaySigner::compressed_by

mod compact;

use core::fmt;

/// A compression function of SHA-256. It has no state of its own: hardware that
/// is shared is locked, loaded and read in each call.
pub trait Compression: Copy + fmt::Debug {
    /// Takes whole blocks into the state of a hash.
    ///
    /// The state is the eight words of FIPS 180-4 as numbers; the bytes of a
    /// block are words in big-endian order.
    fn compress(state: &mut [u32; 8], blocks: &[[u8; 64]]);
}

/// Compresses in software: by the crate `sha2`, or on a small processor by a few
/// lines of this crate, where the feature `hmac` does not link that one anyway.
#[derive(Clone, Copy, Debug)]
pub struct Software;

/// `true` where `sha2` compresses. On a small processor it takes 72 bytes more, and
/// 6.7 KB more without its `--cfg`; it also copies each block by `memcpy`, which is
/// 740 bytes where nothing else needs it.
const BY_CRATE: bool = cfg!(any(
    target_pointer_width = "64",
    target_family = "wasm",
    feature = "hmac",
    feature = "v1"
));

impl Software {
    /// `true` if it is a compact one: that of this crate, or that of `sha2` by `--cfg
    /// sha2_backend_soft="compact"`, which only the program can set.
    ///
    /// On a microcontroller the other one takes 6.7 KB more. A program that must
    /// not have it says so, and does not compile where the flag was forgotten:
    ///
    /// ```compile_fail
    /// const _: () = assert!(scf_invoke_core::sign::compression::Software::IS_COMPACT);
    /// ```
    pub const IS_COMPACT: bool = !BY_CRATE || cfg!(sha2_backend_soft = "compact");
}

impl Compression for Software {
    fn compress(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
        if BY_CRATE {
            sha2::block_api::compress256(state, blocks);
        } else {
            blocks.iter().for_each(|block| compact::compress(state, block));
        }
    }
}
