//! A call as the text of a program: a template, and what stands in it.

use scf_invoke::scf_invoke_core::request::region::{Endpoint as ApiHost, Region};
use scf_invoke::{Action, ConfigurationError, Endpoint, Error, InvocationType, Scheme};

use super::Language;
use crate::error::CommandError;
use crate::function::Function;
use crate::json::escaped;

/// A call to make a program of. Its event is JSON.
pub(crate) struct Program<'a> {
    pub(crate) function: &'a Function,
    pub(crate) event: Option<String>,
    pub(crate) is_async: bool,
    /// Asks for the log's end.
    pub(crate) has_log: bool,
    pub(crate) region: String,
    pub(crate) endpoint: Option<Endpoint>,
    /// The host to sign for; that of the endpoint without it.
    pub(crate) host: Option<String>,
}

/// Returns the call as a program.
pub(crate) fn program(language: Language, program: Program<'_>) -> Result<String, CommandError> {
    let call = Call::new(program)?;
    if language == Language::NodeSdk && call.host != call.url.host_header() {
        let why = "node-sdk signs for the endpoint's host alone: leave out --host";
        return Err(CommandError::Usage(why.to_owned()));
    }
    let mut text = String::new();
    let mut rest = language.template();
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(&call.value(language, name));
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// A call, as its program needs it.
struct Call<'a> {
    function: &'a Function,
    event: Option<String>,
    routing_key: Option<String>,
    is_async: bool,
    has_log: bool,
    region: String,
    endpoint: Option<Endpoint>,
    url: Endpoint,
    host: String,
}

