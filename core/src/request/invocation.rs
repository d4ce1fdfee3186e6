//! The parameters of `Invoke` and `InvokeFunction`, and their limits.

use core::fmt;

use crate::wire::ascii;
use crate::wire::json;

/// The API version of both actions.
pub const VERSION: &str = "2018-04-16";

/// The largest event of a synchronous invocation, in bytes of JSON: 6 MiB.
pub const SYNC_PAYLOAD_MAX: usize = 6 << 20;

/// The largest event of an asynchronous invocation, in bytes of JSON: 128 KiB.
pub const ASYNC_PAYLOAD_MAX: usize = 128 << 10;

/// The longest routing key, in bytes.
pub const ROUTING_KEY_MAX: usize = 1024;

/// The longest function name, in bytes.
pub const FUNCTION_NAME_MAX: usize = 60;

/// The two actions that run a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Action {
    /// `Invoke`, synchronous or not; the event is `ClientContext`.
    #[default]
    Invoke,
    /// `InvokeFunction`, synchronous only; the event is `Event`.
    InvokeFunction,
}

impl Action {
    /// Returns the name, as `X-TC-Action` carries it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invoke => "Invoke",
            Self::InvokeFunction => "InvokeFunction",
        }
    }

    /// Returns the name of the parameter that carries the event.
    pub(crate) const fn event_parameter(self) -> &'static str {
        match self {
            Self::Invoke => "ClientContext",
            Self::InvokeFunction => "Event",
        }
    }
}

/// The way to invoke: with or without waiting for the function's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum InvocationType {
    /// Waits, for up to 300 s; the service's default.
    RequestResponse,
    /// Returns once the event is accepted; the function runs later.
    Event,
}

impl InvocationType {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::RequestResponse => "RequestResponse",
            Self::Event => "Event",
        }
    }
}

/// The part of the function's log to return; for synchronous calls only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum LogType {
    /// No log; the service's default.
    None,
    /// The last 4 KB of the log.
    Tail,
}

impl LogType {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Tail => "Tail",
        }
    }
}

/// One run of a function: which, and how; the event goes beside it.
///
/// A parameter that is not set is not sent, and the service's default holds.
///
/// ```
/// use scf_invoke_core::request::invocation::{Invocation, InvocationType, LogType};
///
/// let hello = Invocation::new("hello").qualifier("$LATEST").log_type(LogType::Tail);
/// assert!(hello.check().is_ok());
///
/// let wrong = hello.invocation_type(InvocationType::Event);
/// assert_eq!(
///     wrong.check().unwrap_err().to_string(),
///     "LogType is for synchronous invocations: leave it out of an Event one",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Invocation<'a> {
    pub(crate) action: Action,
    pub(crate) function_name: &'a str,
    pub(crate) invocation_type: Option<InvocationType>,
    pub(crate) qualifier: Option<&'a str>,
    pub(crate) log_type: Option<LogType>,
    pub(crate) namespace: Option<&'a str>,
    pub(crate) routing_key: Option<&'a str>,
}

impl<'a> From<&'a str> for Invocation<'a> {
    fn from(function_name: &'a str) -> Self {
        Self::new(function_name)
    }
}

impl<'a> Invocation<'a> {
    /// Runs the function of that name, by `Invoke` and synchronously.
    pub const fn new(function_name: &'a str) -> Self {
        Self {
            action: Action::Invoke,
            function_name,
            invocation_type: None,
            qualifier: None,
            log_type: None,
            namespace: None,
            routing_key: None,
        }
    }

