//! The parameters of a request, wherever it has them.

use serde_json::{Map, Value};

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
        let object: Map<String, Value> = serde_json::from_slice(request.body).map_err(|error| {
            ApiError::new(
                "InvalidParameterValue.Param",
                format!("The body is not a JSON object: {error}."),
            )
        })?;
        let mut parameters = Vec::new();
        for (name, value) in object {
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
    pub(crate) fn common(
        &mut self,
        request: &HttpRequest<'_>,
        verified: &Verified,
    ) -> (Option<String>, Option<String>, Option<String>) {
        if verified.scheme == Scheme::Tc3 {
            let header = |name| request.header_set(name).map(str::to_owned);
            return (header("x-tc-action"), header("x-tc-version"), header("x-tc-region"));
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
        (self.take("Action"), self.take("Version"), self.take("Region"))
    }

    /// Removes a parameter; an empty one counts as not set.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let index = self.0.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.0.remove(index);
        Some(value).filter(|value| !value.is_empty())
    }
}
