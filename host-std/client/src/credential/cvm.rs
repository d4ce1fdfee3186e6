//! The role of a virtual machine, from its metadata service.

use std::time::Duration;

use serde::Deserialize;

use super::fetch::{FetchError, fetch};
use super::search::Look;
use super::temporary::{self, TemporaryKeys};
use super::{CredentialError, Source};
use crate::{Connector, Endpoint, Timeouts};

/// The metadata service, which answers inside the cloud alone.
pub(super) const METADATA: &str = "http://metadata.tencentyun.com";

const SERVICE: &str = "the metadata service of this virtual machine";

/// It is on the same machine or the next; elsewhere nobody should wait for it.
const LIMIT: Duration = Duration::from_secs(2);

/// More than any role's name has.
const MAX_ROLE: usize = 256;

#[derive(Deserialize)]
struct Status {
    #[serde(default, rename = "Code")]
    code: String,
}

/// Returns the credentials of the machine's role, or the reason why there are
/// none.
pub(super) fn credentials(service: &Endpoint) -> Look {
    let timeouts = Timeouts::default().connect(LIMIT / 2);
    // No proxy: the service is this machine's own.
    let connector = Connector::new(service.clone()).timeouts(timeouts);
    let get = |role: &str| {
        let head = format!(
            "GET /latest/meta-data/cam/security-credentials/{role} HTTP/1.1\r\nHost: {}\r\n\
             Connection: close\r\n\r\n",
            service.host_header(),
        );
        fetch(&connector, LIMIT, &head, b"")
    };
    let refused =
        |reason: String| Err(CredentialError::Service { service: SERVICE.to_owned(), reason });

    let role = match get("") {
        Ok((200, role)) => role,
        Ok((404, _)) => return Ok(Err("no role is bound to this virtual machine".into())),
        Ok((status, _)) => return refused(format!("it answered with status {status}")),
        // Not in the cloud, then.
        Err(FetchError::Unreachable(_)) => return Ok(Err("no metadata service here".into())),
        Err(error) => return Err(error.of(SERVICE)),
    };
    let role = match str::from_utf8(&role).map(str::trim) {
        Ok("") => return Ok(Err("no role is bound to this virtual machine".into())),
        Ok(role) if is_role(role) => role,
        _ => return refused("what it gives is not the name of a role".into()),
    };
    let (status, answer) = get(role).map_err(|error| error.of(SERVICE))?;
    if status != 200 {
        return refused(format!("for the role {role} it answered with status {status}"));
    }
    let Status { code } = temporary::parse(SERVICE, &answer)?;
    if code != "Success" {
        return refused(format!(
            "it gives no credentials for the role {role} (code {}): check that the role exists \
             and may be used by virtual machines",
            code.escape_debug()
        ));
    }
    let keys: TemporaryKeys = temporary::parse(SERVICE, &answer)?;
    keys.credentials(Source::CvmRole { role: role.to_owned() }, None).map(Ok)
}

/// Returns whether a text is safe in a request line. CAM allows `\w`, `.`, `-`
/// and more in names, none of which ends a line or a path.
fn is_role(text: &str) -> bool {
    text.len() <= MAX_ROLE
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.@+=,".contains(&b))
}
