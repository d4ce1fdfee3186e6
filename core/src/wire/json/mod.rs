//! JSON at the two places where the protocol needs it: text is escaped on its
//! way out and scanned on its way in, both in pieces of any size.
//!
//! Nothing here allocates, recurses or holds a whole document. [`escape`] and
//! [`escaped_len`] turn text into the inside of a JSON string, [`Scanner`]
//! turns bytes into tokens, [`Validator`] and [`check`] say whether a text is
//! JSON, and [`is_object_of_strings`] whether it is a flat `{"k":"v"}`.

mod escape;
mod grammar;
mod scan;
mod skim;
mod special;
#[cfg(feature = "json-table")]
mod table;
mod text;
mod token;
mod validate;

#[cfg(target_pointer_width = "64")]
pub(crate) use escape::unescaped_prefix;
pub(crate) use escape::{ESCAPE_MAX, escape_byte};
pub use escape::{escape, escaped_len};
pub(crate) use grammar::Step;
pub use scan::Scanner;
#[cfg(feature = "json-table")]
pub use table::Table;
pub use token::{ScanError, Token, Utf8Char};
pub use validate::{Invalid, Validator, check, is_object_of_strings};
pub(crate) use validate::{check_str, is_number};
