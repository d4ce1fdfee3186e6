//! [`defmt::Format`] of the types that are not logged field by field: secrets
//! stay out, numbers and texts are shown as what they stand for, and of a parser
//! there is only the name to show.

use defmt::{Format, Formatter, write};

use crate::call::{Call, Head};
#[cfg(feature = "async")]
use crate::client::AsyncClient;
use crate::client::Client;
use crate::reply::{BoundedStr, Decoder, Integer, Output};
use crate::request::SignedRequest;
use crate::request::event::{Event, FromFn};
use crate::sign::compression::Compression;
use crate::sign::{DayKey, DaySigner, Signer};
use crate::transport::Stream;
use crate::wire::bytes::Align32;
use crate::wire::http::ResponseDecoder;
#[cfg(feature = "json-table")]
use crate::wire::json::Table;
use crate::wire::json::{Scanner, Validator};
use crate::wire::time::Day;
use crate::wire::utf8;

impl<C: Compression> Format for Signer<'_, C> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Signer({=str}, {})", self.secret_id(), self.day_key());
    }
}

impl<C: Compression> Format for DaySigner<'_, C> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "DaySigner({=str}, {})", self.secret_id(), self.key());
    }
}

impl Format for DayKey {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "DayKey({}, {=str})", self.day(), self.service());
    }
}

impl Format for Day {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{=str}", utf8::front(&self.date()));
    }
}

impl<const N: usize> Format for BoundedStr<N> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{=str}{=str}", self.as_str(), if self.is_truncated() { "..." } else { "" });
    }
}

impl Format for Integer {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{}", self.get());
    }
}

impl<T: Format + Copy> Format for Align32<T> {
    fn format(&self, f: Formatter<'_>) {
        let Self(number) = *self;
        number.format(f);
    }
}

impl Format for Head<'_> {
    fn format(&self, f: Formatter<'_>) {
        // The fields have the signature.
        write!(f, "Head({=str} {=str})", self.method(), self.target());
    }
}

impl<T, C: Compression> Format for Client<'_, T, C> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Client({})", self.clock());
    }
}

#[cfg(feature = "async")]
impl<T, C: Compression> Format for AsyncClient<'_, T, C> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "AsyncClient({})", self.clock());
    }
}

impl<S: embedded_io::ErrorType> Format for Stream<S> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Stream(reusable: {=bool})", self.is_reusable());
    }
}

impl Format for Output<'_> {
    fn format(&self, f: Formatter<'_>) {
        match self {
            Self::Buffer(_) => write!(f, "Buffer"),
            Self::Sink(_) => write!(f, "Sink"),
        }
    }
}

/// Formats a type as its name.
macro_rules! named {
    ($(($($parameters:tt)*) $type:ty = $name:literal,)*) => {
        $(impl<$($parameters)*> Format for $type {
            fn format(&self, f: Formatter<'_>) {
                write!(f, $name);
            }
        })*
    };
}

named! {
    () Call<'_> = "Call",
    (P) Decoder<P> = "Decoder",
    () Event<'_> = "Event",
    (F) FromFn<F> = "FromFn",
    () ResponseDecoder = "ResponseDecoder",
    () Scanner = "Scanner",
    () SignedRequest<'_> = "SignedRequest",
    () Validator = "Validator",
}

#[cfg(feature = "json-table")]
named! {
    () Table = "Table",
}
