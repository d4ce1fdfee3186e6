//! The command line.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use scf_invoke::{Action, Language};
use scf_relay::Origin;

/// Runs Tencent Cloud SCF functions.
#[derive(Parser)]
#[command(name = "tscf", version, after_help = AFTER_HELP)]
pub(crate) struct Scf {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "\
Exit codes:
  0  success
  1  the function failed
  2  wrong arguments, or an event that is not JSON
  3  credentials or configuration are missing or wrong
  4  the API answered with an error
  5  the network failed, or what answered was not the API
  6  a timeout ended the call
  7  the result could not be written";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run a function and print its result
    Invoke(Box<Invoke>),
    /// Serve a folder of functions as a local SCF endpoint
    Emulator(Emulator),
    /// Pass what pages signed on to the API, which answers no page itself
    Relay(Relay),
    /// Print the signing key of one day, which is worthless after it
    DayKey(DayKey),
}

const INVOKE_HELP: &str = "\
The result goes to standard output; the log, the request's id, its duration and memory, and all
messages go to standard error.

Examples:
  tscf invoke hello '{\"name\":\"world\"}' --region ap-guangzhou
  tscf invoke hello @event.json --emulator examples/functions
  jq -n '{n: 1}' | tscf invoke hello - --region ap-guangzhou";

#[derive(Args)]
#[command(after_help = INVOKE_HELP)]
pub(crate) struct Invoke {
    /// The function's name
    pub(crate) name: String,
    /// The event, which is JSON: a text, @FILE, or - for standard input; none is sent without it
    #[arg(value_name = "JSON|@FILE|-", allow_negative_numbers = true)]
    pub(crate) event: Option<String>,

    /// The functions' region, such as ap-guangzhou [env: TENCENTCLOUD_REGION]
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// The function's namespace
    #[arg(long)]
    pub(crate) namespace: Option<String>,
    /// The version or alias to run
    #[arg(long)]
    pub(crate) qualifier: Option<String>,
    /// Return as soon as the event is accepted; the function runs later
    #[arg(long = "async", conflicts_with = "tail")]
    pub(crate) is_async: bool,
    /// Show the last 4 KB of the function's log; always on with --emulator
    #[arg(long)]
    pub(crate) tail: bool,
    /// Route the traffic by this JSON object of strings
    #[arg(long, value_name = "JSON")]
    pub(crate) routing_key: Option<String>,
    /// The action that runs the function
    #[arg(long, value_enum, value_name = "ACTION", default_value = "Invoke")]
    pub(crate) action: ActionName,

    #[command(flatten)]
    pub(crate) identity: Identity,
    /// Sign with this exported day key, or with that in a file
    #[arg(long, value_name = "KEY|@FILE", conflicts_with_all = ["secret_id", "secret_key", "profile"])]
    pub(crate) day_key: Option<String>,

    /// Where to send the request, such as http://127.0.0.1:9000
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// The host to sign for; that of the endpoint without it
    #[arg(long)]
    pub(crate) host: Option<String>,
    /// Accept an http endpoint on another machine, and show it all to everyone on the way
    #[arg(long, requires = "endpoint")]
    pub(crate) dangerous_plain_http: bool,
    /// Trust also the certificates in this PEM file
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// How long the whole call may take [default: 310]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// How often to make a request that surely was not executed
    #[arg(long, value_name = "COUNT", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(crate) attempts: u32,
    /// The language of the API's messages
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub(crate) language: Option<LanguageName>,

    /// Run the function in this folder of functions, in an emulator for this one call
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with_all = ["endpoint", "host", "ca_file", "secret_id", "secret_key", "token",
            "profile", "day_key", "dry_run"]
    )]
    pub(crate) emulator: Option<PathBuf>,
    /// How to print the result: with a newline at its end, as a JSON object with all that is
    /// known of the call (of one that failed, too), or the exact bytes
    #[arg(short, long, value_enum, value_name = "FORM", default_value = "text")]
    pub(crate) output: Form,
    /// Print the HTTP request and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Sign for this time, to get the same request again
    #[arg(long, value_name = "UNIX SECONDS", requires = "dry_run")]
    pub(crate) timestamp: Option<u64>,
}

