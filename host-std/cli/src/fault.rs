//! `tscf fault`: faults of a running emulator.

use std::time::Duration;

use base64ct::{Base64, Encoding};
use clap::Args;
use embedded_io::{Read, Write};
use scf_emulator::Fault;
use scf_invoke::{Connector, Deadline, Endpoint, Error, TlsOptions};
use serde_json::{Value, json};

use crate::client::{self, ENDPOINT_VARIABLE};
use crate::connection::Identity;
use crate::error::{CommandError, with_causes};
use crate::stdout::print;

/// An emulator of this machine answers within this time.
const PATIENCE: Duration = Duration::from_secs(30);

const AFTER_HELP: &str = "\
Faults; all times are in seconds:
  throttle          answer RequestLimitExceeded
  api=CODE          answer this error of the API
  failure=429       answer a failure of the function (status 400 to 599), without running it
  status=502        answer this HTTP status (200 to 599) and an HTML page, as a broken gateway does
  delay=2.5         run the function, and delay the response
  slow=10           run the function, and send the response in pieces over this time
  close, reset      close or reset the connection before the function runs
  close-after-run, reset-after-run
                    the same once it has run, without a response
  cut, reset-in-reply
                    the same in the middle of the response
  clock=3600        have a clock that is wrong by this much

They hit requests of the API and of functions by URL, where throttle is the HTTP status 429,
and api=CODE 404 for ResourceNotFound and its kind, or else 502.

Without a fault, those that are armed are listed. The credentials have to be the emulator's.

Examples:
  tscf fault throttle --times 3
  tscf fault delay=2 --function hello
  tscf fault --clear";

#[derive(Args)]
#[command(name = "fault", after_help = AFTER_HELP)]
pub(crate) struct FaultCommand {
    /// The fault to cause
    fault: Option<Fault>,
    /// Hit only requests for this function
    #[arg(long, value_name = "NAME", requires = "fault")]
    function: Option<String>,
    /// Hit this number of requests [default: each, until it is cleared]
    #[arg(long, value_name = "COUNT", requires = "fault", value_parser = clap::value_parser!(u64).range(1..))]
    times: Option<u64>,
    /// Remove all faults, or the one of this number
    #[arg(long, value_name = "NUMBER", conflicts_with = "fault")]
    clear: Option<Option<u64>>,
    /// The emulator's URL [env: TENCENTCLOUD_SCF_ENDPOINT]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Trust also the certificates in this PEM file, as `tscf emulator --tls` writes it; needed for
    /// an emulator on another machine
    #[arg(long, value_name = "FILE")]
    ca_file: Option<std::path::PathBuf>,
    #[command(flatten)]
    identity: Identity,
}

pub(crate) fn run(arguments: &FaultCommand) -> Result<(), CommandError> {
    let control = Control::new(arguments)?;
    if let Some(fault) = &arguments.fault {
        let body = json!({
            "fault": fault.to_string(),
            "function": arguments.function,
            "times": arguments.times,
        });
        let armed = control.request("POST", "faults", &body.to_string())?;
        return shown(&format!("{}: {fault}\n", armed["id"]));
    }
    match arguments.clear {
        Some(None) => control.request("DELETE", "faults", "").map(|_| ()),
        Some(Some(id)) => control.request("DELETE", &format!("faults/{id}"), "").map(|_| ()),
        None => {
            let list = control.request("GET", "faults", "")?;
            let faults = list["faults"].as_array().into_iter().flatten();
            shown(&faults.map(line).collect::<String>())
        }
    }
}

/// Returns a fault as it is listed.
fn line(fault: &Value) -> String {
    let whom = fault["function"].as_str().map(|name| format!(" for {name}")).unwrap_or_default();
    let left = fault["left"].as_u64().map(|left| format!(", {left} left")).unwrap_or_default();
    format!("{}: {}{whom}{left}\n", fault["id"], fault["fault"].as_str().unwrap_or_default())
}

fn shown(text: &str) -> Result<(), CommandError> {
    print(text.as_bytes()).map_err(CommandError::Output)
}

/// The control interface of an emulator.
struct Control {
    endpoint: Endpoint,
    connector: Connector,
    authorization: String,
}

impl Control {
    fn new(arguments: &FaultCommand) -> Result<Self, CommandError> {
        let given = arguments.endpoint.clone().or_else(|| std::env::var(ENDPOINT_VARIABLE).ok());
        let url = given.filter(|url| !url.is_empty()).ok_or_else(|| {
            CommandError::Usage(format!(
                "which emulator? --endpoint URL or {ENDPOINT_VARIABLE} names it, as `tscf emulator` \
                 prints it"
            ))
        })?;
        let endpoint = Endpoint::parse(&url).map_err(Error::from).map_err(CommandError::Call)?;
        // The emulator gets the secret key itself, which nobody else may have.
        if !endpoint.is_loopback() && arguments.ca_file.is_none() {
            return Err(CommandError::Usage(format!(
                "{endpoint} is not on this machine; give --ca-file for an emulator that is elsewhere"
            )));
        }
        let credentials = client::Search::new(&arguments.identity)
            .find()
            .map_err(|error| CommandError::Configuration(error.to_string()))?;
        let mut connector = Connector::new(endpoint.clone());
        if let Some(file) = &arguments.ca_file {
            let tls = TlsOptions::new().ca_file(file).build();
            connector =
                connector.tls(tls.map_err(|error| CommandError::Configuration(error.to_string()))?);
        }
        let key = format!("{}:{}", credentials.secret_id(), credentials.secret_key());
        Ok(Self { endpoint, connector, authorization: Base64::encode_string(key.as_bytes()) })
    }
}

impl Control {
    fn request(&self, method: &str, path: &str, body: &str) -> Result<Value, CommandError> {
        let text = self.exchange(method, path, body).map_err(|why| {
            CommandError::Usage(format!("the emulator at {} gives no answer: {why}", self.endpoint))
        })?;
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).unwrap_or_default();
        let value: Value = serde_json::from_str(body.trim()).unwrap_or_default();
        if status == "200" {
            return Ok(value);
        }
        let why = value["error"].as_str().unwrap_or("it is no emulator, or of another version");
        Err(CommandError::Usage(format!("{} answers {status}: {why}", self.endpoint)))
    }

    /// Sends a request and reads its response to the connection's end.
    fn exchange(&self, method: &str, path: &str, body: &str) -> Result<String, String> {
        let why = |error: &dyn std::error::Error| with_causes(error);
        let mut stream =
            self.connector.connect(Deadline::after(PATIENCE)).map_err(|error| why(&error))?;
        let request = format!(
            "{method} /_emulator/{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Basic {}\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.endpoint.host_header(),
            self.authorization,
            body.len()
        );
        stream.write_all(request.as_bytes()).map_err(|error| why(&error))?;
        stream.flush().map_err(|error| why(&error))?;
        let mut response = Vec::new();
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            response.extend_from_slice(&buffer[..count]);
        }
        Ok(String::from_utf8_lossy(&response).into_owned())
    }
}
