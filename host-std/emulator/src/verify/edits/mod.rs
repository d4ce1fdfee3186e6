//! The mistakes that clients make in a TC3 signature, each as an edit of the
//! expected attempt.

mod head;
mod payload;
mod signing;

use super::tc3::Attempt;
use crate::request::HttpRequest;

/// What an edit changes. Two edits of the same part exclude each other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Method,
    Path,
    Query,
    ContentType,
    Host,
    Action,
    Layout,
    SignedHeaders,
    Payload,
    ToSign,
    Key,
}

/// The hint of an edit that is no mistake, but another accepted form. It is
/// there to be combined with mistakes.
pub(super) const ACCEPTED: &str = "";

pub(super) struct Edit {
    pub(super) part: Part,
    pub(super) hint: &'static str,
    pub(super) apply: Box<dyn Fn(&mut Attempt)>,
}

pub(super) fn edits(
    expected: &Attempt,
    request: &HttpRequest<'_>,
    hosts: &[String],
    signed_headers: &str,
    seconds: i64,
) -> Vec<Edit> {
    let mut list = Vec::new();
    head::edits(&mut list, request, hosts, signed_headers);
    payload::edits(&mut list, request);
    signing::to_sign(&mut list, expected);
    signing::key(&mut list, expected, seconds);
    list
}

fn add(
    list: &mut Vec<Edit>,
    part: Part,
    hint: &'static str,
    apply: impl Fn(&mut Attempt) + 'static,
) {
    list.push(Edit { part, hint, apply: Box::new(apply) });
}
