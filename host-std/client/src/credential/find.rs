//! The search through the places where credentials live.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{CredentialError, Credentials, Source, ini};

const FILE_VARIABLE: &str = "TENCENTCLOUD_CREDENTIALS_FILE";
const SYSTEM_FILE: &str = "/etc/tencentcloud/credentials";

/// More than any credentials file holds; a wrong path may name a device.
const MAX_FILE: u64 = 1024 * 1024;

/// One way the environment spells the parts.
struct Spelling {
    secret_id: &'static str,
    secret_key: &'static str,
    tokens: &'static [&'static str],
}

const SPELLINGS: [Spelling; 2] = [
    Spelling {
        secret_id: "TENCENTCLOUD_SECRET_ID",
        secret_key: "TENCENTCLOUD_SECRET_KEY",
        tokens: &["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SESSION_TOKEN"],
    },
    // What SCF sets inside a function.
    Spelling {
        secret_id: "TENCENTCLOUD_SECRETID",
        secret_key: "TENCENTCLOUD_SECRETKEY",
        tokens: &["TENCENTCLOUD_SESSIONTOKEN"],
    },
];

type Variables<'a> = dyn Fn(&str) -> Option<OsString> + 'a;

/// A search for credentials, with every outside thing it looks at replaceable.
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
pub struct Finder<'a> {
    environment: Box<Variables<'a>>,
    home: Option<PathBuf>,
    system_file: PathBuf,
    profile: Option<String>,
    secret_id: Option<Zeroizing<String>>,
    secret_key: Option<Zeroizing<String>>,
    token: Option<Zeroizing<String>>,
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

impl Finder<'static> {
    /// A search in this process's environment and the user's home folder.
    pub fn from_process() -> Self {
        let finder = Self::new(|name| std::env::var_os(name));
        match std::env::home_dir() {
            Some(home) if !home.as_os_str().is_empty() => finder.home(home),
            _ => finder,
        }
    }
}

impl<'a> Finder<'a> {
    /// A search in the environment that the function tells, without a home
    /// folder.
    pub fn new(environment: impl Fn(&str) -> Option<OsString> + 'a) -> Self {
        Self {
            environment: Box::new(environment),
            home: None,
            system_file: PathBuf::from(SYSTEM_FILE),
            profile: None,
            secret_id: None,
            secret_key: None,
            token: None,
        }
    }

    /// The user's home folder.
    #[must_use]
    pub fn home(mut self, folder: impl Into<PathBuf>) -> Self {
        self.home = Some(folder.into());
        self
    }

