//! `tscf doctor`: each part of a call, and what to do about one that fails.

use std::net::ToSocketAddrs;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use clap::Args;
use scf_invoke::scf_invoke_core::reply::error_code::ErrorCode;
use scf_invoke::{
    ApiError, Client, ClientBuilder, ConfigurationError, CredentialError, Credentials, Error,
    Progress, Timeouts,
};

use crate::client::{self, Search};
use crate::clock::Offset;
use crate::connection::Connection;
use crate::error::{CommandError, with_causes};
use crate::hint;
use crate::stdout::print;
use crate::terminal::harmless;

/// The service takes a signature for so many seconds, and a client that is
/// nearly out of them has no time to lose.
const SERVICE_TOLERANCE: u64 = 300;
const CLOCK_WARNING: u64 = 60;

const CREDENTIALS_ADVICE: &str = "set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, or write \
    secret_id and secret_key under [default] into ~/.tencentcloud/credentials";

const AFTER_HELP: &str = "\
It looks for the credentials, resolves the endpoint's name, connects, and calls a function that does
not exist, so that none runs. The exit code is that of the first part that fails.

Examples:
  tscf doctor --region ap-guangzhou
  tscf doctor --profile prod --endpoint https://relay.example.com/scf --host scf.tencentcloudapi.com";

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Doctor {
    #[command(flatten)]
    connection: Connection,
}

pub(crate) fn run(arguments: &Doctor) -> ExitCode {
    let mut report = Report { code: 0 };
    let outcome = examine(&arguments.connection, &mut report);
    if let Err(error) = outcome {
        report.fail(error.code(), "setup", &error.text(), hint::of(&error));
    }
    ExitCode::from(report.code)
}

/// The lines printed, and the code of the first failure.
struct Report {
    code: u8,
}

impl Report {
    fn line(&self, state: &str, part: &str, text: &str) {
        let text = harmless(text).replace('\n', "\n                    ");
        let _ = print(format!("{state:<5} {part:<12}  {text}\n").as_bytes());
    }

    fn ok(&self, part: &str, text: &str) {
        self.line("ok", part, text);
    }

    fn warn(&self, part: &str, text: &str) {
        self.line("warn", part, text);
    }

    fn fail(&mut self, code: u8, part: &str, text: &str, advice: Option<&str>) {
        self.line("FAIL", part, text);
        if let Some(advice) = advice {
            self.line("", "", advice);
        }
        if self.code == 0 {
            self.code = code;
        }
    }
}

fn examine(connection: &Connection, report: &mut Report) -> Result<(), CommandError> {
    let stand_in = match examine_credentials(connection, report) {
        true => None,
        // The connection and the clock can be examined all the same.
        false => Some(Credentials::new("tscf-doctor", "no-secret-key", None).map_err(Error::from)?),
    };
    let is_signed = stand_in.is_none();
    // Its steps, and when each began.
    let steps: Arc<Mutex<Vec<(Progress, Instant)>>> = Arc::default();
    let client = client::remote(connection, |builder: ClientBuilder| {
        let steps = Arc::clone(&steps);
        let call = connection.timeout.or(Timeouts::default().call);
        let builder = match stand_in {
            Some(stand_in) => builder.credentials(stand_in),
            None => builder,
        };
        builder
            .retry(client::retry(connection, 2))
            .timeouts(Timeouts::default().call(call))
            .on_progress(move |progress| {
                let mut steps = steps.lock().unwrap_or_else(PoisonError::into_inner);
                steps.push((progress, Instant::now()));
            })
    })?;
    report.ok("endpoint", &format!("{}, signed for {}", client.endpoint(), client.host()));
    match client::proxy(connection, client.endpoint())? {
        Some(proxy) => report.ok("proxy", &proxy.to_string()),
        None => examine_name(&client, report),
    }
    let began = Instant::now();
    let error = client.call(absent_name().as_str()).send().err();
    let steps = steps.lock().unwrap_or_else(PoisonError::into_inner);
    let sending = steps.iter().find(|(step, _)| *step == Progress::Sending);
    if let Some((_, sent)) = sending {
        let how = client.endpoint().scheme().as_str();
        let millis = sent.duration_since(began).as_millis();
        report.ok("connection", &format!("{how}, ready in {millis} ms"));
    }
    examine_answer(error, is_signed, report);
    Ok(())
}

