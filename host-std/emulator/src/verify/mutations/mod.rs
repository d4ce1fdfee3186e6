//! The mistakes that clients make in a TC3 signature, each as a mutation of the
//! expected attempt.

mod head;
mod payload;
mod signing;

use super::attempt::Attempt;
use crate::request::HttpRequest;

/// The part that a mutation changes. Two mutations of the same part exclude each other.
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

/// The hint of a mutation that is no mistake, but another accepted form. It is
/// there to be combined with mistakes.
pub(super) const ACCEPTED: &str = "";

pub(super) struct Mutation {
    pub(super) part: Part,
    pub(super) hint: &'static str,
    pub(super) apply: Box<dyn Fn(&mut Attempt<'_>)>,
}

pub(super) fn mutations(
    expected: &Attempt<'_>,
    request: &HttpRequest<'_>,
    hosts: &[String],
    signed_headers: &str,
    seconds: i64,
) -> Vec<Mutation> {
    let mut list = Vec::new();
    head::mutations(&mut list, request, hosts, signed_headers);
    payload::mutations(&mut list, request);
    signing::to_sign(&mut list, expected);
    signing::key(&mut list, expected, seconds);
    list
}

fn add(
    list: &mut Vec<Mutation>,
    part: Part,
    hint: &'static str,
    apply: impl Fn(&mut Attempt<'_>) + 'static,
) {
    list.push(Mutation { part, hint, apply: Box::new(apply) });
}
