//! The JSON files of the official command line: `~/.tccli/NAME.credential`
//! and `NAME.configure`.

use std::path::Path;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::profile::ProfileSettings;
use super::search::Look;
use super::{CredentialError, Credentials, Source, file};

/// `NAME.credential`, as far as it is used.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CredentialFile {
    #[serde(default)]
    secret_id: Option<Zeroizing<String>>,
    #[serde(default)]
    secret_key: Option<Zeroizing<String>>,
    #[serde(default)]
    token: Option<Zeroizing<String>>,
    /// `default`, `oauth`, `sso` or `cvm-role`.
    #[serde(default, rename = "type")]
    kind: Option<String>,
    /// Unix seconds, where somebody logged in through a browser.
    #[serde(default)]
    expires_at: Option<f64>,
}

/// `NAME.configure`, as far as it is used.
#[derive(Deserialize)]
struct ConfigureFile {
    #[serde(default, rename = "_sys_param")]
    common: Common,
    #[serde(default)]
    scf: Service,
}

#[derive(Default, Deserialize)]
struct Common {
    #[serde(default)]
    region: Option<String>,
}

#[derive(Default, Deserialize)]
struct Service {
    #[serde(default)]
    endpoint: Option<String>,
}

/// The endpoint that the official command line writes into every file, whether
/// or not somebody chose it.
const WRITTEN_BY_ITSELF: &str = "scf.tencentcloudapi.com";

/// Returns the credentials of a file, or the reason why there are none.
pub(super) fn credentials(path: &Path, now: u64) -> Look {
    let Some(file) = file::read(path)? else {
        return Ok(Err("no such file".into()));
    };
    let parsed: CredentialFile = parse(path, &file.text)?;
    if parsed.kind.as_deref() == Some("cvm-role") {
        return Ok(Err("names the role of the virtual machine".into()));
    }
    let some = |text: Option<Zeroizing<String>>| text.filter(|text| !text.is_empty());
    let incomplete = |present: &str, missing: &str| {
        Err(CredentialError::Incomplete {
            place: path.display().to_string(),
            present: present.into(),
            missing: missing.into(),
        })
    };
    match (some(parsed.secret_id), some(parsed.secret_key)) {
        (Some(id), Some(key)) => {
            let source = Source::Tccli { path: path.to_owned() };
            let expires_at = parsed.expires_at.map(|seconds| seconds as u64);
            if expires_at.is_some_and(|end| end <= now) {
                return Err(CredentialError::Expired { source });
            }
            let found = Credentials::from_source(id, key, some(parsed.token), source)?;
            Ok(Ok(found.with_expiry(expires_at).with_warning(file.warning)))
        }
        (Some(_), None) => incomplete("secretId", "secretKey"),
        (None, Some(_)) => incomplete("secretKey", "secretId"),
        (None, None) => Ok(Err("sets neither secretId nor secretKey".into())),
    }
}

/// Returns the region and endpoint that a file names.
pub(super) fn settings(path: &Path) -> Result<Option<ProfileSettings>, CredentialError> {
    let Some(file) = file::read(path)? else {
        return Ok(None);
    };
    let parsed: ConfigureFile = parse(path, &file.text)?;
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(Some(ProfileSettings {
        region: some(parsed.common.region),
        endpoint: some(parsed.scf.endpoint).filter(|endpoint| endpoint != WRITTEN_BY_ITSELF),
        path: path.to_owned(),
    }))
}

fn parse<'t, T: Deserialize<'t>>(path: &Path, text: &'t str) -> Result<T, CredentialError> {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        CredentialError::Json {
            place: path.display().to_string(),
            line: error.line(),
            column: error.column(),
        }
    })
}