/// Returns whether there are any.
fn examine_credentials(connection: &Connection, report: &mut Report) -> bool {
    if connection.day_key.is_some() {
        report.ok("credentials", "a day key");
        return true;
    }
    let search = Search::new(&connection.identity).search();
    match &search.result {
        Ok(credentials) => {
            let from = credentials.source();
            report.ok("credentials", &format!("{} from {from}", credentials.short_id()));
            if let Some(end) = credentials.expires_at() {
                let left = end.duration_since(SystemTime::now()).unwrap_or_default().as_secs();
                report.ok("", &format!("temporary, for another {} min", left / 60));
            }
            if let Some(warning) = credentials.warning() {
                report.warn("", warning);
            }
        }
        Err(error) => {
            let error = Error::from(error.clone());
            let text = match &error {
                // The places follow.
                Error::Configuration(ConfigurationError::Credentials(
                    CredentialError::NotFound { .. },
                )) => "none are found".to_owned(),
                error => with_causes(error),
            };
            report.fail(3, "credentials", &text, Some(CREDENTIALS_ADVICE));
        }
    }
    for place in &search.places {
        report.line("", "looked at", &place.to_string());
    }
    search.result.is_ok()
}

fn examine_name(client: &Client, report: &mut Report) {
    let endpoint = client.endpoint();
    if endpoint.ip().is_some() {
        return;
    }
    let began = Instant::now();
    match (endpoint.host(), endpoint.port()).to_socket_addrs() {
        Ok(found) => {
            let mut addresses: Vec<_> = found.map(|address| address.ip().to_string()).collect();
            addresses.dedup();
            let millis = began.elapsed().as_millis();
            let addresses = addresses.join(", ");
            report.ok("name", &format!("{} is {addresses}; found in {millis} ms", endpoint.host()));
        }
        Err(error) => {
            let text = format!("{} has no address: {error}", endpoint.host());
            report.fail(
                5,
                "name",
                &text,
                Some("check the network's name server, and the spelling"),
            );
        }
    }
}

fn examine_answer(error: Option<Error>, is_signed: bool, report: &mut Report) {
    match error {
        None => report.warn("request", "a function ran that should not exist"),
        Some(Error::Api(error)) => {
            if is_signed {
                examine_refusal(&error, report);
            } else {
                report.line("skip", "signature", "there are no credentials to sign with");
            }
            examine_clock(&error, report);
        }
        Some(error) => {
            let error = CommandError::Call(error);
            report.fail(error.code(), "connection", &error.text(), hint::of(&error));
        }
    }
}

/// Reports a refusal. The service looks at the signature, then at the permission, and then for
/// the function.
fn examine_refusal(error: &ApiError, report: &mut Report) {
    let code = error.code_text();
    if code.starts_with("ResourceNotFound") {
        report.ok("signature", &format!("accepted; request id {}", error.request_id()));
        return;
    }
    let part = match code.split('.').next() {
        Some("UnauthorizedOperation") => "permission",
        _ => "signature",
    };
    report.fail(4, part, &error.to_string(), Some(ErrorCode::advice(code)));
}

fn examine_clock(error: &ApiError, report: &mut Report) {
    let Some(offset) = Offset::of(error) else {
        return report.warn("clock", "the server does not tell its time");
    };
    if offset.seconds >= SERVICE_TOLERANCE {
        let advice = "tscf corrects it in each call; set it, and have it kept by NTP";
        report.warn("clock", &format!("{offset}: {advice}"));
    } else if offset.seconds >= CLOCK_WARNING {
        report.warn("clock", &format!("{offset}: set it, and have it kept by NTP"));
    } else {
        report.ok("clock", &format!("within {} s of the server's", offset.seconds));
    }
}

/// Returns the name of a function that does not exist.
fn absent_name() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("tscf-doctor-{:x}", since.as_nanos())
}
