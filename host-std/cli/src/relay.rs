//! `tscf relay`: passes on what pages signed, until it is stopped.

use std::io::{self, IsTerminal};

use scf_emulator::Emulator;
use scf_invoke::{Endpoint, Error};
use scf_relay::{Limits, Observation, Relay};

use crate::arguments;
use crate::emulator::{show_key, tell};
use crate::failure::{Failure, complain, with_causes};
use crate::stdout::print;
use crate::terminal::for_terminal;

pub(crate) fn run(arguments: &arguments::Relay) -> Result<(), Failure> {
    let mut builder = Relay::builder()
        .bind(arguments.listen)
        .path(&arguments.path)
        .behind_proxy(arguments.behind_proxy)
        .limits(Limits { rate: arguments.rate.get(), ..Limits::default() });
    for origin in &arguments.origin {
        builder = builder.origin(origin.clone());
    }
    if let Some(dir) = &arguments.page {
        builder = builder.page(dir);
    }
    if !arguments.quiet {
        builder = builder.observe(log);
    }
    let emulator = match &arguments.emulator {
        None => None,
        Some(dir) => {
            let mut builder = Emulator::builder().functions_dir(dir);
            if !arguments.quiet {
                builder = builder.observe(tell);
            }
            Some(builder.start().map_err(|error| Failure::Configuration(error.to_string()))?)
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
    let relay = builder.start().map_err(|error| Failure::Configuration(with_causes(&error)))?;
    let handle = relay.shutdown_handle();
    ctrlc::set_handler(move || handle.shutdown())
        .map_err(|error| Failure::Configuration(format!("signals cannot be handled: {error}")))?;

    if !relay.addr().ip().is_loopback() {
        complain(&format!(
            "scf: warning: other machines reach {}: whoever does can send invocations through it, \
             with a key of their own, and what they send is not encrypted on the way here; put a \
             server with TLS in front",
            relay.addr()
        ));
    }
    if let Some(emulator) = &emulator {
        complain(&format!("scf: functions: {}", emulator.function_names().join(", ")));
        complain("scf: to call them, in a page or from a shell:");
        show_key(emulator.credential());
        complain(&format!(
            "  tscf invoke NAME --endpoint {}{} --host {}",
            relay.url(),
            arguments.path,
            arguments.host.clone().unwrap_or_else(|| Endpoint::default().host_header()),
        ));
    }
    print(format!("listening on {}\n", relay.url()).as_bytes()).map_err(Failure::Output)?;
    relay.wait();
    Ok(())
}

fn log(seen: &Observation) {
    complain(&for_terminal(&seen.to_string(), io::stderr().is_terminal()));
}
