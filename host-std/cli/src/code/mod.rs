//! `tscf code`: a call as a program to copy.

mod program;

use clap::{Args, ValueEnum};
use scf_invoke::{ConfigurationError, Endpoint, Error};

pub(crate) use self::program::{Program, program};

use crate::client::ENDPOINT_VARIABLE;
use crate::error::CommandError;
use crate::event;
use crate::function::Function;
use crate::stdout::print;

const AFTER_HELP: &str = "\
The program takes the credentials from TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, and needs
nothing but its language; curl needs bash and openssl too, rust and js use the packages scf-invoke,
rust-no-std uses scf-invoke-core and takes signer and socket from its caller, node-sdk uses
Tencent's tencentcloud-sdk-nodejs-scf, and c uses libcurl and OpenSSL.

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
    #[arg(long = "async", conflicts_with = "tail")]
    is_async: bool,
    /// Ask for the last 4 KB of the function's log
    #[arg(long)]
    tail: bool,
    /// The functions' region [env: TENCENTCLOUD_REGION]
    #[arg(long)]
    region: Option<String>,
    /// The URL to which the program sends the request [env: TENCENTCLOUD_SCF_ENDPOINT]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// The host to sign for [default: the endpoint's]
    #[arg(long)]
    host: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// JavaScript: scf-invoke
    Js,
    /// Node.js: tencentcloud-sdk-nodejs-scf
    NodeSdk,
    /// Node.js
    Node,
    /// Python
    Python,
    /// tscf
    Tscf,
    /// curl
    Curl,
    /// Rust: scf-invoke
    Rust,
    /// Rust without std: scf-invoke-core
    RustNoStd,
    /// C: libcurl and OpenSSL
    C,
    /// Go
    Go,
    /// Java
    Java,
    /// PHP
    Php,
    /// C#
    Csharp,
}

impl Language {
    fn template(self) -> &'static str {
        match self {
            Self::Js => include_str!("js.mjs"),
            Self::Node => include_str!("node.mjs"),
            Self::NodeSdk => include_str!("node_sdk.mjs"),
            Self::Python => include_str!("python.py"),
            Self::Tscf => include_str!("tscf.sh"),
            Self::Curl => include_str!("curl.sh"),
            Self::Rust => include_str!("rust.rs"),
            Self::RustNoStd => include_str!("rust_no_std.rs"),
            Self::C => include_str!("c.c"),
            Self::Go => include_str!("go.go"),
            Self::Java => include_str!("java.java"),
            Self::Php => include_str!("php.php"),
            Self::Csharp => include_str!("csharp.cs"),
        }
    }

    fn is_rust(self) -> bool {
        matches!(self, Self::Rust | Self::RustNoStd)
    }

    /// Returns the name of a file with the program.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Js | Self::Node | Self::NodeSdk => "invoke.mjs",
            Self::Python => "invoke.py",
            Self::Tscf | Self::Curl => "invoke.sh",
            Self::Rust => "main.rs",
            Self::RustNoStd => "invoke.rs",
            Self::C => "invoke.c",
            Self::Go => "main.go",
            // Java names a file by its class.
            Self::Java => "Invoke.java",
            Self::Php => "invoke.php",
            Self::Csharp => "Program.cs",
        }
    }
}

pub(crate) fn run(arguments: &Code) -> Result<(), CommandError> {
    let function = &arguments.function;
    let limit = function.invocation().payload_max() as u64;
    let event = match &arguments.event {
        Some(argument) => Some(event::read(argument, limit, None)?),
        None => None,
    };
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let region = arguments.region.clone().or_else(|| variable("TENCENTCLOUD_REGION"));
    let missing = Error::Configuration(ConfigurationError::RegionMissing);
    let endpoint = match arguments.endpoint.clone().or_else(|| variable(ENDPOINT_VARIABLE)) {
        Some(url) => Some(Endpoint::parse(&url).map_err(Error::from)?),
        None => None,
    };
    let program = Program {
        function,
        event,
        is_async: arguments.is_async,
        has_log: arguments.tail,
        region: region.ok_or(missing)?,
        endpoint,
        host: arguments.host.clone(),
    };
    let text = self::program::program(arguments.language, program)?;
    print(text.as_bytes()).map_err(CommandError::Output)
}
