//! HTTP/1.1 as far as one exchange needs it.

mod date;
mod error;
mod grammar;
mod head;
mod response;

pub use date::parse_http_date;
pub use error::HttpError;
pub use response::{
    DEFAULT_MAX_BODY, DateHeader, HttpEvent, MAX_HEAD, ReadDate, ResponseDecoder, SkipDate,
};