impl<'a> Call<'a> {
    fn new(program: Program<'a>) -> Result<Self, CommandError> {
        let Program { function, event, is_async, has_log, region, endpoint, host } = program;
        let mut invocation = function.invocation();
        if is_async {
            invocation = invocation.invocation_type(InvocationType::Event);
        }
        invocation.check().map_err(|error| CommandError::Usage(error.to_string()))?;
        let configuration = |error| Error::Configuration(error);
        let checked = Region::new(&region).ok_or(configuration(ConfigurationError::Region))?;
        let url = match &endpoint {
            Some(endpoint) => endpoint.clone(),
            None => {
                let host = ApiHost::default_for(checked).host("scf", checked);
                let host = host.ok_or(configuration(ConfigurationError::Region))?;
                Endpoint::parse(&host).map_err(Error::from)?
            }
        };
        let host = host.unwrap_or_else(|| url.host_header());
        if !host.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(CommandError::Usage(format!("{host:?} is no host")));
        }
        Ok(Self {
            function,
            routing_key: function.routing_key.as_deref().map(in_one_line),
            event: event.as_deref().map(in_one_line),
            is_async,
            has_log,
            region,
            endpoint,
            url,
            host,
        })
    }

    /// Returns what stands in the template under that name.
    fn value(&self, language: Language, name: &str) -> String {
        let literal = |text: &str| self.literal(language, text);
        match name {
            "NAME" => self.function.name.clone(),
            "FUNCTION" => literal(&self.function.name),
            "ACTION" => self.action().as_str().to_owned(),
            "URL" => literal(&self.url.to_string()),
            "SCHEME" => self.url.scheme().as_str().to_owned(),
            "PEER" => self.url.host_header(),
            "TRANSPORT" => match self.url.scheme() {
                Scheme::Https => "TLS".to_owned(),
                Scheme::Http => "TCP".to_owned(),
            },
            "HOST" => literal(&self.host),
            "REGION" => literal(&self.region),
            "BODY" => {
                let members: Vec<_> = self
                    .parameters()
                    .iter()
                    .map(|(name, value)| format!("{}:{}", quoted(name), quoted(value)))
                    .collect();
                literal(&format!("{{{}}}", members.join(",")))
            }
            "PARAMETERS" => self.lines(language),
            "EVENT" if language.is_rust() => match &self.event {
                Some(event) => format!("{}", RawText(event)),
                None => "Event::none()".to_owned(),
            },
            // As text, since a literal of JavaScript loses digits of long numbers and
            // members called `__proto__`.
            "EVENT" => match &self.event {
                Some(event) => format!(", {}", single_quoted(event)),
                None => String::new(),
            },
            "METHOD" => match self.action() {
                Action::InvokeFunction => "invokeFunction".to_owned(),
                _ => "invoke".to_owned(),
            },
            "USE" => self.rust_use(language),
            "SETTINGS" if language == Language::RustNoStd => match self.url.path() {
                "/" => String::new(),
                path => format!(".path({})", quoted(path)),
            },
            "SETTINGS" if language == Language::Rust => self.rust_settings(),
            "SETTINGS" => self.js_settings(),
            "OPTIONS" if language.is_rust() => self.rust_options(),
            "OPTIONS" => self.js_options(),
            "ARGUMENTS" => self.arguments(),
            _ => String::new(),
        }
    }

    fn literal(&self, language: Language, text: &str) -> String {
        match language {
            Language::Curl | Language::Tscf => in_shell(text),
            Language::Php => single_quoted(text),
            _ => quoted(text),
        }
    }

    fn action(&self) -> Action {
        self.function.action.into()
    }

    /// Returns the API's parameters.
    fn parameters(&self) -> Vec<(&'static str, &str)> {
        let function = self.function;
        let event = match self.action() {
            Action::InvokeFunction => "Event",
            _ => "ClientContext",
        };
        [
            ("FunctionName", Some(function.name.as_str())),
            (event, self.event.as_deref()),
            ("InvocationType", self.is_async.then_some("Event")),
            ("LogType", self.has_log.then_some("Tail")),
            ("Namespace", function.namespace.as_deref()),
            ("Qualifier", function.qualifier.as_deref()),
            ("RoutingKey", self.routing_key.as_deref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }

    /// Returns the parameters as the inside of a map, one in a line.
    fn lines(&self, language: Language) -> String {
        let indent = if language == Language::Go { "\t" } else { "    " };
        let parameters = self.parameters();
        let widest = parameters.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let lines: Vec<_> = parameters
            .iter()
            .map(|(name, value)| {
                // gofmt aligns the values.
                let pad = match language {
                    Language::Go => widest - name.len() + 1,
                    _ => 1,
                };
                let key = match language {
                    Language::Node | Language::NodeSdk => (*name).to_owned(),
                    Language::Php => format!("'{name}' =>"),
                    _ => quoted(name),
                };
                let colon = if language == Language::Php { "" } else { ":" };
                let value = self.literal(language, value);
                format!("{indent}{key}{colon}{}{value},", " ".repeat(pad))
            })
            .collect();
        lines.join("\n")
    }

    /// Returns the names that a program in Rust uses.
    fn rust_use(&self, language: Language) -> String {
        let mut options = Vec::new();
        if self.action() != Action::Invoke {
            options.push("Action");
        }
        if self.is_async {
            options.push("InvocationType");
        }
        if self.has_log {
            options.push("LogType");
        }
        let mut names = vec!["Client", "Invocation"];
        if self.event.is_none() {
            names.push("Event");
        }
        if language == Language::Rust {
            names.append(&mut options);
            return rust_import("scf_invoke", names);
        }
        names.extend(["Error", "Region", "Reply", "Settings", "Signer", "Stream", "StreamError"]);
        let mut text = String::new();
        if !options.is_empty() {
            text = rust_import("scf_invoke_core::request::invocation", options);
        }
        text + &rust_import("scf_invoke_core", names)
    }

    fn rust_settings(&self) -> String {
        let mut settings = String::new();
        if let Some(endpoint) = &self.endpoint {
            settings = format!(".endpoint({}.parse()?)", quoted(&endpoint.to_string()));
        }
        if self.host != self.url.host_header() {
            settings += &format!(".host({})", quoted(&self.host));
        }
        settings
    }

    fn rust_options(&self) -> String {
        let function = self.function;
        let mut options = String::new();
        if self.action() != Action::Invoke {
            options += ".action(Action::InvokeFunction)";
        }
        if self.is_async {
            options += ".invocation_type(InvocationType::Event)";
        }
        if self.has_log {
            options += ".log_type(LogType::Tail)";
        }
        for (name, value) in [
            ("namespace", &function.namespace),
            ("qualifier", &function.qualifier),
            ("routing_key", &self.routing_key),
        ] {
            if let Some(value) = value {
                options += &format!(".{name}({})", quoted(value));
            }
        }
        options
    }

    fn js_settings(&self) -> String {
        let mut settings = String::new();
        if let Some(endpoint) = &self.endpoint {
            settings = format!("    endpoint: {},\n", quoted(&endpoint.to_string()));
        }
        if self.host != self.url.host_header() {
            settings += &format!("    host: {},\n", quoted(&self.host));
        }
        settings
    }

    fn js_options(&self) -> String {
        let function = self.function;
        let invocation_type = self.is_async.then(|| "Event".to_owned());
        let log_type = self.has_log.then(|| "Tail".to_owned());
        let options: Vec<_> = [
            ("invocationType", &invocation_type),
            ("logType", &log_type),
            ("namespace", &function.namespace),
            ("qualifier", &function.qualifier),
            ("routingKey", &self.routing_key),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}: {}", quoted(value.as_ref()?))))
        .collect();
        let event = if self.event.is_none() { ", undefined" } else { "" };
        match options.as_slice() {
            [] => String::new(),
            options => format!("{event}, {{ {} }}", options.join(", ")),
        }
    }

    /// Returns the arguments of `tscf invoke` after the function's name.
    fn arguments(&self) -> String {
        let mut text = String::new();
        if let Some(event) = &self.event {
            text += &format!(" {}", in_shell(event));
        }
        let function = self.function;
        let is_other = self.action() == Action::InvokeFunction;
        let host = Some(&self.host).filter(|host| **host != self.url.host_header());
        let endpoint = self.endpoint.as_ref().map(ToString::to_string);
        for (name, value) in [
            ("region", Some(self.region.as_str())),
            ("action", is_other.then_some("InvokeFunction")),
            ("namespace", function.namespace.as_deref()),
            ("qualifier", function.qualifier.as_deref()),
            ("routing-key", self.routing_key.as_deref()),
            ("endpoint", endpoint.as_deref()),
            ("host", host.map(String::as_str)),
        ] {
            if let Some(value) = value {
                text += &format!(" \\\n    --{name} {}", in_shell(value));
            }
        }
        for (name, is_set) in [("async", self.is_async), ("tail", self.has_log)] {
            if is_set {
                text += &format!(" \\\n    --{name}");
            }
        }
        text
    }
}

/// Returns the line that imports the names, as rustfmt writes it.
fn rust_import(module: &str, mut names: Vec<&str>) -> String {
    names.sort_unstable();
    let list = names.join(", ");
    let line = match names.as_slice() {
        [name] => format!("use {module}::{name};\n"),
        _ => format!("use {module}::{{{list}}};\n"),
    };
    // A line ends before column 100 and its own end.
    if line.len() <= 101 { line } else { format!("use {module}::{{\n    {list},\n}};\n") }
}

/// Returns the text as a word of a shell.
fn in_shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Returns the JSON text without white space between its tokens that ends a
/// line. What a terminal would hide or act on stands in texts alone, and is
/// escaped.
fn in_one_line(json: &str) -> String {
    escaped(json, |c| matches!(c, '\n' | '\r' | '\t').then_some(""))
}

/// Returns the text as a literal of JSON, Python, JavaScript, Go and Rust
/// alike: it has nothing but quotes and backslashes to escape.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Returns the text as a literal of PHP and JavaScript in single quotes.
fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A text as Rust's raw literal.
struct RawText<'a>(&'a str);

impl std::fmt::Display for RawText<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut hashes = "#".to_owned();
        while self.0.contains(&format!("\"{hashes}")) {
            hashes.push('#');
        }
        write!(f, "r{hashes}\"{}\"{hashes}", self.0)
    }
}
