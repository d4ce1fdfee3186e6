//! Checks of a credential, made before anything is signed with it.

use core::fmt;

use crate::wire::ascii;

/// A part of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Part {
    /// The public identifier, `AKID…`.
    SecretId,
    /// The secret key.
    SecretKey,
    /// The token of temporary credentials.
    Token,
}

impl Part {
    /// Returns the part's name in a sentence.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecretId => "secret id",
            Self::SecretKey => "secret key",
            Self::Token => "token",
        }
    }
}

/// A part of a credential that cannot be right; it is named, never shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CredentialError {
    /// The part is empty.
    Empty(Part),
    /// The part has a space, a line break, another control character or a
    /// byte beyond ASCII, as after careless copying.
    Character(Part),
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (part, problem) = match self {
            Self::Empty(part) => (part, " is empty"),
            Self::Character(part) => (
                part,
                " has a space, a line break or another character that no credential has: \
                 copy it again",
            ),
        };
        f.write_str("the ")?;
        f.write_str(part.as_str())?;
        f.write_str(problem)
    }
}

impl core::error::Error for CredentialError {}

/// Refuses what could only produce a wrong signature or a broken header, as
/// signers do by themselves.
pub fn check(part: Part, text: &str) -> Result<(), CredentialError> {
    if text.is_empty() {
        Err(CredentialError::Empty(part))
    } else if ascii::is_graphic(text) {
        Ok(())
    } else {
        Err(CredentialError::Character(part))
    }
}
