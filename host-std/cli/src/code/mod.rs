//! `tscf code`: a call as a program to copy.

use clap::{Args, ValueEnum};
use scf_invoke::scf_invoke_core::request::region::{Endpoint as ApiHost, Region};
use scf_invoke::{Action, ConfigurationError, Endpoint, Error, InvocationType};

use crate::client::ENDPOINT_VARIABLE;
use crate::error::CommandError;
use crate::event;
use crate::function::Function;
use crate::json::escaped;
use crate::stdout::print;

const AFTER_HELP: &str = "\
The program takes the credentials from TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, and needs
nothing but its language; rust and js use the packages scf-invoke.

Examples:
  tscf code python hello '{\"name\":\"world\"}' --region ap-guangzhou > hello.py
  tscf code curl hello @event.json --endpoint http://127.0.0.1:9000";

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Code {
    /// The language
    #[arg(value_enum)]
    language: Language,
    #[command(flatten)]
    function: Function,
    /// The event, which is JSON: a text, @FILE, or - for standard input
    #[arg(value_name = "JSON|@FILE|-", allow_negative_numbers = true)]
    event: Option<String>,
    /// Return as soon as the event is accepted
    #[arg(long = "async")]
    is_async: bool,
    /// The functions' region [env: TENCENTCLOUD_REGION]
    #[arg(long)]
    region: Option<String>,
    /// The URL to which the program sends the request [env: TENCENTCLOUD_SCF_ENDPOINT]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// The host to sign for; that of the endpoint without it
    #[arg(long)]
    host: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    Curl,
    Python,
    Node,
    Go,
    Rust,
    Js,
}

impl Language {
    fn template(self) -> &'static str {
        match self {
            Self::Curl => include_str!("curl.sh"),
            Self::Python => include_str!("python.py"),
            Self::Node => include_str!("node.mjs"),
            Self::Go => include_str!("go.go"),
            Self::Rust => include_str!("rust.rs"),
            Self::Js => include_str!("js.mjs"),
        }
    }
}

pub(crate) fn run(arguments: &Code) -> Result<(), CommandError> {
    let call = Call::new(arguments)?;
    let mut program = String::new();
    let mut rest = arguments.language.template();
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        program.push_str(before);
        program.push_str(&call.value(arguments.language, name));
        rest = after;
    }
    program.push_str(rest);
    print(program.as_bytes()).map_err(CommandError::Output)
}

/// A call, as its program needs it.
struct Call<'a> {
    function: &'a Function,
    event: Option<String>,
    routing_key: Option<String>,
    is_async: bool,
    region: String,
    endpoint: Option<Endpoint>,
    url: Endpoint,
    host: String,
}

impl<'a> Call<'a> {
    fn new(arguments: &'a Code) -> Result<Self, CommandError> {
        let function = &arguments.function;
        let mut invocation = function.invocation();
        if arguments.is_async {
            invocation = invocation.invocation_type(InvocationType::Event);
        }
        invocation.check().map_err(|error| CommandError::Usage(error.to_string()))?;
        let event = match &arguments.event {
            Some(argument) => {
                let event = event::read(argument, invocation.payload_max() as u64, None)?;
                Some(in_one_line(&event))
            }
            None => None,
        };
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let configuration = |error| Error::Configuration(error);
        let name = arguments
            .region
            .clone()
            .or_else(|| variable("TENCENTCLOUD_REGION"))
            .ok_or(configuration(ConfigurationError::RegionMissing))?;
        let region = Region::new(&name).ok_or(configuration(ConfigurationError::Region))?;
        let endpoint = match arguments.endpoint.clone().or_else(|| variable(ENDPOINT_VARIABLE)) {
            Some(url) => Some(Endpoint::parse(&url).map_err(Error::from)?),
            None => None,
        };
        let url = match &endpoint {
            Some(endpoint) => endpoint.clone(),
            None => {
                let host = ApiHost::default_for(region).host("scf", region);
                let host = host.ok_or(configuration(ConfigurationError::Region))?;
                Endpoint::parse(&host).map_err(Error::from)?
            }
        };
        let host = arguments.host.clone().unwrap_or_else(|| url.host_header());
        if !host.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(CommandError::Usage(format!("{host:?} is no host")));
        }
        Ok(Self {
            function,
            routing_key: function.routing_key.as_deref().map(in_one_line),
            event,
            is_async: arguments.is_async,
            region: name,
            endpoint,
            url,
            host,
        })
    }

    /// Returns what stands in the template under that name.
    fn value(&self, language: Language, name: &str) -> String {
        let literal = |text: &str| match language {
            Language::Curl => format!("'{}'", text.replace('\'', r"'\''")),
            _ => quoted(text),
        };
        match name {
            "NAME" => self.function.name.clone(),
            "FUNCTION" => literal(&self.function.name),
            "ACTION" => self.action().as_str().to_owned(),
            "URL" => literal(&self.url.to_string()),
            "SCHEME" => self.url.scheme().as_str().to_owned(),
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
            "EVENT" if language == Language::Rust => match &self.event {
                Some(event) => format!("{}", RawText(event)),
                None => "Event::none()".to_owned(),
            },
            "EVENT" => self.event.clone().unwrap_or_else(|| "undefined".to_owned()),
            "METHOD" => match self.action() {
                Action::InvokeFunction => "invokeFunction".to_owned(),
                _ => "invoke".to_owned(),
            },
            "USE" => self.rust_use(),
            "SETTINGS" if language == Language::Rust => self.rust_settings(),
            "SETTINGS" => self.js_settings(),
            "OPTIONS" if language == Language::Rust => self.rust_options(),
            "OPTIONS" => self.js_options(),
            _ => String::new(),
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
                    Language::Node => (*name).to_owned(),
                    _ => quoted(name),
                };
                format!("{indent}{key}:{}{},", " ".repeat(pad), quoted(value))
            })
            .collect();
        lines.join("\n")
    }

    fn rust_use(&self) -> String {
        let mut names = vec!["Client", "Invocation"];
        if self.action() != Action::Invoke {
            names.push("Action");
        }
        if self.event.is_none() {
            names.push("Event");
        }
        if self.is_async {
            names.push("InvocationType");
        }
        names.sort_unstable();
        format!("use scf_invoke::{{{}}};\n", names.join(", "))
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
        let options: Vec<_> = [
            ("invocationType", &invocation_type),
            ("namespace", &function.namespace),
            ("qualifier", &function.qualifier),
            ("routingKey", &self.routing_key),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}: {}", quoted(value.as_ref()?))))
        .collect();
        if options.is_empty() { String::new() } else { format!(", {{ {} }}", options.join(", ")) }
    }
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
