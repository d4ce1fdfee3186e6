//! The tests of the core, through its public interface, in one program.
#![allow(clippy::result_large_err, reason = "as in the core")]
#![allow(unreachable_pub, reason = "a program has no public items")]

mod hostile;
mod random;
mod support;

mod attempt;
mod call;
mod call_methods;
mod client;
mod codes;
mod device;
mod error_code;
#[cfg(all(feature = "defmt", feature = "async"))]
mod format;
mod http_response;
mod json_escape;
mod json_scan;
mod lite;
#[cfg(feature = "log")]
mod log;
mod member_reader;
mod messages;
mod outcomes;
mod parameters;
mod payload;
mod reply;
mod reply_details;
mod request;
#[cfg(feature = "v1")]
mod request_v1;
#[cfg(feature = "serde")]
mod result;
mod signing;
#[cfg(feature = "v1")]
mod signing_v1;
#[cfg(feature = "async")]
mod streamed;
mod transport;
// Miri may not look at a value's padding.
#[cfg(not(miri))]
mod wiping;