    /// Another file than `/etc/tencentcloud/credentials`.
    #[must_use]
    pub fn system_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.system_file = file.into();
        self
    }

    /// A profile to take from the files, and from nowhere else. Without it the
    /// environment comes first and the files' profile is `default`.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// What the user gave explicitly, as far as given: it comes before
    /// everything else.
    #[must_use]
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
    /// pair, a malformed part, or a file that cannot be read or understood.
    pub fn find(&self) -> Result<Credentials, CredentialError> {
        let mut looked_at = vec!["explicit arguments: none given".to_owned()];
        if let Some(found) = self.explicit_pair()? {
            return Ok(found);
        }
        if let Some(profile) = &self.profile {
            looked_at.push(format!(
                "the environment: passed over, since the profile [{profile}] was asked for"
            ));
        } else {
            for spelling in &SPELLINGS {
                if let Some(found) = self.look_in_environment(spelling, &mut looked_at)? {
                    return Ok(found);
                }
            }
        }
        let named = self.text(FILE_VARIABLE)?.map(|name| name.to_string());
        if let Some(path) = named {
            if let Some(found) = self.look_in_file(Path::new(&path), true, &mut looked_at)? {
                return Ok(found);
            }
        } else {
            match &self.home {
                None => looked_at.push("~/.tencentcloud/credentials: no home folder known".into()),
                Some(home) => {
                    let path = home.join(".tencentcloud").join("credentials");
                    if let Some(found) = self.look_in_file(&path, false, &mut looked_at)? {
                        return Ok(found);
                    }
                }
            }
            if let Some(found) = self.look_in_file(&self.system_file, false, &mut looked_at)? {
                return Ok(found);
            }
        }
        Err(CredentialError::NotFound { looked_at })
    }

    fn explicit_pair(&self) -> Result<Option<Credentials>, CredentialError> {
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
            .map(Some),
            (Some(_), None) => incomplete("a secret id", "a secret key"),
            (None, Some(_)) => incomplete("a secret key", "a secret id"),
            (None, None) if self.token.is_some() => {
                incomplete("a token", "a secret id and secret key")
            }
            (None, None) => Ok(None),
        }
    }

    fn look_in_environment(
        &self,
        spelling: &Spelling,
        looked_at: &mut Vec<String>,
    ) -> Result<Option<Credentials>, CredentialError> {
        let Spelling { secret_id, secret_key, tokens } = *spelling;
        let incomplete = |present: &str, missing: &str| {
            Err(CredentialError::Incomplete {
                place: "the environment".into(),
                present: present.into(),
                missing: missing.into(),
            })
        };
        match (self.text(secret_id)?, self.text(secret_key)?) {
            (Some(id), Some(key)) => {
                let mut token = None;
                for &name in tokens {
                    if let Some(value) = self.text(name)? {
                        token = Some((name, value));
                        break;
                    }
                }
                let source = Source::Environment {
                    secret_id,
                    secret_key,
                    token: token.as_ref().map(|(name, _)| *name),
                };
                Credentials::from_source(id, key, token.map(|(_, value)| value), source).map(Some)
            }
            (Some(_), None) => incomplete(secret_id, secret_key),
            (None, Some(_)) => incomplete(secret_key, secret_id),
            (None, None) => {
                let empty =
                    [secret_id, secret_key].iter().any(|name| (self.environment)(name).is_some());
                let state = if empty { "set but empty" } else { "not set" };
                looked_at.push(format!("environment variables {secret_id}, {secret_key}: {state}"));
                Ok(None)
            }
        }
    }

    fn look_in_file(
        &self,
        path: &Path,
        must_exist: bool,
        looked_at: &mut Vec<String>,
    ) -> Result<Option<Credentials>, CredentialError> {
        let text = match read_text(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !must_exist => {
                looked_at.push(format!("{}: no such file", path.display()));
                return Ok(None);
            }
            Err(error) => {
                return Err(CredentialError::Unreadable { path: path.to_owned(), error });
            }
        };
        let name = self.profile.as_deref().unwrap_or("default");
        let profile = ini::read(&text, name).map_err(|error| CredentialError::Syntax {
            path: path.to_owned(),
            line: error.line,
            reason: error.reason,
        })?;
        let Some(profile) = profile else {
            looked_at.push(format!("{}: has no profile [{name}]", path.display()));
            return Ok(None);
        };
        let incomplete = |present: &str, missing: &str| {
            Err(CredentialError::Incomplete {
                place: format!("the profile [{name}] of {}", path.display()),
                present: present.into(),
                missing: missing.into(),
            })
        };
        match (profile.secret_id, profile.secret_key) {
            (Some(id), Some(key)) => {
                let source = Source::File { path: path.to_owned(), profile: name.to_owned() };
                Credentials::from_source(id, key, profile.token, source).map(Some)
            }
            (Some(_), None) => incomplete("secret_id", "secret_key"),
            (None, Some(_)) => incomplete("secret_key", "secret_id"),
            (None, None) => {
                looked_at.push(format!(
                    "{}: the profile [{name}] sets neither secret_id nor secret_key",
                    path.display()
                ));
                Ok(None)
            }
        }
    }

    /// A variable's text. An empty one counts as not set: that is how a script
    /// or a CI system spells "none".
    fn text(&self, name: &'static str) -> Result<Option<Zeroizing<String>>, CredentialError> {
        match (self.environment)(name) {
            None => Ok(None),
            Some(value) => match value.into_string() {
                Ok(text) if text.is_empty() => Ok(None),
                Ok(text) => Ok(Some(Zeroizing::new(text))),
                Err(_) => Err(CredentialError::NotUnicode { variable: name }),
            },
        }
    }
}

fn read_text(path: &Path) -> io::Result<Zeroizing<String>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > MAX_FILE {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    // With room for the whole from the start, no unwiped copy is left behind
    // by a buffer that grows.
    let mut bytes = Zeroizing::new(Vec::with_capacity(size as usize + 1));
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let text = str::from_utf8(&bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}
