//! `.env` files: variables that are not in the configuration.

use std::path::Path;

use super::{Config, RESERVED, failed, read_file};
use crate::error::ApiError;

const ENV_FILE: &str = ".env";

impl Config {
    /// Adds the variables of a folder's `.env`. Those that the cloud reserves are for whoever
    /// deploys, and stay out.
    pub(super) fn read_env_file(&mut self, dir: &Path) -> Result<(), ApiError> {
        let path = dir.join(ENV_FILE);
        let Some(text) = read_file(&path)? else {
            return Ok(());
        };
        for pair in dotenvy::from_read_iter(text.as_bytes()) {
            let (name, value) = pair.map_err(|error| {
                let what = line_of(&text, &error).map_or_else(
                    || error.to_string(),
                    |line| format!("line {line} is not NAME=VALUE, with quotes that are closed"),
                );
                failed(format!("{}: {what}", path.display()))
            })?;
            if !RESERVED.iter().any(|prefix| name.starts_with(prefix)) {
                self.environment.entry(name).or_insert(value);
            }
        }
        Ok(())
    }
}

/// Returns the number of the line that cannot be read. Its text, which may be a secret, stays out
/// of messages.
fn line_of(text: &str, error: &dotenvy::Error) -> Option<usize> {
    let dotenvy::Error::LineParse(wrong, _) = error else { return None };
    let begin = text.find(wrong.as_str())?;
    Some(text[..begin].lines().count() + 1)
}
