//! The ini files that the official tools share: `[profile]` and `name = value`.
//!
//! A file so small needs no dependency. An error gives the line's number and
//! never its text, which may be a secret.

use zeroize::Zeroizing;

/// One profile; the parts that are not there are `None`.
#[derive(Default)]
pub(super) struct Profile {
    pub(super) secret_id: Option<Zeroizing<String>>,
    pub(super) secret_key: Option<Zeroizing<String>>,
    pub(super) token: Option<Zeroizing<String>>,
    pub(super) credential_process: Option<Zeroizing<String>>,
    pub(super) region: Option<Zeroizing<String>>,
    pub(super) endpoint: Option<Zeroizing<String>>,
}

/// A line that is not understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub(super) line: usize,
    pub(super) reason: &'static str,
}

/// Returns the names of the profiles.
pub(super) fn profiles(text: &str) -> Vec<String> {
    let names = text.lines().filter_map(|line| {
        Some(without_comment(line).trim().strip_prefix('[')?.strip_suffix(']')?.trim().to_owned())
    });
    names.collect()
}

/// Reads one profile; `None` where the file has no section of that name.
///
/// The whole file is checked, so that a slip in another profile is not found
/// out only on the day that profile is needed.
pub(super) fn read(text: &str, profile: &str) -> Result<Option<Profile>, SyntaxError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut found: Option<Profile> = None;
    let mut in_section = false;
    let mut in_profile = false;
    // A carriage return before the line feed goes with the white space.
    for (index, line) in text.split('\n').enumerate() {
        let fail = |reason| SyntaxError { line: index + 1, reason };
        let line = without_comment(line).trim();
        if line.is_empty() {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            let name = rest
                .strip_suffix(']')
                .ok_or_else(|| fail("a section must be written as [name]"))?
                .trim();
            in_section = true;
            in_profile = name == profile;
            if in_profile {
                found.get_or_insert_default();
            }
            continue;
        }
        let (name, value) = line
            .split_once('=')
            .ok_or_else(|| fail("expected [section], name = value, or a comment after # or ;"))?;
        if !in_section {
            return Err(fail("a value stands before the first section: put [default] above it"));
        }
        let Some(current) = found.as_mut().filter(|_| in_profile) else {
            continue;
        };
        let slot = match name.trim() {
            "secret_id" => &mut current.secret_id,
            "secret_key" => &mut current.secret_key,
            "token" => &mut current.token,
            "credential_process" => &mut current.credential_process,
            "region" => &mut current.region,
            "endpoint" => &mut current.endpoint,
            // Whatever else other tools keep there.
            _ => continue,
        };
        if slot.is_some() {
            return Err(fail("this name was already set in the same profile: keep one of them"));
        }
        let value = unquoted(value.trim());
        // An empty value is as good as none.
        if !value.is_empty() {
            *slot = Some(Zeroizing::new(value.to_owned()));
        }
    }
    Ok(found)
}

/// Removes a comment, which begins at a `#` or `;` that stands first or after white space.
fn without_comment(line: &str) -> &str {
    let mut after_space = true;
    for (at, c) in line.char_indices() {
        if after_space && matches!(c, '#' | ';') {
            return &line[..at];
        }
        after_space = c.is_whitespace();
    }
    line
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote)) {
            return inner;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails_at(text: &str) -> usize {
        read(text, "default").err().unwrap().line
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        assert_eq!(fails_at("[default]\r\n\r\nnonsense\r\n"), 3);
        assert_eq!(fails_at("[default]\n\nnonsense\n"), 3);
        assert_eq!(fails_at("\u{feff}[default"), 1);
    }

    #[test]
    fn a_comment_needs_white_space_before_it() {
        let text = "[default]\nsecret_id = a;b#c ; said\nsecret_key=k # said\n;x\n  # y";
        let profile = read(text, "default").unwrap().unwrap();
        assert_eq!(profile.secret_id.unwrap().as_str(), "a;b#c");
        assert_eq!(profile.secret_key.unwrap().as_str(), "k");
    }

    #[test]
    fn a_value_may_hold_an_equals_sign_and_stand_in_quotes() {
        let text = "[default]\ntoken = \"abc==\"\nsecret_id='i'\nsecret_key=\"";
        let profile = read(text, "default").unwrap().unwrap();
        assert_eq!(profile.token.unwrap().as_str(), "abc==");
        assert_eq!(profile.secret_id.unwrap().as_str(), "i");
        assert_eq!(profile.secret_key.unwrap().as_str(), "\"");
    }

    #[test]
    fn a_name_set_twice_is_an_error_in_the_profile_read() {
        let text = "[a]\nsecret_id=1\nsecret_id=2\n[b]\nsecret_id=3";
        assert_eq!(read(text, "a").err().unwrap().line, 3);
        assert!(read(text, "b").is_ok());
    }
}
