//! The API: what a request asks for.

use std::borrow::Cow;
use std::sync::Arc;

use serde::de::IgnoredAny;
use serde_json::Value;

use crate::credential::Credential;
use crate::error::ApiError;
use crate::parameters::Parameters;
use crate::query::Query;
use crate::request::HttpRequest;
use crate::verify::{self, Head, Scheme, Verified};

/// The only version of the API.
const VERSION: &str = "2018-04-16";
const SYNC_EVENT_LIMIT: usize = 6 * 1024 * 1024;
const ASYNC_EVENT_LIMIT: usize = 128 * 1024;
const ROUTING_KEY_LIMIT: usize = 1024;

pub(crate) const NAME_RULE: &str = "1 to 60 letters, digits, - and _, beginning with a letter and \
                                    ending with a letter or digit";

/// The action that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Synchronous or asynchronous.
    Invoke,
    /// Synchronous only.
    InvokeFunction,
}

impl Action {
    /// Returns the name in a request.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invoke => "Invoke",
            Self::InvokeFunction => "InvokeFunction",
        }
    }
}

/// A request that was signed by a known key and whose parameters are right.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which of the two actions.
    pub action: Action,
    /// The function's name.
    pub function_name: String,
    /// True where the caller waits for the result: `RequestResponse`, not `Event`.
    pub synchronous: bool,
    /// The version or alias; `$LATEST` or `$DEFAULT` where none was given.
    pub qualifier: Cow<'static, str>,
    /// The event as JSON, `ClientContext` or `Event`.
    pub event: Option<String>,
    /// True where the end of the log is asked for: `LogType=Tail`.
    pub log_tail: bool,
    /// The namespace, `default` where none was given.
    pub namespace: Cow<'static, str>,
    /// `RoutingKey` as given.
    pub routing_key: Option<String>,
    /// The region asked for.
    pub region: String,
    /// Whose key signed it.
    pub secret_id: Arc<str>,
    /// The trigger that makes the call where no request of the API does, such as
    /// `timer`.
    pub trigger: Option<&'static str>,
    /// The status with which it fails without a run, for a fault wants it so.
    pub(crate) failure: Option<u16>,
}

/// The region of calls that no request makes.
pub(crate) const REGION: &str = "ap-guangzhou";

impl Call {
    /// Returns a call that a trigger makes.
    pub(crate) fn triggered(
        trigger: &'static str,
        function_name: &str,
        namespace: &str,
        event: String,
    ) -> Self {
        Self {
            action: Action::Invoke,
            function_name: function_name.to_owned(),
            synchronous: true,
            qualifier: "$LATEST".into(),
            event: Some(event),
            log_tail: false,
            namespace: namespace.to_owned().into(),
            routing_key: None,
            region: REGION.to_owned(),
            secret_id: Arc::default(),
            trigger: Some(trigger),
            failure: None,
        }
    }
}

impl Call {
    /// Returns the event invocation that runs this call once more.
    pub(crate) fn again(&self) -> Self {
        Self {
            action: Action::Invoke,
            synchronous: false,
            log_tail: false,
            failure: None,
            ..self.clone()
        }
    }
}

/// The content of an authorized request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Authorized {
    /// A function is to run.
    Invocation(Arc<Call>),
    /// A question that runs nothing.
    Query(Query),
}

impl Authorized {
    /// Returns the invocation, if it is one.
    pub fn invocation(self) -> Option<Call> {
        match self {
            Self::Invocation(call) => Some(Arc::unwrap_or_clone(call)),
            Self::Query(_) => None,
        }
    }

    /// Returns the function that it names.
    pub(crate) fn function(&self) -> Option<&str> {
        match self {
            Self::Invocation(call) => Some(&call.function_name),
            Self::Query(query) => query.function.as_deref(),
        }
    }
}

