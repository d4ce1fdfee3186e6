//! Credentials from the output of a program.

use std::io::Read;
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use super::temporary::{self, TemporaryKeys};
use super::{CredentialError, Credentials, Source};

/// More than any credentials take.
const MAX_OUTPUT: u64 = 64 * 1024;

/// Runs the program of `command`, which prints credentials as JSON.
///
/// There is no time limit: it may have to ask somebody for a code. Its
/// standard error is this program's own.
pub(super) fn run(command: &str) -> Result<Credentials, CredentialError> {
    let words = words(command);
    let Some((program, arguments)) = words.split_first() else {
        return Err(failed(command, "has no closing quote".into()));
    };
    let cannot = |error: std::io::Error| failed(program, format!("cannot be run: {error}"));
    let mut child =
        Command::new(program).args(arguments).stdout(Stdio::piped()).spawn().map_err(cannot)?;
    let mut output = Zeroizing::new(Vec::with_capacity(MAX_OUTPUT as usize));
    let read = match child.stdout.take() {
        Some(stdout) => stdout.take(MAX_OUTPUT).read_to_end(&mut output),
        None => Ok(0),
    };
    let status = child.wait().map_err(cannot)?;
    read.map_err(cannot)?;
    if !status.success() {
        return Err(failed(program, format!("failed ({status}): run it by hand to see why")));
    }
    let place = format!("the output of {program}");
    let keys: TemporaryKeys = temporary::parse(&place, &output)?;
    keys.credentials(Source::Process { program: program.clone() }, None)
}

fn failed(program: &str, reason: String) -> CredentialError {
    CredentialError::Process { program: program.to_owned(), reason }
}

/// Splits a command line at white space outside of double quotes; empty where
/// a quote is not closed. No shell reads it, so a path needs no escapes.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut any) = (vec![], String::new(), false, false);
    for c in command.chars() {
        match c {
            '"' => (quoted, any) = (!quoted, true),
            c if c.is_whitespace() && !quoted => {
                if any {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => {
                word.push(c);
                any = true;
            }
        }
    }
    if any {
        words.push(word);
    }
    if quoted { vec![] } else { words }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_command_line_is_split_outside_of_quotes() {
        assert_eq!(
            words(r#" "C:\My Tools\get.exe"  --for "a b" """#),
            [r"C:\My Tools\get.exe", "--for", "a b", ""]
        );
        assert!(words(r#"get "open"#).is_empty());
    }
}
