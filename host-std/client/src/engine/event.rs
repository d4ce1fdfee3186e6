//! The event of a call, from whatever a program has.

use std::borrow::Cow;

use scf_invoke_core::request::event::{Event, Json};

use crate::Error;
use crate::error::EventError;

/// The event of a call: JSON as text, in any form that a program has it; a
/// value; or a core [`Event`], which may write itself in pieces.
///
/// ```
/// use scf_invoke::CallEvent;
///
/// let texts = [CallEvent::from("{}"), CallEvent::from(String::from("{}")), b"{}".into()];
/// let value = CallEvent::from(serde_json::json!({ "name": "world" }));
/// ```
pub struct CallEvent<'a>(Content<'a>);

enum Content<'a> {
    Core(Event<'a>),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

impl CallEvent<'_> {
    /// Returns the core's event.
    pub(crate) fn core(&mut self) -> Result<Event<'_>, Error> {
        Ok(match &mut self.0 {
            Content::Core(event) => event.reborrow(),
            Content::Text(text) => Event::from(&**text),
            Content::Bytes(bytes) => Event::from(str::from_utf8(bytes).map_err(EventError::utf8)?),
        })
    }
}

impl<'a> From<Event<'a>> for CallEvent<'a> {
    fn from(event: Event<'a>) -> Self {
        Self(Content::Core(event))
    }
}

impl<'a> From<Json<'a>> for CallEvent<'a> {
    fn from(json: Json<'a>) -> Self {
        Self(Content::Core(json.into()))
    }
}

impl<'a> From<&'a str> for CallEvent<'a> {
    fn from(text: &'a str) -> Self {
        Self(Content::Text(text.into()))
    }
}

impl<'a> From<&'a String> for CallEvent<'a> {
    fn from(text: &'a String) -> Self {
        Self(Content::Text(text.into()))
    }
}

impl From<String> for CallEvent<'_> {
    fn from(text: String) -> Self {
        Self(Content::Text(text.into()))
    }
}

impl<'a> From<&'a [u8]> for CallEvent<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self(Content::Bytes(bytes.into()))
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for CallEvent<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self(Content::Bytes(bytes.as_slice().into()))
    }
}

impl From<Vec<u8>> for CallEvent<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Content::Bytes(bytes.into()))
    }
}

impl From<serde_json::Value> for CallEvent<'_> {
    fn from(value: serde_json::Value) -> Self {
        value.to_string().into()
    }
}

impl From<&serde_json::Value> for CallEvent<'_> {
    fn from(value: &serde_json::Value) -> Self {
        value.to_string().into()
    }
}
