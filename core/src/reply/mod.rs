//! The envelope of a response, read while it arrives.
//!
//! ```text
//! {"Response":{"Result":{...},"RequestId":"..."}}
//! {"Response":{"Error":{"Code":"...","Message":"..."},"RequestId":"..."}}
//! {"code":4000,"message":"...","codeDesc":"..."}         an old form
//! ```
//!
//! [`Decoder`] takes the body in pieces. The small fields land in [`Fields`],
//! the texts that can be long, `RetMsg` and `Log`, go unescaped to an
//! [`Output`]. A [`Reply`] is both together. [`failure_details`] reads the
//! result of a function that failed. A host with memory and numbers of its own takes
//! a [`MemberReader`] in the decoder's place.
//!
//! ```
//! use scf_invoke_core::reply::{Decoder, Output, ReplyClass};
//!
//! let body = br#"{"Response":{"Result":{"RetMsg":"\"hi\"","Duration":0.826,
//!     "InvokeResult":0,"ErrMsg":""},"RequestId":"c2af8a64"}}"#;
//! let mut buffer = [0; 64];
//! let mut decoder = Decoder::new();
//! for piece in body.chunks(10) {
//!     decoder.push(piece, &mut Output::Buffer(&mut buffer))?;
//! }
//! decoder.finish()?;
//! assert_eq!(decoder.fields().class(), ReplyClass::Success);
//! assert_eq!(decoder.fields().duration().unwrap().as_micros(), 826);
//! assert_eq!(decoder.layout().result(&buffer), Some(&b"\"hi\""[..]));
//! # Ok::<(), scf_invoke_core::reply::ReplyError>(())
//! ```

mod bounded;
mod decoder;
mod error;
pub mod error_code;
mod failure;
mod fields;
pub mod function_status;
pub(crate) mod member;
mod member_reader;
mod number;
mod output;
mod parts;
mod result;

pub use bounded::BoundedStr;
pub use decoder::Decoder;
pub use error::ReplyError;
pub(crate) use failure::details_in;
pub use failure::{FailureDetails, failure_details};
pub use fields::{Fields, ReplyClass};
pub use member::Member;
pub use member_reader::{MemberNumbers, MemberReader, MemberSink};
pub use number::Duration;
#[cfg(feature = "defmt")]
pub(crate) use number::Integer;
#[cfg(feature = "async")]
pub use output::AsyncSink;
pub use output::{Output, Sink, SinkError, TextField, TextLayout};
pub use parts::ReplyParts;
#[cfg(feature = "serde")]
pub use result::ResultError;
pub use result::{FunctionError, Reply, Utf8Error};
