//! The report of a search for credentials.

use std::fmt;

use super::{CredentialError, Credentials};

/// A search for credentials, place by place; made by
/// [`Finder::search`](super::Finder::search).
///
/// ```
/// use scf_invoke::credential::Finder;
///
/// let search = Finder::new(|_| None).search();
/// for place in &search.places {
///     println!("{place}");
/// }
/// assert!(search.result.is_err());
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Search {
    /// Every place that was looked at, in order. Places after the one that
    /// decided are not among them.
    pub places: Vec<Place>,
    /// The credentials, or the reason why there are none.
    pub result: Result<Credentials, CredentialError>,
}

/// A place that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The place, such as a file or the names of variables.
    pub name: String,
    /// The finding there.
    pub finding: Finding,
}

/// The result of looking at a [`Place`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// Credentials, which are used.
    Credentials,
    /// Nothing to use, for this reason.
    PassedOver(String),
    /// Something that is wrong, for this reason. It ends the search.
    Wrong(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name)?;
        match &self.finding {
            Finding::Credentials => f.write_str("found"),
            Finding::PassedOver(reason) | Finding::Wrong(reason) => f.write_str(reason),
        }
    }
}

/// The credentials of a place, or the reason why there are none.
pub(super) type Look = Result<Result<Credentials, String>, CredentialError>;

/// The places looked at so far.
pub(super) struct Places<'p>(pub(super) &'p mut Vec<Place>);

impl Places<'_> {
    /// Looks at one more.
    pub(super) fn look(
        &mut self,
        name: &str,
        look: impl FnOnce() -> Look,
    ) -> Result<Option<Credentials>, CredentialError> {
        let looked = look();
        let finding = match &looked {
            Ok(Ok(_)) => Finding::Credentials,
            Ok(Err(reason)) => Finding::PassedOver(reason.clone()),
            Err(error) => Finding::Wrong(error.to_string()),
        };
        self.0.push(Place { name: name.to_owned(), finding });
        looked.map(Result::ok)
    }

    pub(super) fn pass_over(&mut self, name: &str, reason: &str) {
        let finding = Finding::PassedOver(reason.to_owned());
        self.0.push(Place { name: name.to_owned(), finding });
    }
}