/// Where the credentials come from; without any of these, from the environment or the files.
#[derive(Args)]
pub(crate) struct Identity {
    /// The secret id [env: TENCENTCLOUD_SECRET_ID]
    #[arg(long, value_name = "ID")]
    pub(crate) secret_id: Option<String>,
    /// The secret key, which other users of this machine see here [env: TENCENTCLOUD_SECRET_KEY]
    #[arg(long, value_name = "KEY")]
    pub(crate) secret_key: Option<String>,
    /// The token of temporary credentials [env: TENCENTCLOUD_TOKEN]
    #[arg(long)]
    pub(crate) token: Option<String>,
    /// A profile of the credentials file
    #[arg(long, conflicts_with_all = ["secret_id", "secret_key", "token"])]
    pub(crate) profile: Option<String>,
}

#[derive(Args)]
pub(crate) struct Emulator {
    /// The folder whose subfolders are the functions
    #[arg(default_value = ".")]
    pub(crate) dir: PathBuf,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// Accept this secret id in place of the development credentials
    #[arg(long, value_name = "ID", requires = "secret_key")]
    pub(crate) secret_id: Option<String>,
    /// The secret key that goes with it
    #[arg(long, value_name = "KEY", requires = "secret_id")]
    pub(crate) secret_key: Option<String>,
    /// The token that goes with them, if they are to be temporary ones
    #[arg(long, requires = "secret_id")]
    pub(crate) token: Option<String>,
    /// Let pages of this origin call it directly, for tests; the API itself answers none
    #[arg(long)]
    pub(crate) origin: Vec<String>,
    /// Accept an address that other machines reach: whoever knows the key runs the functions
    #[arg(long)]
    pub(crate) allow_remote: bool,
    /// Print no line for each call
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

const RELAY_HELP: &str = "\
It holds no key: a page signs its requests, and the API verifies them.

Examples:
  tscf relay --listen 127.0.0.1:9000
  tscf relay --listen 127.0.0.1:9000 --origin https://app.example
  tscf relay --emulator examples/functions --page site";

#[derive(Args)]
#[command(after_help = RELAY_HELP)]
pub(crate) struct Relay {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// Let pages of this origin use it; can be given again
    #[arg(long, value_name = "https://HOST")]
    pub(crate) origin: Vec<Origin>,
    /// Where requests are taken, besides /
    #[arg(long, default_value = "/scf")]
    pub(crate) path: String,
    /// Where requests go instead of scf.tencentcloudapi.com
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// The host that pages sign for, if it is not the endpoint's
    #[arg(long)]
    pub(crate) host: Option<String>,
    /// Requests a second from one client's address
    #[arg(long, value_name = "COUNT", default_value = "20")]
    pub(crate) rate: NonZeroU32,
    /// Take clients' addresses from X-Forwarded-For, which a proxy in front must set
    #[arg(long)]
    pub(crate) behind_proxy: bool,
    /// Serve this folder too, for a page that then needs no --origin
    #[arg(long, value_name = "DIR")]
    pub(crate) page: Option<PathBuf>,
    /// Send requests to an emulator of this folder of functions, started with the relay
    #[arg(long, value_name = "DIR", conflicts_with = "endpoint")]
    pub(crate) emulator: Option<PathBuf>,
    /// Print no line for each request
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Args)]
pub(crate) struct DayKey {
    /// The day on which it signs, in UTC [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) date: Option<String>,
    /// The service for which it signs
    #[arg(long, default_value = "scf")]
    pub(crate) service: String,
    #[command(flatten)]
    pub(crate) identity: Identity,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    Text,
    Json,
    Raw,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ActionName {
    #[value(name = "Invoke")]
    Invoke,
    #[value(name = "InvokeFunction")]
    InvokeFunction,
}

impl From<ActionName> for Action {
    fn from(name: ActionName) -> Self {
        match name {
            ActionName::Invoke => Self::Invoke,
            ActionName::InvokeFunction => Self::InvokeFunction,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum LanguageName {
    #[value(name = "zh-CN")]
    ZhCn,
    #[value(name = "en-US")]
    EnUs,
}

impl From<LanguageName> for Language {
    fn from(name: LanguageName) -> Self {
        match name {
            LanguageName::ZhCn => Self::ZhCn,
            LanguageName::EnUs => Self::EnUs,
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds: f64| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "give a number of seconds above 0, such as 30 or 0.5".to_owned())
}
