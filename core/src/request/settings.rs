//! The settings of requests: host, region, form of signature.

use core::fmt;

use crate::request::region::Region;
use crate::sign::tc3::Method;
#[cfg(feature = "v1")]
use crate::sign::v1::Algorithm;
use crate::wire::ascii;

/// The language of error messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Language {
    /// Chinese.
    ZhCn,
    /// English.
    EnUs,
}

impl Language {
    /// Returns the value, as `X-TC-Language` carries it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::EnUs => "en-US",
        }
    }
}

/// The form of a request's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Signing {
    /// TC3-HMAC-SHA256, in the Authorization header.
    Tc3 {
        /// Signs `x-tc-action` besides `content-type` and `host`, as the
        /// documentation's example does; the official SDKs do not.
        action: bool,
        /// Signs the hash of the body. `false` sends `UNSIGNED-PAYLOAD`: the
        /// body is then measured but not hashed, only TLS protects it, and it
        /// is not known whether SCF accepts it.
        payload: bool,
    },
    /// Signature version 1: everything is a parameter of the query or form.
    #[cfg(feature = "v1")]
    V1 {
        /// The hash function.
        algorithm: Algorithm,
        /// A positive number that the account does not use again within
        /// minutes: random, or counted up.
        nonce: u32,
    },
}

impl Default for Signing {
    fn default() -> Self {
        Self::Tc3 { action: true, payload: true }
    }
}

/// The settings that all requests of a client share.
///
/// The host is what is signed and what the Host header says; where the bytes
/// go is the transport's own setting, so that a relay can stand between.
///
/// ```
/// use scf_invoke_core::{Region, Settings};
///
/// let settings = Settings::new(Region::AP_GUANGZHOU, "scf.tencentcloudapi.com");
/// assert!(settings.check().is_ok());
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Settings<'a> {
    pub(super) region: Region<'a>,
    pub(super) host: &'a str,
    pub(super) path: &'a str,
    pub(super) method: Method,
    pub(super) signing: Signing,
    pub(super) language: Option<Language>,
    pub(super) request_client: Option<&'a str>,
    pub(super) trace_id: Option<&'a str>,
    pub(super) keep_alive: bool,
}

/// The longest `X-TC-RequestClient`, in bytes.
pub const REQUEST_CLIENT_MAX: usize = 128;

/// The longest trace id that is sent, in bytes.
pub const TRACE_ID_MAX: usize = 128;

impl<'a> Settings<'a> {
    /// Creates settings for signed POST requests for a region to a host, such
    /// as [`Endpoint::host`](crate::request::region::Endpoint::host) gives.
    pub const fn new(region: Region<'a>, host: &'a str) -> Self {
        Self {
            region,
            host,
            path: "/",
            method: Method::Post,
            signing: Signing::Tc3 { action: true, payload: true },
            language: None,
            request_client: None,
            trace_id: None,
            keep_alive: true,
        }
    }

    /// Sends to this path (`/scf` of a relay); what is signed is always `/`.
    pub const fn path(mut self, path: &'a str) -> Self {
        self.path = path;
        self
    }

    /// Chooses POST or GET; a GET carries 32 KB at most.
    #[cfg(feature = "get")]
    pub const fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Chooses the form of the signature.
    pub const fn signing(mut self, signing: Signing) -> Self {
        self.signing = signing;
        self
    }

    /// Chooses the language of the service's error messages.
    pub const fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Names the calling program: at most [`REQUEST_CLIENT_MAX`] of
    /// `0-9a-zA-Z-_,;.`.
    pub const fn request_client(mut self, name: &'a str) -> Self {
        self.request_client = Some(name);
        self
    }

    /// Adds a trace id: at most [`TRACE_ID_MAX`] printable ASCII characters.
    pub const fn trace_id(mut self, trace_id: &'a str) -> Self {
        self.trace_id = Some(trace_id);
        self
    }

    /// Sets whether the connection may carry another request afterwards;
    /// `false` asks the server to close it.
    pub const fn keep_alive(mut self, keep_alive: bool) -> Self {
        self.keep_alive = keep_alive;
        self
    }

    /// Checks every setting; building a call does this too.
    pub fn check(&self) -> Result<(), SettingsError> {
        if !ascii::is_made_of(self.host, b"-.:[]_") || ascii::has_uppercase(self.host) {
            return Err(SettingsError::Host);
        }
        let is_path = self.path.starts_with('/') && ascii::is_graphic(self.path);
        if !is_path || self.path.bytes().any(|byte| ascii::is_one_of(byte, b"#?")) {
            return Err(SettingsError::Path);
        }
        if let Some(name) = self.request_client
            && (name.len() > REQUEST_CLIENT_MAX || !ascii::is_made_of(name, b"-_,;."))
        {
            return Err(SettingsError::RequestClient);
        }
        if let Some(id) = self.trace_id
            && (id.len() > TRACE_ID_MAX || !ascii::is_graphic(id))
        {
            return Err(SettingsError::TraceId);
        }
        Ok(())
    }
}

/// A setting that no request can be made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SettingsError {
    /// The host is empty, or has a character that no host name has.
    Host,
    /// The path does not begin with `/`, or has a character of no path.
    Path,
    /// The request client is longer or has other characters than allowed.
    RequestClient,
    /// The trace id is longer or has other characters than allowed.
    TraceId,
    /// A pre-signed URL needs GET and signature version 1.
    #[cfg(feature = "v1")]
    Presigned,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => {
                "the host must be a lowercase host name, with a port where it is not the default"
            }
            Self::Path => {
                "the path must begin with / and have no spaces, ?, # or control characters"
            }
            Self::RequestClient => {
                "the request client must be 1 to 128 letters, digits and -_,;. characters"
            }
            Self::TraceId => "the trace id must be 1 to 128 printable ASCII characters",
            #[cfg(feature = "v1")]
            Self::Presigned => "a pre-signed URL needs the settings GET and signature version 1",
        })
    }
}

impl core::error::Error for SettingsError {}
