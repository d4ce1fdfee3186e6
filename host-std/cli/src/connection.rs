//! The options that say where calls go, and who signs them.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use scf_invoke::Language;

#[derive(Args)]
pub(crate) struct Connection {
    /// The functions' region, such as ap-guangzhou [env: TENCENTCLOUD_REGION]
    #[arg(long)]
    pub(crate) region: Option<String>,

    #[command(flatten)]
    pub(crate) identity: Identity,
    /// Sign with this key of `tscf day-key`, or with the one in a file
    #[arg(long, value_name = "KEY|@FILE", conflicts_with_all = ["secret_id", "secret_key", "profile"])]
    pub(crate) day_key: Option<String>,

    /// The URL to send the request to, such as http://127.0.0.1:9000 [env: TENCENTCLOUD_SCF_ENDPOINT]
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// The host to sign for [default: the endpoint's]
    #[arg(long)]
    pub(crate) host: Option<String>,
    /// Accept an http endpoint on another machine: everyone on the way can read it all
    #[arg(long)]
    pub(crate) dangerous_plain_http: bool,
    /// Connect through this proxy, `http://[USER:PASSWORD@]HOST:PORT` or `socks5://...`, or through
    /// none [env: HTTPS_PROXY, ALL_PROXY, NO_PROXY]
    #[arg(long, value_name = "URL|none")]
    pub(crate) proxy: Option<String>,
    /// Try tencentcloudapi.com.cn and then tencentcloudapi.cn where tencentcloudapi.com cannot be
    /// reached
    #[arg(long)]
    pub(crate) domain_fallback: bool,
    /// Trust also the certificates in this PEM file
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// The time that the whole call may take [default: 310]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// The most attempts, up to 20; only what surely was not executed is repeated [default: 3; of
    /// map: 10]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(crate) attempts: Option<u32>,
    /// The language of the API's messages
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub(crate) language: Option<LanguageName>,
}

#[derive(Args)]
pub(crate) struct Local {
    /// Run the function in this folder of functions, in an emulator started for this command
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with_all = ["endpoint", "host", "ca_file", "secret_id", "secret_key", "token",
            "profile", "day_key"]
    )]
    pub(crate) emulator: Option<PathBuf>,
}

/// The credentials; without any of these, they come from the environment or the files.
#[derive(Args)]
pub(crate) struct Identity {
    /// The secret id [env: TENCENTCLOUD_SECRET_ID]
    #[arg(long, value_name = "ID")]
    pub(crate) secret_id: Option<String>,
    /// The secret key, which other users of this machine see here [env: TENCENTCLOUD_SECRET_KEY]
    #[arg(long, value_name = "KEY")]
    pub(crate) secret_key: Option<String>,
    /// The token of temporary credentials [env: TENCENTCLOUD_TOKEN]
    #[arg(long)]
    pub(crate) token: Option<String>,
    /// Take the credentials from this profile of the credentials files, and from nowhere else
    #[arg(long, conflicts_with_all = ["secret_id", "secret_key", "token"])]
    pub(crate) profile: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum LanguageName {
    #[value(name = "zh-CN")]
    ZhCn,
    #[value(name = "en-US")]
    EnUs,
}

impl From<LanguageName> for Language {
    fn from(name: LanguageName) -> Self {
        match name {
            LanguageName::ZhCn => Self::ZhCn,
            LanguageName::EnUs => Self::EnUs,
        }
    }
}

pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds: f64| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "give a number of seconds above 0, such as 30 or 0.5".to_owned())
}
