//! The role of a TKE workload: its identity token, exchanged at STS.

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::environment::Environment;
use super::fetch::fetch;
use super::search::Look;
use super::temporary::{self, TemporaryKeys};
use super::{CredentialError, Source, file};
use crate::connection::proxy_from_variables;
use crate::{Connector, Endpoint, Timeouts};

/// The service that gives temporary credentials.
pub(super) const STS: &str = "https://sts.tencentcloudapi.com";

const SERVICE: &str = "STS (AssumeRoleWithWebIdentity)";
const LIMIT: Duration = Duration::from_secs(20);

/// For how long credentials are asked for, in seconds; STS gives at most 12 h.
const DURATION: u32 = 7200;

const VARIABLES: [&str; 4] =
    ["TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN"];

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Request<'a> {
    provider_id: &'a str,
    web_identity_token: &'a str,
    role_arn: &'a str,
    role_session_name: &'a str,
    duration_seconds: u32,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "Response")]
    response: Response,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    #[serde(default)]
    error: Option<Refusal>,
    #[serde(default)]
    credentials: Option<TemporaryKeys>,
    #[serde(default)]
    expired_time: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Refusal {
    code: String,
    #[serde(default)]
    message: String,
}

/// Returns the credentials of the workload's role, or the reason why there are
/// none.
pub(super) fn credentials(environment: &Environment<'_>, service: &Endpoint, now: u64) -> Look {
    let mut values = vec![];
    let mut missing = vec![];
    for name in VARIABLES {
        match environment.text(name)? {
            Some(value) => values.push(value),
            None => missing.push(name),
        }
    }
    let [region, provider_id, token_file, role_arn] = values.as_slice() else {
        return match values.is_empty() {
            true => Ok(Err("not set".into())),
            false => Err(CredentialError::Incomplete {
                place: "the environment of this TKE workload".into(),
                present: "some TKE_ variables".into(),
                missing: missing.join(", "),
            }),
        };
    };
    let path = Path::new(token_file.as_str());
    let token = file::read(path)?
        .ok_or_else(|| file::unreadable(path, std::io::ErrorKind::NotFound.into()))?;
    let body = Zeroizing::new(
        serde_json::to_vec(&Request {
            provider_id,
            web_identity_token: token.text.trim(),
            role_arn,
            role_session_name: "scf-invoke",
            duration_seconds: DURATION,
        })
        .unwrap_or_default(),
    );
    let region = region.as_str();
    if !region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(CredentialError::Service {
            service: SERVICE.into(),
            reason: "TKE_REGION is not the name of a region".into(),
        });
    }
    // The identity token is the proof, so nothing is signed.
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nAuthorization: SKIP\r\nX-TC-Action: AssumeRoleWithWebIdentity\r\n\
         X-TC-Version: 2018-08-13\r\nX-TC-Region: {region}\r\nX-TC-Timestamp: {now}\r\n\r\n",
        service.host_header(),
        body.len(),
    );
    let timeouts = Timeouts::default().connect(LIMIT / 2);
    let variable = |name| environment.text(name).ok().flatten().map(|text| text.to_string());
    let proxy = proxy_from_variables(service, variable).map_err(|error| {
        CredentialError::Service { service: SERVICE.into(), reason: error.to_string() }
    })?;
    let connector = Connector::new(service.clone()).timeouts(timeouts).proxy(proxy);
    let (status, answer) =
        fetch(&connector, LIMIT, &head, &body).map_err(|error| error.of(SERVICE))?;
    if status != 200 {
        return Err(CredentialError::Service {
            service: SERVICE.into(),
            reason: format!("it answered with status {status}: check any proxy on the way"),
        });
    }
    let Answer { response } = temporary::parse(SERVICE, &answer)?;
    let reason = match (response.error, response.credentials) {
        (None, Some(keys)) => {
            let source = Source::TkeRole { role_arn: role_arn.to_string() };
            return keys.credentials(source, response.expired_time).map(Ok);
        }
        (Some(Refusal { code, message }), _) => format!(
            "{} ({}): check the role, its trust in the identity provider, and the token's audience",
            code.escape_debug(),
            message.escape_debug()
        ),
        (None, None) => "its answer has no credentials".to_owned(),
    };
    Err(CredentialError::Service { service: SERVICE.into(), reason })
}
