//! The parameters of a request, wherever it has them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::ApiError;
use crate::request::{HttpRequest, decode_pairs};
use crate::verify::{Scheme, Verified};

/// The parameters that are set, in the order in which they came.
pub(crate) struct Parameters<'a>(pub(crate) Vec<(Cow<'a, str>, String)>);

impl<'a> Parameters<'a> {
    /// Reads them. A question that runs nothing has numbers among them too.
    pub(crate) fn read(
        request: &HttpRequest<'a>,
        verified: &Verified,
        takes_numbers: bool,
    ) -> Result<Self, ApiError> {
        if verified.scheme == Scheme::V1 {
            return Ok(Self::owned(verified.v1_parameters.clone()));
        }
        if request.method == "GET" {
            return decode_pairs(request.query)
                .map(Self::owned)
                .ok_or_else(|| ApiError::new("InvalidParameter", "The query is not UTF-8."));
        }
        let Members(members) = serde_json::from_slice(request.body).map_err(|error| {
            ApiError::new(
                "InvalidParameterValue.Param",
                format!("The body is not a JSON object: {error}."),
            )
        })?;
        let mut parameters = Vec::with_capacity(members.len());
        for (Name(name), value) in members {
            let kind = match value {
                Value::Null => continue,
                Value::Text(text) => {
                    parameters.push((name, text));
                    continue;
                }
                Value::Number(text) if takes_numbers => {
                    parameters.push((name, text));
                    continue;
                }
                Value::Number(_) => "a number",
                Value::Other(kind) => kind,
            };
            return Err(ApiError::new(
                "InvalidParameter",
                format!(
                    "{name} is {kind}; every parameter is a string, and JSON goes into it as text."
                ),
            ));
        }
        Ok(Self(parameters))
    }

    fn owned(pairs: Vec<(String, String)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// Action, version and region: headers with TC3, parameters in version 1,
    /// which also loses here the parameters of its signature.
    pub(crate) fn common(
        &mut self,
        request: &HttpRequest<'a>,
        verified: &Verified,
    ) -> [Option<Cow<'a, str>>; 3] {
        if verified.scheme == Scheme::Tc3 {
            let header = |name| request.header_set(name).map(Cow::Borrowed);
            return ["x-tc-action", "x-tc-version", "x-tc-region"].map(header);
        }
        for name in [
            "Timestamp",
            "Nonce",
            "SecretId",
            "Signature",
            "SignatureMethod",
            "Token",
            "Language",
            "RequestClient",
        ] {
            self.0.retain(|(key, _)| key != name);
        }
        ["Action", "Version", "Region"].map(|name| self.take(name).map(Cow::Owned))
    }

    /// Removes a parameter; an empty one counts as not set.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let index = self.0.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.0.remove(index);
        Some(value).filter(|value| !value.is_empty())
    }
}

/// The members of a JSON object, sorted by name. Of two with the same name the last one counts.
struct Members<'a>(Vec<(Name<'a>, Value)>);

/// The name of a member, which is borrowed unless it has escapes.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Name<'a>(Cow<'a, str>);

/// The value of a member, of which only a text or a number is kept.
enum Value {
    /// It stands for a parameter that is not set.
    Null,
    Text(String),
    Number(String),
    /// It has this kind.
    Other(&'static str),
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::with_capacity(4);
                while let Some(member) = map.next_entry::<Name, Value>()? {
                    members.push(member);
                }
                // The sort is stable.
                members.sort_by(|(a, _), (b, _)| a.cmp(b));
                members.dedup_by(|later, kept| {
                    let is_same = later.0 == kept.0;
                    if is_same {
                        std::mem::swap(&mut later.1, &mut kept.1);
                    }
                    is_same
                });
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
                Ok(Value::Other("a boolean"))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                Ok(Value::Number(number.to_string()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Number(number.to_string()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
                Ok(Value::Number(serde_json::Value::from(number).to_string()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Value::Other("an array"))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Value::Other("an object"))
            }
        }

        deserializer.deserialize_any(Any)
    }
}
