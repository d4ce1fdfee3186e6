//! A signed request, ready to be emitted.

#[cfg(target_pointer_width = "64")]
mod clean_run;
mod emit;
mod error;
pub mod event;
mod event_writer;
#[cfg(feature = "async")]
mod fed;
pub mod invocation;
mod message;
#[cfg(feature = "v1")]
mod presigned;
pub mod region;
mod settings;
mod signed;
#[cfg(feature = "v1")]
mod v1;

pub(crate) use emit::{BUFFER_MIN, Emitter};
pub use error::RequestError;
pub(crate) use message::Text;
#[cfg(feature = "v1")]
pub use presigned::presigned_url;
pub use settings::{Language, REQUEST_CLIENT_MAX, Settings, SettingsError, Signing, TRACE_ID_MAX};
pub(crate) use signed::Request;
pub use signed::SignedRequest;

/// The longest query of a GET request, in bytes: 32 KiB.
pub const QUERY_MAX: usize = 32 << 10;

/// The longest body with a TC3 signature, in bytes: 10 MiB.
pub const BODY_MAX: usize = 10 << 20;

/// The longest body with a version 1 signature, in bytes: 1 MiB.
pub const FORM_MAX: usize = 1 << 20;