    /// Returns the name of the function.
    pub fn function_name(&self) -> &'a str {
        self.function_name
    }

    /// Chooses the action.
    pub const fn action(mut self, action: Action) -> Self {
        self.action = action;
        self
    }

    /// Chooses whether the call waits for the result; `Invoke` only.
    pub const fn invocation_type(mut self, invocation_type: InvocationType) -> Self {
        self.invocation_type = Some(invocation_type);
        self
    }

    /// Runs this version or alias; the service takes `$LATEST` (`Invoke`) or
    /// `$DEFAULT` (`InvokeFunction`).
    pub const fn qualifier(mut self, qualifier: &'a str) -> Self {
        self.qualifier = Some(qualifier);
        self
    }

    /// Asks for the log, or not.
    pub const fn log_type(mut self, log_type: LogType) -> Self {
        self.log_type = Some(log_type);
        self
    }

    /// Looks for the function in this namespace; the service takes `default`.
    pub const fn namespace(mut self, namespace: &'a str) -> Self {
        self.namespace = Some(namespace);
        self
    }

    /// Routes the traffic: a JSON object of strings, `{"k":"v"}`, of at most
    /// [`ROUTING_KEY_MAX`] bytes.
    pub const fn routing_key(mut self, routing_key: &'a str) -> Self {
        self.routing_key = Some(routing_key);
        self
    }

    /// Returns `true` if the call returns before the function has run.
    pub fn is_event(&self) -> bool {
        self.invocation_type == Some(InvocationType::Event)
    }

    /// Returns the InvocationType parameter, if it is sent: `InvokeFunction`
    /// has none, and does what RequestResponse asks for.
    pub(crate) fn sent_invocation_type(&self) -> Option<&'static str> {
        match self.action {
            Action::Invoke => self.invocation_type.map(InvocationType::as_str),
            Action::InvokeFunction => None,
        }
    }

    /// Returns the largest event, in bytes.
    pub fn payload_max(&self) -> usize {
        if self.is_event() { ASYNC_PAYLOAD_MAX } else { SYNC_PAYLOAD_MAX }
    }

    /// Checks every parameter but the event against the API's rules.
    ///
    /// Building a call does this too, before anything is sent.
    pub fn check(&self) -> Result<(), InvocationError> {
        check_function_name(self.function_name)?;
        for (parameter, text) in [
            (Parameter::Qualifier, self.qualifier),
            (Parameter::Namespace, self.namespace),
            (Parameter::RoutingKey, self.routing_key),
        ] {
            match text {
                Some("") => return Err(InvocationError::Empty(parameter)),
                Some(text) if ascii::has_control(text) => {
                    return Err(InvocationError::Control(parameter));
                }
                _ => {}
            }
        }
        if let Some(key) = self.routing_key {
            if key.len() > ROUTING_KEY_MAX {
                return Err(InvocationError::RoutingKeyTooLong(key.len()));
            }
            if !json::is_object_of_strings(key.as_bytes()) {
                return Err(InvocationError::RoutingKey);
            }
        }
        if self.is_event() {
            if self.action == Action::InvokeFunction {
                return Err(InvocationError::EventOfInvokeFunction);
            }
            if self.log_type.is_some() {
                return Err(InvocationError::LogTypeOfEvent);
            }
        }
        Ok(())
    }
}

/// Checks a name by the service's own rule.
fn check_function_name(name: &str) -> Result<(), InvocationError> {
    let (Some(first), Some(last)) = (name.bytes().next(), name.bytes().next_back()) else {
        return Err(InvocationError::FunctionNameMissing);
    };
    if name.len() > FUNCTION_NAME_MAX
        || !first.is_ascii_alphabetic()
        || !last.is_ascii_alphanumeric()
        || !ascii::is_made_of(name, b"-_")
    {
        return Err(InvocationError::FunctionName);
    }
    Ok(())
}

/// A parameter that is any text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Parameter {
    /// The version or alias.
    Qualifier,
    /// The namespace.
    Namespace,
    /// The routing key.
    RoutingKey,
}

impl Parameter {
    /// Returns the name, as the API has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Qualifier => "Qualifier",
            Self::Namespace => "Namespace",
            Self::RoutingKey => "RoutingKey",
        }
    }
}

/// A parameter that the service would refuse; nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum InvocationError {
    /// The function's name is empty.
    FunctionNameMissing,
    /// The function's name breaks the rule for names.
    FunctionName,
    /// The parameter is set, but empty.
    Empty(Parameter),
    /// The parameter has a control character.
    Control(Parameter),
    /// The routing key is not a JSON object of strings.
    RoutingKey,
    /// The routing key has this many bytes, over [`ROUTING_KEY_MAX`].
    RoutingKeyTooLong(usize),
    /// A log type is set on an asynchronous call.
    LogTypeOfEvent,
    /// `InvokeFunction` is synchronous only.
    EventOfInvokeFunction,
}

impl fmt::Display for InvocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::FunctionNameMissing => "the function's name is missing",
            Self::FunctionName => {
                "a function's name has 1 to 60 letters, digits, hyphens and underscores, begins \
                 with a letter and ends with a letter or digit"
            }
            Self::Empty(name) => {
                f.write_str(name.as_str())?;
                " is empty: leave it out to take the default"
            }
            Self::Control(name) => {
                f.write_str(name.as_str())?;
                " has a control character"
            }
            Self::RoutingKey => r#"RoutingKey must be a JSON object of strings, {"k":"v"}"#,
            Self::RoutingKeyTooLong(length) => {
                return write!(f, "RoutingKey has {length} bytes, over {ROUTING_KEY_MAX}");
            }
            Self::LogTypeOfEvent => {
                "LogType is for synchronous invocations: leave it out of an Event one"
            }
            Self::EventOfInvokeFunction => {
                "InvokeFunction is synchronous only: use Invoke for an Event invocation"
            }
        };
        f.write_str(text)
    }
}

impl core::error::Error for InvocationError {}
