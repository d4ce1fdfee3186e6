//! The error codes: the list is complete, and each has its rule.

use scf_invoke_core::attempt::Retry;
use scf_invoke_core::reply::error_code::ErrorCode;
use scf_invoke_core::reply::function_status::{self, status_meaning};

/// Every documented code; `?` where the function may have run, `+` where
/// waiting can help, `@` where the clock is wrong, `!` where the credentials have ended.
const CODES: &str = "
    FailedOperation.FunctionStatusError + FailedOperation.InvokeFunction ?
    InternalError ? InternalError.System ? InvalidParameter.FunctionName InvalidParameterValue
    InvalidParameterValue.Param ResourceNotFound.Function ResourceNotFound.FunctionName
    ResourceUnavailable.InsufficientBalance UnauthorizedOperation.CAM
    InvalidParameter.RequestTooLarge InvalidParameterValue.ClientContext
    InvalidParameterValue.FunctionType LimitExceeded.Quota ResourceNotFound.Qualifier
    ResourceUnavailable.ServiceSuspended ActionOffline AuthFailure.InvalidAuthorization
    AuthFailure.InvalidSecretId AuthFailure.MFAFailure AuthFailure.SecretIdNotFound !
    AuthFailure.SignatureExpire @ AuthFailure.SignatureFailure AuthFailure.TokenFailure !
    AuthFailure.UnauthorizedOperation DryRunOperation FailedOperation ? InvalidAction
    InvalidParameter InvalidRequest IpInBlacklist IpNotInWhitelist LimitExceeded MissingParameter
    NoSuchProduct NoSuchVersion RequestLimitExceeded +
    RequestLimitExceeded.GlobalRegionUinLimitExceeded + RequestLimitExceeded.IPLimitExceeded +
    RequestLimitExceeded.UinLimitExceeded + RequestSizeLimitExceeded ResourceInUse +
    ResourceInsufficient + ResourceNotFound ResourceUnavailable ? ResponseSizeLimitExceeded ?
    ServiceUnavailable ? UnauthorizedOperation UnknownParameter UnsupportedOperation
    UnsupportedProtocol UnsupportedRegion
";

fn codes() -> Vec<(&'static str, &'static str)> {
    let mut codes: Vec<(&str, &str)> = Vec::new();
    for word in CODES.split_whitespace() {
        match word {
            "?" | "+" | "@" | "!" => codes.last_mut().unwrap().1 = word,
            _ => codes.push((word, "")),
        }
    }
    codes
}

#[test]
fn every_code_is_known_and_has_its_rule() {
    assert_eq!(codes().len(), 53);
    // A few under Miri, where comparing texts is slow.
    for (text, mark) in codes().into_iter().step_by(if cfg!(miri) { 9 } else { 1 }) {
        let code = ErrorCode::parse(text);
        assert_ne!(code, ErrorCode::Unknown, "{text}");
        assert_eq!(code.as_str(), text);
        assert_eq!(code.to_string(), text);
        assert_eq!(ErrorCode::may_have_run(text), mark == "?", "{text}");
        let retry = match mark {
            "+" => Retry::AfterBackoff,
            "@" => Retry::AfterClockCorrection,
            "!" => Retry::AfterNewCredentials,
            _ => Retry::Never,
        };
        assert_eq!(ErrorCode::retry(text), retry, "{text}");
        assert!(ErrorCode::advice(text).ends_with('.'), "{text}");
    }
}

#[test]
fn unknown_codes_go_by_their_family() {
    for (text, ran, retry) in [
        ("AuthFailure.New", false, Retry::Never),
        ("RequestLimitExceeded.New", false, Retry::AfterBackoff),
        ("ResourceNotFound.New.Deep", false, Retry::Never),
        ("InternalError.New", true, Retry::Never),
        ("New", true, Retry::Never),
        ("New.Function", true, Retry::Never),
        ("", true, Retry::Never),
        (".", true, Retry::Never),
        (".Function", true, Retry::Never),
        ("AuthFailur", true, Retry::Never),
        ("authfailure.SignatureExpire", true, Retry::Never),
        ("AuthFailure.SignatureExpired", false, Retry::Never),
    ] {
        assert_eq!(ErrorCode::parse(text), ErrorCode::Unknown, "{text}");
        assert_eq!((ErrorCode::may_have_run(text), ErrorCode::retry(text)), (ran, retry), "{text}");
        assert!(!ErrorCode::advice(text).is_empty());
    }
    assert_eq!(ErrorCode::Unknown.as_str(), "");
    assert_eq!(ErrorCode::parse("AuthFailure\nX"), ErrorCode::Unknown);
}

#[test]
fn every_code_and_status_of_the_lists_is_known() {
    assert!(ErrorCode::texts().all(|text| ErrorCode::parse(text) != ErrorCode::Unknown));
    assert!(ErrorCode::texts().any(|text| text == "ResourceNotFound.Function"));
    assert!(function_status::statuses().all(|status| status_meaning(status.into()).is_some()));
    assert!(function_status::statuses().any(|status| status == 433));
}
