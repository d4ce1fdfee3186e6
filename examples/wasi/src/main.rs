//! Runs a function from a WASI 0.2 component: FUNCTION [EVENT].
//!
//! The credential is in TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, the
//! service's address in SCF_ENDPOINT where it is not the cloud's. The result
//! goes to standard output, everything else to standard error.

mod transport;

use std::env::{args, var};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use scf_invoke_core::client::Client;
use scf_invoke_core::error::Error;
use scf_invoke_core::request::Settings;
use scf_invoke_core::request::invocation::{Invocation, LogType};
use scf_invoke_core::request::region::Region;
use scf_invoke_core::sign::tc3::Signer;
use wasip2::http::types::Scheme;

use transport::WasiHttp;

fn main() -> ExitCode {
    match run() {
        Ok(result) => {
            println!("{result}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<String, String> {
    let mut words = args().skip(1);
    let function = words.next().ok_or("usage: FUNCTION [EVENT]")?;
    let event = words.next().unwrap_or_else(|| "{}".to_owned());
    let setting = |name| var(name).map_err(|_| format!("{name} is not set"));
    let (secret_id, secret_key) =
        (setting("TENCENTCLOUD_SECRET_ID")?, setting("TENCENTCLOUD_SECRET_KEY")?);
    let region = var("TENCENTCLOUD_REGION").unwrap_or_else(|_| "ap-guangzhou".to_owned());
    let endpoint =
        var("SCF_ENDPOINT").unwrap_or_else(|_| "https://scf.tencentcloudapi.com".to_owned());
    let (scheme, authority) = match endpoint.split_once("://") {
        Some(("https", authority)) => (Scheme::Https, authority),
        Some(("http", authority)) => (Scheme::Http, authority),
        _ => return Err(format!("SCF_ENDPOINT is no http:// or https:// address: {endpoint}")),
    };

    let region = Region::new(&region).ok_or("TENCENTCLOUD_REGION is no region")?;
    let signer = Signer::new(&secret_id, &secret_key).map_err(|error| error.to_string())?;
    let transport = WasiHttp { scheme, authority: authority.to_owned() };
    let mut client = Client::new(transport, Settings::new(region, authority), signer);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let invocation = Invocation::new(&function).log_type(LogType::Tail);
    // Result and log of this size; a sink takes more.
    let mut buffer = vec![0; 256 << 10];
    let reply = client
        .invoke(now, &invocation, event.as_str(), &mut buffer)
        .map_err(|error| failure(&error))?;
    if let Some(log) = reply.log() {
        eprint!("{log}");
    }
    match reply.result_text() {
        Ok(result) => Ok(result.to_owned()),
        Err(error) => Err(format!("{error} (delivery: {})", error.delivery())),
    }
}

/// Returns what happened and what it means for another try.
fn failure(error: &Error<wasip2::http::types::ErrorCode>) -> String {
    format!("{error} (delivery: {})", error.delivery())
}