/// Verifies a request and reads it: all that happens before a function runs.
///
/// `now` is the server's clock in seconds since 1970. It does no I/O, so it
/// can be tested and fuzzed without a socket, and any input gives a value or an error.
///
/// # Errors
///
/// The error that the API would answer.
///
/// ```
/// use scf_emulator::{Credential, HttpRequest, authorize};
///
/// let request = HttpRequest { method: "PUT", path: "/", query: "", headers: &[], body: b"" };
/// let refusal = authorize(&request, &[Credential::development()], 1_700_000_000).unwrap_err();
/// assert_eq!(refusal.code, "UnsupportedProtocol");
/// ```
pub fn authorize(
    request: &HttpRequest<'_>,
    credentials: &[Credential],
    now: i64,
) -> Result<Authorized, ApiError> {
    let verified = verify::verify(request, credentials, now)?;
    read(request, verified)
}

/// Authorizes a request, whose head may have been read before, without a search for what is
/// wrong with its signature; nothing where that has to be searched for.
pub(crate) fn authorize_briefly(
    request: &HttpRequest<'_>,
    head: Option<&Head<'_>>,
    credentials: &[Credential],
    now: i64,
) -> Option<Result<Authorized, ApiError>> {
    match verify::check(request, head, credentials, now, false) {
        Ok(verified) => Some(read(request, verified)),
        Err(error) if verify::is_unexplained(&error) => None,
        Err(error) => Some(Err(error)),
    }
}

/// Reads what a request asks for whose signature is right.
fn read(request: &HttpRequest<'_>, verified: Verified) -> Result<Authorized, ApiError> {
    let sent = request.header_set("x-tc-action").filter(|_| verified.scheme == Scheme::Tc3);
    let takes_numbers = sent.is_some_and(Query::is_action);
    let mut parameters = Parameters::read(request, &verified, takes_numbers)?;
    let [action, version, region] = parameters.common(request, &verified);

    let action = action.ok_or_else(|| ApiError::missing("Action (the header X-TC-Action)"))?;
    match version.as_deref() {
        None => return Err(ApiError::missing("Version (the header X-TC-Version)")),
        Some(VERSION) => {}
        Some(other) => {
            return Err(ApiError::new(
                "NoSuchVersion",
                format!("There is no version {other:?}; there is {VERSION}."),
            ));
        }
    }
    // New regions appear; any name that could be one is good.
    let region = region.ok_or_else(|| ApiError::missing("Region (the header X-TC-Region)"))?;
    let plausible = region.len() <= 64
        && region
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !plausible {
        return Err(ApiError::new(
            "UnsupportedRegion",
            format!("{region:?} is no region; one reads like ap-guangzhou."),
        ));
    }
    if Query::is_action(&action) {
        return Query::read(action.into_owned(), parameters).map(Authorized::Query);
    }
    let action = match &*action {
        "Invoke" => Action::Invoke,
        "InvokeFunction" => Action::InvokeFunction,
        other => {
            return Err(ApiError::new(
                "InvalidAction",
                format!(
                    "There is no action {other:?} here; there are Invoke, InvokeFunction, {}.",
                    Query::ACTIONS.join(", ")
                ),
            ));
        }
    };
    let region = region.into_owned();
    let call = read_call(action, region, verified.secret_id, parameters)?;
    Ok(Authorized::Invocation(Arc::new(call)))
}

