//! `tscf day-key`: a key for one day, to hand to a device or a page.

use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use scf_invoke::Error;
use scf_invoke::credential::ProvideCredentials;
use scf_invoke::scf_invoke_core::sign::day_key;
use scf_invoke::scf_invoke_core::wire::time::Day;

use crate::client::Search;
use crate::connection::Identity;
use crate::error::CommandError;
use crate::stderr::print_line;
use crate::stdout::print;

const AFTER_HELP: &str = "\
Examples:
  tscf day-key > key
  tscf invoke hello --day-key @key --region ap-guangzhou";

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct DayKey {
    /// The day on which it signs, in UTC [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) date: Option<String>,
    /// The service for which it signs
    #[arg(long, default_value = "scf")]
    pub(crate) service: String,
    #[command(flatten)]
    pub(crate) identity: Identity,
}

pub(crate) fn run(arguments: &DayKey) -> Result<(), CommandError> {
    let day = match &arguments.date {
        Some(date) => Day::parse(date).ok_or_else(|| {
            CommandError::Usage(format!("{date:?} is no date: give one such as 2026-01-31"))
        })?,
        None => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            now.ok()
                .and_then(|since| Day::of_timestamp(since.as_secs()))
                .ok_or_else(|| CommandError::Configuration("the clock is wrong: set it".into()))?
        }
    };
    let credentials = Search::new(&arguments.identity).provide().map_err(Error::from)?;
    let service = &arguments.service;
    let key = day_key::DayKey::derive(credentials.secret_key(), day, service);
    let mut text = vec![0; credentials.secret_id().len() + service.len() + 77];
    let exported = key.as_ref().and_then(|key| key.export(credentials.secret_id(), &mut text));
    let exported = exported.ok_or_else(|| {
        CommandError::Usage(format!(
            "{service:?} is no service: give 1 to 32 lowercase letters, digits and hyphens"
        ))
    })?;
    print(format!("{exported}\n").as_bytes()).map_err(CommandError::Output)?;
    if credentials.token().is_some() {
        print_line("tscf: these credentials are temporary: the key needs their token beside it");
    }
    Ok(())
}
