//! Signatures: TC3-HMAC-SHA256 and version 1, the keys that make them, and the
//! credentials that the keys come from.

pub mod compression;
pub mod credential;
pub mod day_key;
pub mod day_signer;
pub(crate) mod digest;
mod error;
pub(crate) mod mac;
pub mod tc3;
pub mod text;
#[cfg(feature = "v1")]
pub mod v1;

pub use day_key::DayKey;
pub use day_signer::DaySigner;
pub use tc3::Signer;