fn read_call(
    action: Action,
    region: String,
    secret_id: Arc<str>,
    mut parameters: Parameters<'_>,
) -> Result<Call, ApiError> {
    let mut take = |name: &str| parameters.take(name);
    let function_name = take("FunctionName");
    let qualifier = take("Qualifier");
    let log_type = take("LogType");
    let namespace = take("Namespace");
    let routing_key = take("RoutingKey");
    let (invocation_type, event, default_qualifier) = match action {
        Action::Invoke => (take("InvocationType"), take("ClientContext"), "$LATEST"),
        Action::InvokeFunction => (None, take("Event"), "$DEFAULT"),
    };
    if let Some((name, _)) = parameters.0.first() {
        return Err(ApiError::new(
            "UnknownParameter",
            format!("{} has no parameter {name:?}.", action.name()),
        ));
    }

    let function_name = function_name.ok_or_else(|| ApiError::missing("FunctionName"))?;
    if !is_function_name(&function_name) {
        return Err(ApiError::new(
            "InvalidParameter.FunctionName",
            format!("{function_name:?} is no function name: {NAME_RULE}."),
        ));
    }
    let synchronous = match invocation_type.as_deref() {
        None | Some("RequestResponse") => true,
        Some("Event") => false,
        Some(other) => {
            return Err(invalid(format!(
                "InvocationType is RequestResponse or Event, not {other:?}."
            )));
        }
    };
    let log_tail = match log_type.as_deref() {
        None | Some("None") => false,
        Some("Tail") if synchronous => true,
        Some("Tail") => {
            return Err(invalid(
                "LogType is left out of an Event invocation, which returns no log.".to_owned(),
            ));
        }
        Some(other) => return Err(invalid(format!("LogType is None or Tail, not {other:?}."))),
    };
    if let Some(event) = &event {
        check_event(action, synchronous, event)?;
    }
    if let Some(key) = &routing_key {
        check_routing_key(key)?;
    }
    Ok(Call {
        action,
        function_name,
        synchronous,
        qualifier: qualifier.map_or(Cow::Borrowed(default_qualifier), Cow::Owned),
        event,
        log_tail,
        namespace: namespace.map_or(Cow::Borrowed("default"), Cow::Owned),
        routing_key,
        region,
        secret_id,
        trigger: None,
        failure: None,
    })
}

fn invalid(message: String) -> ApiError {
    ApiError::new("InvalidParameterValue", message)
}

pub(crate) fn is_function_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.len() <= 60
        && bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
}

fn check_event(action: Action, synchronous: bool, event: &str) -> Result<(), ApiError> {
    // InvokeFunction has codes of its own for both.
    let (name, size_code, json_code) = match action {
        Action::Invoke => {
            ("ClientContext", "RequestSizeLimitExceeded", "InvalidParameterValue.Param")
        }
        Action::InvokeFunction => {
            ("Event", "InvalidParameter.RequestTooLarge", "InvalidParameterValue.ClientContext")
        }
    };
    let limit = if synchronous { SYNC_EVENT_LIMIT } else { ASYNC_EVENT_LIMIT };
    if event.len() > limit {
        return Err(ApiError::new(
            size_code,
            format!("{name} has {} bytes; at most {limit} are allowed.", event.len()),
        ));
    }
    // Parsed only to be checked: the function gets the text as it was sent.
    if let Err(error) = serde_json::from_str::<IgnoredAny>(event) {
        return Err(ApiError::new(json_code, format!("{name} is not JSON: {error}.")));
    }
    Ok(())
}

fn check_routing_key(key: &str) -> Result<(), ApiError> {
    if key.len() > ROUTING_KEY_LIMIT {
        return Err(invalid(format!(
            "RoutingKey has {} bytes; at most {ROUTING_KEY_LIMIT} are allowed.",
            key.len()
        )));
    }
    match serde_json::from_str::<Value>(key) {
        Ok(Value::Object(map)) if map.values().all(Value::is_string) => Ok(()),
        Ok(_) => Err(invalid(
            "RoutingKey is a JSON object whose values are strings, such as {\"k\":\"v\"}."
                .to_owned(),
        )),
        Err(error) => Err(ApiError::new(
            "InvalidParameterValue.Param",
            format!("RoutingKey is not JSON: {error}."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::is_function_name;

    #[test]
    fn names() {
        for good in ["a", "hello", "Hello-2_b", &"a".repeat(60)] {
            assert!(is_function_name(good), "{good}");
        }
        for bad in ["", "1a", "a-", "_a", "a.b", "../a", "a b", "é", &"a".repeat(61)] {
            assert!(!is_function_name(bad), "{bad}");
        }
    }
}
