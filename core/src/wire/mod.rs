//! The formats that a request and a response are made of: HTTP/1.1, JSON,
//! percent encoding, time. Nothing here knows of SCF.

pub(crate) mod ascii;
pub(crate) mod bytes;
pub mod http;
pub mod json;
pub(crate) mod lines;
#[cfg(feature = "get")]
pub(crate) mod percent;
pub(crate) mod rows;
pub mod time;
pub mod utf8;
pub(crate) mod window;

/// `true` where memory is plenty, so that speed is worth its code. A small
/// processor gets the simple loops.
pub(crate) const FAST: bool = cfg!(target_pointer_width = "64");
