//! The key that an emulator accepts, and what its clients need.

use clap::Args;
use scf_emulator::Credential;

use crate::stderr::print_line;

/// The key that an emulator accepts; a random one of this start without it.
#[derive(Args)]
pub(crate) struct Key {
    /// Accept this secret id instead of a random one [env: TENCENTCLOUD_SECRET_ID]
    #[arg(long, value_name = "ID", requires = "secret_key")]
    pub(crate) secret_id: Option<String>,
    /// The secret key, which other users of this machine see here [env: TENCENTCLOUD_SECRET_KEY]
    #[arg(long, value_name = "KEY", requires = "secret_id")]
    pub(crate) secret_key: Option<String>,
    /// The token that requests have to carry too, if any [env: TENCENTCLOUD_TOKEN]
    #[arg(long, requires = "secret_id")]
    pub(crate) token: Option<String>,
}

impl Key {
    /// Returns the key of the command line, or that of the environment.
    fn given(&self) -> Option<Credential> {
        let pair = self.secret_id.clone().zip(self.secret_key.clone());
        let (pair, token) = match pair {
            Some(pair) => (pair, self.token.clone()),
            None => from_environment()?,
        };
        let credential = Credential::new(pair.0, pair.1);
        Some(match token {
            Some(token) => credential.with_token(token),
            None => credential,
        })
    }
}

type Pair = (String, String);

fn from_environment() -> Option<(Pair, Option<String>)> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let id = variable("TENCENTCLOUD_SECRET_ID")?;
    let key = variable("TENCENTCLOUD_SECRET_KEY")?;
    Some(((id, key), variable("TENCENTCLOUD_TOKEN")))
}

/// Returns the key of an emulator, and whether the user does not know it yet.
pub(crate) fn key(arguments: &Key) -> (Credential, bool) {
    match arguments.given() {
        Some(credential) => (credential, false),
        None => (Credential::random(), true),
    }
}

/// Prints what a client of the emulator needs. A key that the user gave is
/// known to the user, and not to be shown.
pub(crate) fn show_exports(new: Option<&Credential>) {
    if let Some(credential) = new {
        print_line(&format!("  export TENCENTCLOUD_SECRET_ID={}", credential.secret_id()));
        print_line(&format!("  export TENCENTCLOUD_SECRET_KEY={}", credential.secret_key()));
    }
    print_line("  export TENCENTCLOUD_REGION=ap-guangzhou");
}
