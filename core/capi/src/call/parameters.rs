//! C's request and credential as the core's own types.

use core::mem::offset_of;

use scf_invoke_core::request::invocation::{self, Invocation, InvocationType, LogType};
use scf_invoke_core::request::region::Region;
use scf_invoke_core::request::{self, Settings, Signing};
use scf_invoke_core::sign::credential::CredentialError;
#[cfg(feature = "get")]
use scf_invoke_core::sign::tc3::Method;
use scf_invoke_core::sign::tc3::Signer;

use crate::check::{self, known};
use crate::day_key;
use crate::status::Status;
use crate::types::{CLOSE, Credential, Request, Text, UNSIGNED_ACTION, UNSIGNED_PAYLOAD};

// Both structs begin with all their texts, which therefore are checked as rows.
pub(super) const REQUEST_TEXTS: usize = 10;
pub(super) const CREDENTIAL_TEXTS: usize = 3;
const _: () = assert!(offset_of!(Request, source) == REQUEST_TEXTS * size_of::<Text>());
const _: () = assert!(offset_of!(Credential, day_key) == CREDENTIAL_TEXTS * size_of::<Text>());

/// Checks whatever of a request can be checked without knowing the API.
///
/// # Safety
/// `request` can be read, and for each of its texts the promise of
/// [`check::bytes`] holds.
pub(super) unsafe fn check(request: *const Request) -> Result<(), Status> {
    // SAFETY: the caller's promise is the same, and the request begins with so
    // many texts.
    let request = unsafe {
        check::texts(request.cast(), REQUEST_TEXTS)?;
        &*request
    };
    let beyond = |choice: i32, last: u32| choice as u32 > last;
    // Without branches, for all of them are right nearly always.
    let wrong = beyond(request.action, 1)
        | beyond(request.invocation_type, 2)
        | beyond(request.log_type, 2)
        | beyond(request.language, 2)
        | beyond(request.method, cfg!(feature = "get").into())
        | (request.flags & !(UNSIGNED_ACTION | UNSIGNED_PAYLOAD | CLOSE) != 0);
    if wrong { Err(Status::Choice) } else { Ok(()) }
}

/// # Safety
/// [`check`] had no objection, and the request's pointers stay valid until the
/// call is finished.
pub(super) unsafe fn settings(request: &Request) -> Option<Settings<'static>> {
    // SAFETY: the caller's promise is the same.
    let text = |text: Text| unsafe { known::<'static>(text) };
    let region = Region::new(text(request.region).unwrap_or_default())?;
    let mut settings = Settings::new(region, text(request.host).unwrap_or_default());
    if let Some(path) = text(request.path) {
        settings = settings.path(path);
    }
    if let Some(name) = text(request.request_client) {
        settings = settings.request_client(name);
    }
    if let Some(id) = text(request.trace_id) {
        settings = settings.trace_id(id);
    }
    if request.language != 0 {
        settings = settings.language(match request.language {
            1 => request::Language::ZhCn,
            _ => request::Language::EnUs,
        });
    }
    #[cfg(feature = "get")]
    if request.method != 0 {
        settings = settings.method(Method::Get);
    }
    let set = |flag| request.flags & flag != 0;
    let signing = Signing::Tc3 { action: !set(UNSIGNED_ACTION), payload: !set(UNSIGNED_PAYLOAD) };
    Some(settings.signing(signing).keep_alive(!set(CLOSE)))
}

/// # Safety
/// As for [`settings`].
pub(super) unsafe fn invocation(request: &Request) -> Invocation<'static> {
    // SAFETY: the caller's promise is the same.
    let text = |text: Text| unsafe { known::<'static>(text) };
    let mut invocation = Invocation::new(text(request.function_name).unwrap_or_default());
    if request.action != 0 {
        invocation = invocation.action(invocation::Action::InvokeFunction);
    }
    // Each is called once, for the compiler to see what it changes.
    if request.invocation_type != 0 {
        invocation = invocation.invocation_type(match request.invocation_type {
            1 => InvocationType::RequestResponse,
            _ => InvocationType::Event,
        });
    }
    if request.log_type != 0 {
        invocation = invocation.log_type(match request.log_type {
            1 => LogType::None,
            _ => LogType::Tail,
        });
    }
    if let Some(qualifier) = text(request.qualifier) {
        invocation = invocation.qualifier(qualifier);
    }
    if let Some(namespace) = text(request.function_namespace) {
        invocation = invocation.namespace(namespace);
    }
    if let Some(key) = text(request.routing_key) {
        invocation = invocation.routing_key(key);
    }
    invocation
}

/// Checks that a credential's texts are UTF-8; the rest is the signer's.
///
/// # Safety
/// As for [`check`].
pub(super) unsafe fn check_credential(credential: *const Credential) -> Result<(), Status> {
    // SAFETY: the caller's promise is the same, and the credential begins with
    // so many texts.
    unsafe { check::texts(credential.cast(), CREDENTIAL_TEXTS) }
}

/// # Safety
/// [`check_credential`] had no objection, and the credential's pointers stay
/// valid until the call is finished.
pub(super) unsafe fn signer(credential: &Credential) -> Result<Signer<'static>, CredentialError> {
    // SAFETY: the caller's promise is the same.
    let text = |text: Text| unsafe { known::<'static>(text) };
    // SAFETY: likewise.
    let kept = unsafe { day_key::get(credential.day_key) };
    Signer::from_parts(
        text(credential.secret_id).unwrap_or_default(),
        text(credential.secret_key),
        text(credential.token),
        kept.cloned(),
    )
}
