//! The search through the places where credentials live.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

use super::environment::{Environment, SPELLINGS};
use super::search::{Look, Place, Places, Search};
use super::{
    CredentialError, Credentials, ProfileSettings, ProvideCredentials, Source, cvm, file, ini,
    process, tccli, tke,
};
use crate::{Endpoint, EndpointError};

const FILE_VARIABLE: &str = "TENCENTCLOUD_CREDENTIALS_FILE";
const PROFILE_VARIABLE: &str = "TENCENTCLOUD_PROFILE";
const TCCLI_PROFILE_VARIABLE: &str = "TCCLI_PROFILE";
const METADATA_VARIABLE: &str = "TENCENTCLOUD_METADATA_ENDPOINT";
const SYSTEM_FILE: &str = "/etc/tencentcloud/credentials";

/// A search for credentials, with every outside thing it looks at replaceable.
///
/// It is also a [provider](ProvideCredentials): a client that is given one
/// searches again when temporary credentials come to their end.
///
/// ```
/// use scf_invoke::credential::{Finder, Source};
///
/// let finder = Finder::new(|name| match name {
///     "TENCENTCLOUD_SECRET_ID" => Some("AKIDEXAMPLE0123456789".into()),
///     "TENCENTCLOUD_SECRET_KEY" => Some("a-secret-key".into()),
///     _ => None,
/// });
/// let credentials = finder.find()?;
/// assert!(matches!(credentials.source(), Source::Environment { .. }));
/// # Ok::<(), scf_invoke::CredentialError>(())
/// ```
#[must_use = "a search does nothing until it is started"]
pub struct Finder<'a> {
    environment: Environment<'a>,
    home: Option<PathBuf>,
    system_file: PathBuf,
    profile: Option<String>,
    secret_id: Option<Zeroizing<String>>,
    secret_key: Option<Zeroizing<String>>,
    token: Option<Zeroizing<String>>,
    metadata: Option<Endpoint>,
    sts: Option<Endpoint>,
}

impl Finder<'static> {
    /// Returns a search in this process's environment, the user's home folder,
    /// and the services of the cloud.
    ///
    /// `TENCENTCLOUD_METADATA_ENDPOINT` names another metadata service than
    /// `http://metadata.tencentyun.com`; `off` asks none.
    pub fn from_process() -> Self {
        let metadata = match std::env::var(METADATA_VARIABLE) {
            Ok(text) if text == "off" => None,
            Ok(text) if !text.is_empty() => Endpoint::dangerous_parse_plain_http(&text).ok(),
            _ => Endpoint::dangerous_parse_plain_http(cvm::METADATA).ok(),
        };
        let mut finder = Self::new(|name| std::env::var_os(name));
        finder.metadata = metadata;
        finder.sts = Endpoint::parse(tke::STS).ok();
        match std::env::home_dir() {
            Some(home) if !home.as_os_str().is_empty() => finder.home(home),
            _ => finder,
        }
    }
}

impl<'a> Finder<'a> {
    /// Returns a search in the variables that `environment` reads, without a home
    /// folder and without the services of the cloud.
    pub fn new(environment: impl Fn(&str) -> Option<OsString> + Send + Sync + 'a) -> Self {
        Self {
            environment: Environment(Box::new(environment)),
            home: None,
            system_file: PathBuf::from(SYSTEM_FILE),
            profile: None,
            secret_id: None,
            secret_key: None,
            token: None,
            metadata: None,
            sts: None,
        }
    }

    /// Sets the user's home folder.
    pub fn home(mut self, folder: impl Into<PathBuf>) -> Self {
        self.home = Some(folder.into());
        self
    }

