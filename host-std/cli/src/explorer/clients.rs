//! From a draft to a client that signs and sends it.

use scf_emulator::{Credential, Emulator};
use scf_invoke::credential::Finder;
use scf_invoke::scf_invoke_core::sign::v1::Algorithm;
use scf_invoke::{
    Client, ClientBuilder, Credentials, Endpoint, Error, Language, Method, Signing, Timeouts,
};

use super::draft::{Draft, DraftKey, DraftSigning, Target, given};
use super::response::Refused;

/// The places that calls may go to, and the keys for them.
pub(super) struct Clients {
    local: Option<Local>,
    profile: Option<String>,
}

/// An emulator, and the key that it takes.
pub(super) struct Local {
    pub(super) endpoint: Endpoint,
    pub(super) credential: Credential,
}

/// A reason why there is no client.
pub(super) enum ClientError {
    /// The draft is not one that the page makes.
    Refused(Refused),
    /// A setting or the credentials are wrong.
    Call(Error),
}

impl From<Refused> for ClientError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Error> for ClientError {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl Clients {
    pub(super) fn new(emulator: Option<&Emulator>, profile: Option<String>) -> Result<Self, Error> {
        let local = match emulator {
            None => None,
            Some(emulator) => Some(Local {
                endpoint: emulator.url().parse()?,
                credential: emulator.credential().clone(),
            }),
        };
        Ok(Self { local, profile })
    }

    pub(super) fn local(&self) -> Option<&Local> {
        self.local.as_ref()
    }

    fn emulator(&self) -> Result<&Local, Refused> {
        self.local.as_ref().ok_or_else(Refused::no_emulator)
    }

    /// Returns a search for the key of the cloud that this machine has.
    pub(super) fn finder(&self) -> Finder<'static> {
        match &self.profile {
            Some(profile) => Finder::from_process().profile(profile),
            None => Finder::from_process(),
        }
    }

    /// Returns the credentials that sign the draft, if they are a secret that
    /// the page may see the keys of: one that was typed, or the emulator's.
    pub(super) fn shown_secret(&self, draft: &Draft) -> Option<(String, String)> {
        let DraftKey { secret_id, secret_key, .. } = &draft.key;
        match (draft.target, &self.local) {
            _ if !secret_key.is_empty() => Some((secret_id.clone(), secret_key.clone())),
            (Target::Local, Some(local)) if draft.key.is_empty() => {
                let credential = &local.credential;
                Some((credential.secret_id().to_owned(), credential.secret_key().to_owned()))
            }
            _ => None,
        }
    }

    /// Returns secret id, secret key and token that sign the draft.
    ///
    /// # Errors
    /// The reason why there are none; a day key has no secret.
    pub(super) fn secret(&self, draft: &Draft) -> Result<(String, String, Option<String>), String> {
        if let Some((id, key)) = self.shown_secret(draft) {
            return Ok((id, key, given(&draft.key.token).map(str::to_owned)));
        }
        if !draft.key.is_empty() {
            return Err(
                "a signature is verified with the secret key, not with a day key".to_owned()
            );
        }
        let found = self.finder().find().map_err(|error| error.to_string())?;
        let token = found.token().map(str::to_owned);
        Ok((found.secret_id().to_owned(), found.secret_key().to_owned(), token))
    }

    /// Returns a client that signs the draft.
    pub(super) fn client(&self, draft: &Draft) -> Result<Client, ClientError> {
        Ok(self.builder(draft)?.build()?)
    }

    /// Returns the settings of a client; nothing is asked of anybody yet.
    pub(super) fn builder(&self, draft: &Draft) -> Result<ClientBuilder, ClientError> {
        let timeouts = Timeouts::default();
        let call = draft.timeout()?.or(timeouts.call);
        let mut builder = Client::builder()
            .request_client(concat!("tscf-", env!("CARGO_PKG_VERSION")))
            .timeouts(timeouts.call(call));
        builder = match draft.signing {
            DraftSigning::Tc3 => builder,
            DraftSigning::Tc3Get => builder.method(Method::Get),
            DraftSigning::Tc3Unsigned => {
                builder.signing(Signing::Tc3 { action: true, payload: false })
            }
            DraftSigning::V1 => {
                builder.signing(Signing::V1 { algorithm: Algorithm::HmacSha256, nonce: 1 })
            }
        };
        if let Some(region) = given(&draft.region) {
            builder = builder.region(region);
        }
        builder = match draft.language.as_str() {
            "zh-CN" => builder.language(Language::ZhCn),
            "en-US" => builder.language(Language::EnUs),
            _ => builder,
        };
        if let Some(host) = given(&draft.host) {
            builder = builder.host(host);
        }
        match draft.target {
            Target::Local => {
                let local = self.emulator()?;
                builder = builder.endpoint(local.endpoint.clone()).no_proxy();
                if draft.key.is_empty() {
                    let (id, key) = (local.credential.secret_id(), local.credential.secret_key());
                    let token = local.credential.token().map(str::to_owned);
                    let credentials = Credentials::new(id, key, token).map_err(Error::from)?;
                    return Ok(builder.credentials(credentials));
                }
            }
            Target::Cloud => {
                if let Some(url) = given(&draft.endpoint) {
                    builder = builder.endpoint(Endpoint::parse(url).map_err(Error::from)?);
                }
                if draft.key.is_empty() {
                    return Ok(builder.credentials_from(self.finder()));
                }
            }
        }
        Ok(with_key(builder, &draft.key)?)
    }
}

fn with_key(builder: ClientBuilder, key: &DraftKey) -> Result<ClientBuilder, Error> {
    let token = given(&key.token).map(str::to_owned);
    if let Some(day_key) = given(&key.day_key) {
        let builder = builder.day_key(day_key);
        return Ok(match token {
            Some(token) => builder.day_key_token(token),
            None => builder,
        });
    }
    Ok(builder.credentials(Credentials::new(&key.secret_id, &key.secret_key, token)?))
}
