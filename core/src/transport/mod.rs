//! The carriers of a call: the blocking and the asynchronous trait, and their
//! implementation over byte streams.

#[cfg(feature = "async")]
mod asynchronous;
mod blocking;
mod stream;
#[cfg(feature = "async")]
mod streamed;

#[cfg(feature = "async")]
pub use asynchronous::{AsyncTransport, receive as receive_async, send as send_async};
pub use blocking::{Transport, receive, send};
pub use stream::{Stream, StreamError};