    /// Reads another file than `/etc/tencentcloud/credentials`.
    pub fn system_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.system_file = file.into();
        self
    }

    /// Takes a profile from the files, and from nowhere else. Without it the
    /// environment comes first and the files' profile is `default`.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Sets the metadata service of the virtual machine, such as
    /// `http://127.0.0.1:8080`. It speaks plain http.
    ///
    /// # Errors
    /// [`EndpointError`]: the text is no endpoint.
    pub fn metadata_service(mut self, url: &str) -> Result<Self, EndpointError> {
        self.metadata = Some(Endpoint::dangerous_parse_plain_http(url)?);
        Ok(self)
    }

    /// Sets the service that exchanges the token of a TKE workload;
    /// `https://sts.internal.tencentcloudapi.com` answers inside the cloud.
    pub fn sts_service(mut self, endpoint: Endpoint) -> Self {
        self.sts = Some(endpoint);
        self
    }

    /// Takes what the user gave explicitly, as far as given: it comes before
    /// everything else.
    pub fn explicit(
        mut self,
        secret_id: Option<String>,
        secret_key: Option<String>,
        token: Option<String>,
    ) -> Self {
        self.secret_id = secret_id.map(Zeroizing::new);
        self.secret_key = secret_key.map(Zeroizing::new);
        self.token = token.map(Zeroizing::new);
        self
    }

    /// Searches.
    ///
    /// # Errors
    /// [`CredentialError`]: nothing found (with every place looked at), half a
    /// pair, a malformed part, or a place that cannot be read or understood.
    pub fn find(&self) -> Result<Credentials, CredentialError> {
        self.search().result
    }

    /// Searches, and returns every place that was looked at.
    pub fn search(&self) -> Search {
        let mut places = vec![];
        let result = match self.walk(&mut places) {
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err(CredentialError::NotFound { places: places.clone() }),
            Err(error) => Err(error),
        };
        Search { places, result }
    }

    /// Returns the region and the endpoint that the profile names in its files.
    ///
    /// # Errors
    /// [`CredentialError`]: a file cannot be read or understood.
    pub fn settings(&self) -> Result<ProfileSettings, CredentialError> {
        let mut merged = ProfileSettings::default();
        let mut merge = |settings: ProfileSettings| {
            if merged.region.is_none() && merged.endpoint.is_none() {
                merged.path = settings.path;
            }
            merged.region = merged.region.take().or(settings.region);
            merged.endpoint = merged.endpoint.take().or(settings.endpoint);
        };
        let name = self.profile_name()?;
        for (path, must_exist) in self.ini_files()? {
            if let Some(file) = self.ini_file(&path, must_exist)?
                && let Some(profile) = read_profile(&path, &file.text, &name)?
            {
                let text = |value: Option<Zeroizing<String>>| value.map(|text| text.to_string());
                merge(ProfileSettings {
                    region: text(profile.region),
                    endpoint: text(profile.endpoint),
                    path,
                });
            }
        }
        if let Some(path) = self.tccli_file("configure")?
            && let Some(settings) = tccli::settings(&path)?
        {
            merge(settings);
        }
        Ok(merged)
    }

    fn walk(&self, places: &mut Vec<Place>) -> Result<Option<Credentials>, CredentialError> {
        let mut places = Places(places);
        if let Some(found) = places.look("explicit arguments", || self.explicit_pair())? {
            return Ok(Some(found));
        }
        for spelling in &SPELLINGS {
            let look = || self.unless_profile(|| self.environment.credentials(spelling));
            if let Some(found) = places.look(&spelling.place(), look)? {
                return Ok(Some(found));
            }
        }
        let name = self.profile_name()?;
        for (path, must_exist) in self.ini_files()? {
            let look = || self.look_in_ini(&path, must_exist, &name);
            if let Some(found) = places.look(&path.display().to_string(), look)? {
                return Ok(Some(found));
            }
        }
        match self.tccli_file("credential")? {
            None => places.pass_over("the home folder", "none is known, so no file there is read"),
            Some(path) => {
                let look = || tccli::credentials(&path, unix_now());
                if let Some(found) = places.look(&path.display().to_string(), look)? {
                    return Ok(Some(found));
                }
            }
        }
        let look = || {
            self.unless_profile(|| match &self.metadata {
                Some(service) => cvm::credentials(service),
                None => Ok(Err("not asked".into())),
            })
        };
        if let Some(found) = places.look("role of this virtual machine (CVM)", look)? {
            return Ok(Some(found));
        }
        let look = || {
            self.unless_profile(|| match &self.sts {
                Some(service) => tke::credentials(&self.environment, service, unix_now()),
                None => Ok(Err("not asked".into())),
            })
        };
        places.look("role of this TKE workload (TKE_ROLE_ARN)", look)
    }

    /// Looks at a place that knows no profiles, unless one was asked for.
    fn unless_profile(&self, look: impl FnOnce() -> Look) -> Look {
        match &self.profile {
            None => look(),
            Some(profile) => {
                Ok(Err(format!("passed over, since the profile [{profile}] was asked for")))
            }
        }
    }

    fn profile_name(&self) -> Result<String, CredentialError> {
        Ok(match &self.profile {
            Some(name) => name.clone(),
            None => match self.environment.text(PROFILE_VARIABLE)? {
                Some(name) => name.to_string(),
                None => "default".to_owned(),
            },
        })
    }

    /// Returns the ini files to read, and whether each must be there.
    fn ini_files(&self) -> Result<Vec<(PathBuf, bool)>, CredentialError> {
        if let Some(path) = self.environment.text(FILE_VARIABLE)? {
            return Ok(vec![(PathBuf::from(path.as_str()), true)]);
        }
        let home = self.home.as_ref().map(|home| home.join(".tencentcloud").join("credentials"));
        Ok(home.into_iter().chain([self.system_file.clone()]).map(|path| (path, false)).collect())
    }

    fn ini_file(
        &self,
        path: &Path,
        must_exist: bool,
    ) -> Result<Option<file::SecretFile>, CredentialError> {
        match file::read(path)? {
            None if must_exist => Err(file::unreadable(path, std::io::ErrorKind::NotFound.into())),
            file => Ok(file),
        }
    }

    fn tccli_file(&self, extension: &str) -> Result<Option<PathBuf>, CredentialError> {
        let Some(home) = &self.home else {
            return Ok(None);
        };
        let mut name = self.profile_name()?;
        if self.profile.is_none()
            && self.environment.text(PROFILE_VARIABLE)?.is_none()
            && let Some(given) = self.environment.text(TCCLI_PROFILE_VARIABLE)?
        {
            name = given.to_string();
        }
        // A name with a path in it would lead out of the folder.
        let inside = !name.contains(['/', '\\']);
        Ok(inside.then(|| home.join(".tccli").join(format!("{name}.{extension}"))))
    }

    fn explicit_pair(&self) -> Look {
        let incomplete = |present: &str, missing: &str| {
            Err(CredentialError::Incomplete {
                place: "what was given explicitly".into(),
                present: present.into(),
                missing: missing.into(),
            })
        };
        match (&self.secret_id, &self.secret_key) {
            (Some(id), Some(key)) => Credentials::from_source(
                id.clone(),
                key.clone(),
                self.token.clone(),
                Source::Explicit,
            )
            .map(Ok),
            (Some(_), None) => incomplete("a secret id", "a secret key"),
            (None, Some(_)) => incomplete("a secret key", "a secret id"),
            (None, None) if self.token.is_some() => {
                incomplete("a token", "a secret id and secret key")
            }
            (None, None) => Ok(Err("none given".into())),
        }
    }

    fn look_in_ini(&self, path: &Path, must_exist: bool, name: &str) -> Look {
        let Some(file) = self.ini_file(path, must_exist)? else {
            return Ok(Err("no such file".into()));
        };
        let Some(profile) = read_profile(path, &file.text, name)? else {
            let others = ini::profiles(&file.text).join("], [");
            let others = match others.is_empty() {
                true => String::new(),
                false => format!("; it has [{others}]"),
            };
            return Ok(Err(format!("has no profile [{name}]{others}")));
        };
        let place = || format!("the profile [{name}] of {}", path.display());
        let incomplete = |present: &str, missing: &str| {
            Err(CredentialError::Incomplete {
                place: place(),
                present: present.into(),
                missing: missing.into(),
            })
        };
        let found = match (profile.secret_id, profile.secret_key, profile.credential_process) {
            (Some(id), Some(key), _) => {
                let source = Source::File { path: path.to_owned(), profile: name.to_owned() };
                Credentials::from_source(id, key, profile.token, source)?
            }
            (Some(_), None, _) => return incomplete("secret_id", "secret_key"),
            (None, Some(_), _) => return incomplete("secret_key", "secret_id"),
            (None, None, Some(command)) => process::run(&command)?,
            (None, None, None) => {
                return Ok(Err(format!(
                    "the profile [{name}] sets neither secret_id nor secret_key"
                )));
            }
        };
        Ok(Ok(found.with_warning(file.warning)))
    }
}

impl ProvideCredentials for Finder<'static> {
    fn provide(&self) -> Result<Credentials, CredentialError> {
        self.find()
    }

    fn settings(&self) -> Result<ProfileSettings, CredentialError> {
        Finder::settings(self)
    }
}

impl std::fmt::Debug for Finder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Finder")
            .field("home", &self.home)
            .field("system_file", &self.system_file)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

fn read_profile(
    path: &Path,
    text: &str,
    name: &str,
) -> Result<Option<ini::Profile>, CredentialError> {
    ini::read(text, name).map_err(|error| CredentialError::Syntax {
        path: path.to_owned(),
        line: error.line,
        reason: error.reason,
    })
}

fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
