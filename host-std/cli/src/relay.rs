//! `tscf relay`: passes on what pages signed, until it is stopped.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;
use scf_emulator::Emulator;
use scf_invoke::{Endpoint, Error};
use scf_relay::{Hosts, Limits, Origin};

use crate::emulator::{Key, Log, LogForm, key, show_exports};
use crate::error::{CommandError, with_causes};
use crate::listen;
use crate::log_queue::LogQueue;
use crate::stderr::{print_line, shown};
use crate::stdout::print;

const AFTER_HELP: &str = "\
It holds no key: a page signs its requests, and the API verifies them.

Examples:
  tscf relay --listen 127.0.0.1:9000
  tscf relay --listen 127.0.0.1:9000 --origin https://app.example
  tscf relay --emulator examples/functions --page site";

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Relay {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0", value_parser = listen::address)]
    pub(crate) listen: SocketAddr,
    /// Let pages of this origin use it; can be given again
    #[arg(long, value_name = "https://HOST")]
    pub(crate) origin: Vec<Origin>,
    /// The path at which requests are taken, besides /
    #[arg(long, default_value = "/scf")]
    pub(crate) path: String,
    /// The URL that requests go to [default: scf.tencentcloudapi.com by https]
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// The host that pages sign for, if it is not the endpoint's
    #[arg(long)]
    pub(crate) host: Option<String>,
    /// Answer only requests to this host and to loopback ones; can be given again. With --emulator,
    /// only loopback ones are answered without it
    #[arg(long, value_name = "HOST")]
    pub(crate) serve_host: Vec<String>,
    /// The most requests in a second from one client's address
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
    #[command(flatten)]
    pub(crate) key: Key,
    /// Print no line for each request
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

pub(crate) fn run(arguments: &Relay) -> Result<(), CommandError> {
    let mut builder = scf_relay::Relay::builder()
        .bind(arguments.listen)
        .path(&arguments.path)
        .behind_proxy(arguments.behind_proxy)
        .limits(Limits { rate: arguments.rate.get(), ..Limits::default() });
    for origin in &arguments.origin {
        builder = builder.origin(origin.clone());
    }
    if arguments.emulator.is_some() || !arguments.serve_host.is_empty() {
        let hosts = Hosts::loopback().and_api();
        let named = arguments.serve_host.iter().chain(&arguments.host);
        builder = builder.hosts(named.fold(hosts, |hosts, host| hosts.and(host)));
    }
    if let Some(dir) = &arguments.page {
        builder = builder.page(dir);
    }
    if !arguments.quiet {
        let queue = LogQueue::start(|text| shown(&format!("tscf: {text}")))?;
        builder = builder.observe(move |seen| queue.push(shown(&seen.to_string())));
    }
    let (credential, is_new) = key(&arguments.key);
    let emulator = match &arguments.emulator {
        None => None,
        Some(dir) => {
            let mut builder = Emulator::builder().functions_dir(dir).credential(credential);
            if !arguments.quiet {
                let log = Log::new(LogForm::Text)?;
                builder = builder.observe(move |seen| log.tell(seen));
            }
            Some(builder.start().map_err(|error| CommandError::Configuration(error.to_string()))?)
        }
    };
    if let Some(emulator) = &emulator {
        // A page signs the same with the emulator as with the API.
        let api = Endpoint::default().host_header();
        let emulated = Endpoint::parse(&emulator.url()).map_err(Error::from)?;
        builder = builder.endpoint(emulated).host(api);
    }
    if let Some(url) = &arguments.endpoint {
        builder = builder.endpoint(Endpoint::parse(url).map_err(Error::from)?);
    }
    if let Some(host) = &arguments.host {
        builder = builder.host(host);
    }
    let relay =
        builder.start().map_err(|error| CommandError::Configuration(with_causes(&error)))?;
    let handle = relay.shutdown_handle();
    ctrlc::set_handler(move || handle.shutdown()).map_err(|error| {
        CommandError::Configuration(format!("signals cannot be handled: {error}"))
    })?;

    if !relay.addr().ip().is_loopback() {
        print_line(&format!(
            "tscf: warning: other machines reach {}: whoever does can send invocations through it, \
             with a key of their own, and what they send is not encrypted on the way here; put a \
             server with TLS in front",
            relay.addr()
        ));
    }
    if let Some(emulator) = &emulator {
        print_line(&format!("tscf: functions: {}", emulator.function_names().join(", ")));
        print_line("tscf: to call them, in a page or from a shell:");
        show_exports(is_new.then(|| emulator.credential()));
        print_line(&format!(
            "  tscf invoke NAME --endpoint {}{} --host {}",
            relay.url(),
            arguments.path,
            arguments.host.clone().unwrap_or_else(|| Endpoint::default().host_header()),
        ));
    }
    print(format!("listening on {}\n", relay.url()).as_bytes()).map_err(CommandError::Output)?;
    relay.wait();
    Ok(())
}
