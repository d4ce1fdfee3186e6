//! The formats that a request and a response are made of: HTTP/1.1, JSON,
//! percent encoding, time. Nothing here knows of SCF.

pub(crate) mod ascii;
pub(crate) mod bytes;
pub mod http;
pub mod json;
pub(crate) mod lines;
pub(crate) mod percent;
pub(crate) mod rows;
pub mod time;
pub(crate) mod utf8;
