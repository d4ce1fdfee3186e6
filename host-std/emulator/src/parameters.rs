//! The parameters of a request, wherever it has them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::error::ApiError;
use crate::request::{HttpRequest, decode_pairs};
use crate::verify::{Scheme, Verified};

/// The parameters that are set, in the order in which they came.
pub(crate) struct Parameters(pub(crate) Vec<(String, String)>);

impl Parameters {
    /// Reads them. A question that runs nothing has numbers among them too.
    pub(crate) fn read(
        request: &HttpRequest<'_>,
        verified: &Verified,
        takes_numbers: bool,
    ) -> Result<Self, ApiError> {
        if verified.scheme == Scheme::V1 {
            return Ok(Self(verified.v1_parameters.clone()));
        }
        if request.method == "GET" {
            return decode_pairs(request.query)
                .map(Self)
                .ok_or_else(|| ApiError::new("InvalidParameter", "The query is not UTF-8."));
        }
        let Members(members) = serde_json::from_slice(request.body).map_err(|error| {
            ApiError::new(
                "InvalidParameterValue.Param",
                format!("The body is not a JSON object: {error}."),
            )
        })?;
        let mut parameters = Vec::with_capacity(members.len());
        for (name, value) in members {
            match value {
                // null stands for a parameter that is not set.
                Value::Null => {}
                Value::String(text) => parameters.push((name, text)),
                Value::Number(number) if takes_numbers => {
                    parameters.push((name, number.to_string()));
                }
                other => {
                    let kind = match other {
                        Value::Bool(_) => "a boolean",
                        Value::Number(_) => "a number",
                        Value::Array(_) => "an array",
                        _ => "an object",
                    };
                    return Err(ApiError::new(
                        "InvalidParameter",
                        format!(
                            "{name} is {kind}; every parameter is a string, and JSON goes into it \
                             as text."
                        ),
                    ));
                }
            }
        }
        Ok(Self(parameters))
    }

    /// Action, version and region: headers with TC3, parameters in version 1,
    /// which also loses here the parameters of its signature.
    pub(crate) fn common<'a>(
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
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::with_capacity(4);
                while let Some(member) = map.next_entry::<String, Value>()? {
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
