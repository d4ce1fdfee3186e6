//! What C asks for, as the core's own types.

use scf_core::invocation::{self, Invocation};
use scf_core::region::Region;
use scf_core::request::{self, Settings, Signing};
use scf_core::tc3::{self, Signer};

use crate::check;
use crate::day_key;
use crate::problem::Problem;
use crate::status::Status;
use crate::types::{CLOSE, Credential, Request, Text, UNSIGNED_ACTION, UNSIGNED_PAYLOAD};

/// # Safety
/// The request's pointers stay valid until the call is finished.
#[inline(never)]
pub(super) unsafe fn settings(request: &Request) -> Result<Settings<'static>, Problem> {
    // SAFETY: the caller's promise is the same.
    let text = |text: Text| unsafe { check::optional::<'static>(text) };
    let region = Region::new(text(request.region)?.unwrap_or_default()).ok_or(Status::Region)?;
    let mut settings = Settings::new(region, text(request.host)?.unwrap_or_default());
    if let Some(path) = text(request.path)? {
        settings = settings.path(path);
    }
    if let Some(name) = text(request.request_client)? {
        settings = settings.request_client(name);
    }
    if let Some(id) = text(request.trace_id)? {
        settings = settings.trace_id(id);
    }
    settings = match request.language {
        0 => settings,
        1 => settings.language(request::Language::ZhCn),
        2 => settings.language(request::Language::EnUs),
        _ => return Err(Status::Choice.into()),
    };
    settings = match request.method {
        0 => settings.method(tc3::Method::Post),
        1 => settings.method(tc3::Method::Get),
        _ => return Err(Status::Choice.into()),
    };
    let flags = request.flags;
    if flags & !(UNSIGNED_ACTION | UNSIGNED_PAYLOAD | CLOSE) != 0 {
        return Err(Status::Choice.into());
    }
    let signing = Signing::Tc3 {
        action: flags & UNSIGNED_ACTION == 0,
        payload: flags & UNSIGNED_PAYLOAD == 0,
    };
    Ok(settings.signing(signing).keep_alive(flags & CLOSE == 0))
}

/// # Safety
/// The request's pointers stay valid until the call is finished.
#[inline(never)]
pub(super) unsafe fn invocation(request: &Request) -> Result<Invocation<'static>, Problem> {
    // SAFETY: the caller's promise is the same.
    let text = |text: Text| unsafe { check::optional::<'static>(text) };
    let mut invocation = Invocation::new(text(request.function_name)?.unwrap_or_default());
    invocation = match request.action {
        0 => invocation,
        1 => invocation.action(invocation::Action::InvokeFunction),
        _ => return Err(Status::Choice.into()),
    };
    invocation = match request.invocation_type {
        0 => invocation,
        1 => invocation.invocation_type(invocation::InvocationType::RequestResponse),
        2 => invocation.invocation_type(invocation::InvocationType::Event),
        _ => return Err(Status::Choice.into()),
    };
    invocation = match request.log_type {
        0 => invocation,
        1 => invocation.log_type(invocation::LogType::None),
        2 => invocation.log_type(invocation::LogType::Tail),
        _ => return Err(Status::Choice.into()),
    };
    if let Some(qualifier) = text(request.qualifier)? {
        invocation = invocation.qualifier(qualifier);
    }
    if let Some(namespace) = text(request.function_namespace)? {
        invocation = invocation.namespace(namespace);
    }
    if let Some(key) = text(request.routing_key)? {
        invocation = invocation.routing_key(key);
    }
    Ok(invocation)
}

/// # Safety
/// The credential's pointers stay valid until the call is finished.
#[inline(never)]
pub(super) unsafe fn signer(credential: &Credential) -> Result<Signer<'static>, Problem> {
    // SAFETY: the caller's promise is the same.
    let text = |text: Text| unsafe { check::optional::<'static>(text) };
    let id = text(credential.secret_id)?.unwrap_or_default();
    let kept = match credential.day_key.is_null() {
        true => None,
        // SAFETY: likewise.
        false => unsafe { day_key::get(credential.day_key, credential.day_key_size) }?.cloned(),
    };
    let mut signer = match (text(credential.secret_key)?, kept) {
        (None, Some(key)) => Signer::with_day_key(id, key)?,
        (Some(secret), Some(key)) => Signer::new(id, secret)?.remember(key),
        // Where nothing is given, it is the secret key that is missing.
        (secret, None) => Signer::new(id, secret.unwrap_or_default())?,
    };
    if let Some(token) = text(credential.token)? {
        signer = signer.token(token)?;
    }
    Ok(signer)
}
