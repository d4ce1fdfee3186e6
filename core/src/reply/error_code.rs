//! The error codes of the API: what each means for the call that it answers.

use core::fmt;

use crate::attempt::Delivery;
use crate::wire::lines::{self, lines};

/// The change that could make another attempt succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Retry {
    /// Nothing, or trying again could run the function twice.
    Never,
    /// Time: the request was surely not executed, and the cause may pass.
    AfterBackoff,
    /// The right time of day: the request was refused because the clock is
    /// wrong, and the response says what time it is.
    AfterClockCorrection,
    /// Other credentials: the request was refused because a temporary token or
    /// key has ended.
    AfterNewCredentials,
}

macro_rules! codes {
    (
        ruled { $($text:literal $name:ident $ran:ident $retry:ident $advice:ident,)* }
        inheriting { $($itext:literal $iname:ident $iran:ident $iretry:ident $iadvice:ident,)* }
    ) => {
        /// An error code of the `Invoke` API.
        ///
        /// The service adds codes over time, so keep the text as well:
        /// [`parse`](Self::parse) gives `Unknown` for what it does not know.
        /// The associated functions take the text, and take an unknown code
        /// by its family, the text before the first dot.
        ///
        /// ```
        /// use scf_invoke_core::{attempt::Retry, reply::error_code::ErrorCode};
        ///
        /// let code = ErrorCode::parse("ResourceNotFound.Function");
        /// assert_eq!(code, ErrorCode::ResourceNotFoundFunction);
        /// assert!(!ErrorCode::may_have_run("ResourceNotFound.Function"));
        /// assert_eq!(ErrorCode::retry("RequestLimitExceeded.New"), Retry::AfterBackoff);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(#[doc = concat!("`", $text, "`")] $name,)*
            $(#[doc = concat!("`", $itext, "`")] $iname,)*
            /// A code that is not in this list.
            Unknown,
        }

        // Tables in the order of the variants, so that an image carries only
        // those that it uses.
        const ADVICE: &[Advice] = &[$(Advice::$advice,)* $(Advice::$iadvice,)*];
        const TEXTS: [&str; COUNT] = [$($text,)* $($itext,)*];
        const SORTS: [u8; COUNT] = [
            $(sort(Ran::$ran, Retry::$retry),)* $(sort(Ran::$iran, Retry::$iretry),)*
        ];
        const RULED: usize = [$($text),*].len();

        impl ErrorCode {
            /// Returns the code at this place of the tables. Compilers see that
            /// there is nothing to look up.
            fn at(place: usize) -> Self {
                match place {
                    $(_ if place == Self::$name as usize => Self::$name,)*
                    $(_ if place == Self::$iname as usize => Self::$iname,)*
                    _ => Self::Unknown,
                }
            }
        }
    };
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ran {
    No,
    Maybe,
}

macro_rules! advice {
    ($($name:ident = $text:literal),* $(,)?) => {
        #[derive(Clone, Copy)]
        enum Advice {
            $($name),*
        }

        /// In the same order, a line each.
        const ADVICE_TEXTS: &str = lines!(concat!($($text, "\n"),*));
    };
}

advice! {
    Action = "Check endpoint, action, version and HTTP method.",
    Authorise = "Give this key the right to invoke the function in access management (CAM).",
    Backoff = "Send fewer requests, and wait longer after each refusal.",
    Balance = "Top up the account.",
    Clock = "Set the clock: it differs from the server's by over five minutes.",
    Deploying = "Wait until the function is deployed.",
    DryRun = "Leave out the dry-run parameter to run the function.",
    Event = "Give an event that is well-formed JSON and that the function takes.",
    Key = "Check secret id and secret key, and that nothing changes the request on its way.",
    Limits = "Wait until resources are free, or raise the function's limits.",
    Maybe = "The function may have run: find out before calling again.",
    Mfa = "Pass the multi-factor check, or use a key that needs none.",
    Name = "Check function name, namespace and region.",
    Parameter = "Correct the parameter that the message names.",
    Qualifier = "Check the qualifier: no such version or alias.",
    Quota = "Free some of the quota, or ask for more.",
    Region = "Choose a region that the service is in.",
    Secret = "Check the secret id: it does not exist, is disabled or of the wrong kind.",
    Size = "Make the request smaller: 6 MB is the limit, 128 KB for an Event call.",
    Source = "Call from an address that the account allows.",
    Suspended = "Resume the service in the console.",
    Token = "Get a new temporary token: this one is wrong or has expired.",
    Type = "Choose a function of the type that this action calls.",
    ResponseSize = "Make the function answer less; it has run.",
}

// A family stands before its members. "Maybe" where the service may have
// passed the call on before it failed: repeating could run the function twice.
codes! {
    // The codes that have a rule of their own, and the families of such members.
    ruled {
        "ActionOffline" ActionOffline No Never Action,
        "AuthFailure" AuthFailure No Never Key,
        "AuthFailure.SecretIdNotFound" AuthFailureSecretIdNotFound No AfterNewCredentials Secret,
        "AuthFailure.SignatureExpire" AuthFailureSignatureExpire No AfterClockCorrection Clock,
        "AuthFailure.TokenFailure" AuthFailureTokenFailure No AfterNewCredentials Token,
        "DryRunOperation" DryRunOperation No Never DryRun,
        "FailedOperation" FailedOperation Maybe Never Maybe,
        "FailedOperation.FunctionStatusError" FailedOperationFunctionStatusError No AfterBackoff Deploying,
        "InvalidAction" InvalidAction No Never Action,
        "InvalidParameter" InvalidParameter No Never Parameter,
        "InvalidParameterValue" InvalidParameterValue No Never Parameter,
        "InvalidRequest" InvalidRequest No Never Parameter,
        "IpInBlacklist" IpInBlacklist No Never Source,
        "IpNotInWhitelist" IpNotInWhitelist No Never Source,
        "LimitExceeded" LimitExceeded No Never Quota,
        "MissingParameter" MissingParameter No Never Parameter,
        "NoSuchProduct" NoSuchProduct No Never Action,
        "NoSuchVersion" NoSuchVersion No Never Action,
        "RequestLimitExceeded" RequestLimitExceeded No AfterBackoff Backoff,
        "RequestSizeLimitExceeded" RequestSizeLimitExceeded No Never Size,
        "ResourceInUse" ResourceInUse No AfterBackoff Limits,
        "ResourceInsufficient" ResourceInsufficient No AfterBackoff Limits,
        "ResourceNotFound" ResourceNotFound No Never Name,
        "ResourceUnavailable" ResourceUnavailable Maybe Never Maybe,
        "ResourceUnavailable.InsufficientBalance" ResourceUnavailableInsufficientBalance No Never Balance,
        "ResourceUnavailable.ServiceSuspended" ResourceUnavailableServiceSuspended No Never Suspended,
        "UnauthorizedOperation" UnauthorizedOperation No Never Authorise,
        "UnknownParameter" UnknownParameter No Never Parameter,
        "UnsupportedOperation" UnsupportedOperation No Never Action,
        "UnsupportedProtocol" UnsupportedProtocol No Never Action,
        "UnsupportedRegion" UnsupportedRegion No Never Region,
    }
    // The codes that go by the rule of their family or, being one, by that of codes
    // which are not known: an image that only judges has none of them.
    inheriting {
        "AuthFailure.InvalidAuthorization" AuthFailureInvalidAuthorization No Never Key,
        "AuthFailure.InvalidSecretId" AuthFailureInvalidSecretId No Never Secret,
        "AuthFailure.MFAFailure" AuthFailureMfaFailure No Never Mfa,
        "AuthFailure.SignatureFailure" AuthFailureSignatureFailure No Never Key,
        "AuthFailure.UnauthorizedOperation" AuthFailureUnauthorizedOperation No Never Authorise,
        "FailedOperation.InvokeFunction" FailedOperationInvokeFunction Maybe Never Maybe,
        "InternalError" InternalError Maybe Never Maybe,
        "InternalError.System" InternalErrorSystem Maybe Never Maybe,
        "InvalidParameter.FunctionName" InvalidParameterFunctionName No Never Name,
        "InvalidParameter.RequestTooLarge" InvalidParameterRequestTooLarge No Never Size,
        "InvalidParameterValue.ClientContext" InvalidParameterValueClientContext No Never Event,
        "InvalidParameterValue.FunctionType" InvalidParameterValueFunctionType No Never Type,
        "InvalidParameterValue.Param" InvalidParameterValueParam No Never Event,
        "LimitExceeded.Quota" LimitExceededQuota No Never Quota,
        "RequestLimitExceeded.GlobalRegionUinLimitExceeded" RequestLimitExceededGlobalRegionUinLimitExceeded No AfterBackoff Backoff,
        "RequestLimitExceeded.IPLimitExceeded" RequestLimitExceededIpLimitExceeded No AfterBackoff Backoff,
        "RequestLimitExceeded.UinLimitExceeded" RequestLimitExceededUinLimitExceeded No AfterBackoff Backoff,
        "ResourceNotFound.Function" ResourceNotFoundFunction No Never Name,
        "ResourceNotFound.FunctionName" ResourceNotFoundFunctionName No Never Name,
        "ResourceNotFound.Qualifier" ResourceNotFoundQualifier No Never Qualifier,
        "ResponseSizeLimitExceeded" ResponseSizeLimitExceeded Maybe Never ResponseSize,
        "ServiceUnavailable" ServiceUnavailable Maybe Never Maybe,
        "UnauthorizedOperation.CAM" UnauthorizedOperationCam No Never Authorise,
    }
}

/// The number of codes that are known.
const COUNT: usize = ErrorCode::Unknown as usize;

/// The codes by their hashes alone, for the texts take over a kilobyte. Of the
/// codes that are not listed, one in a hundred million is taken for one that is.
const RULED_HASHES: &[u32; RULED] = &hashes(0);
const INHERITING_HASHES: &[u32; COUNT - RULED] = &hashes(RULED);

/// The rules of the first, in the same order.
const RULED_SORTS: &[u8; RULED] = &{
    let mut sorts = [0; RULED];
    let mut place = 0;
    while place < RULED {
        sorts[place] = SORTS[place];
        place += 1;
    }
    sorts
};

const fn hashes<const N: usize>(start: usize) -> [u32; N] {
    let mut hashes = [0; N];
    let mut place = 0;
    while place < N {
        hashes[place] = hash(TEXTS[start + place], TEXTS[start + place].len());
        place += 1;
    }
    hashes
}

// No two codes have the same hash, and those that inherit a rule have that rule.
const _: () = {
    let mut place = 0;
    while place < COUNT {
        let text = TEXTS[place];
        let mut end = 0;
        while end < text.len() && text.as_bytes()[end] != b'.' {
            end += 1;
        }
        let mut inherited = 0;
        let mut other = 0;
        while other < place {
            assert!(hash(TEXTS[other], TEXTS[other].len()) != hash(text, text.len()));
            if end < text.len() && TEXTS[other].len() == end {
                let is_family = hash(TEXTS[other], end) == hash(text, end);
                inherited = if is_family { SORTS[other] } else { inherited };
            }
            other += 1;
        }
        assert!(place < RULED || SORTS[place] == inherited);
        place += 1;
    }
};

/// Returns the hash of the first bytes of a text.
const fn hash(text: &str, length: usize) -> u32 {
    let mut hash = NOTHING;
    let mut at = 0;
    while at < length {
        hash = hash_with(hash, text.as_bytes()[at]);
        at += 1;
    }
    hash
}

/// The hash of no bytes, and of one byte more: FNV-1a.
const NOTHING: u32 = 0x811c_9dc5;
const fn hash_with(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as u32).wrapping_mul(0x0100_0193)
}

/// Returns where a table has the code.
#[inline(never)]
fn find_in(hashes: &[u32], text: &[u8]) -> Option<usize> {
    let hash = text.iter().fold(NOTHING, |hash, &byte| hash_with(hash, byte));
    hashes.iter().position(|&each| each == hash)
}

/// Returns where both tables have the code.
fn find(text: &[u8]) -> Option<usize> {
    find_in(RULED_HASHES, text)
        .or_else(|| find_in(INHERITING_HASHES, text).map(|place| place.wrapping_add(RULED)))
}

/// Returns the family of a code: what stands before the first dot.
fn family(text: &[u8]) -> Option<&[u8]> {
    text.get(..text.iter().position(|&byte| byte == b'.')?)
}

type Rule = (Ran, Retry);

/// The rules, by the number that stands for each; the first holds for codes of
/// an unknown family.
const RULES: [Rule; 5] = [
    (Ran::Maybe, Retry::Never),
    (Ran::No, Retry::Never),
    (Ran::No, Retry::AfterBackoff),
    (Ran::No, Retry::AfterClockCorrection),
    (Ran::No, Retry::AfterNewCredentials),
];

const fn sort(ran: Ran, retry: Retry) -> u8 {
    let mut sort = 0;
    while RULES[sort].0 as u8 != ran as u8 || RULES[sort].1 as u8 != retry as u8 {
        sort += 1;
    }
    sort as u8
}

/// Returns the rule of the code or, where it has none of its own, of its
/// family.
#[inline(never)]
fn rule(text: &[u8]) -> Rule {
    let place = find_in(RULED_HASHES, text).or_else(|| find_in(RULED_HASHES, family(text)?));
    let sort = place.and_then(|place| RULED_SORTS.get(place)).copied().unwrap_or_default();
    RULES.get(usize::from(sort)).copied().unwrap_or(RULES[0])
}

/// Returns how far a request got that was answered with this code alone, and
/// what could make another try succeed.
pub(crate) fn judge(text: &[u8]) -> (Delivery, Retry) {
    match rule(text) {
        (Ran::Maybe, retry) => (Delivery::Unknown, retry),
        (Ran::No, retry) => (Delivery::Refused, retry),
    }
}

impl ErrorCode {
    /// Returns the code of this text, compared exactly, or `Unknown`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::of(text.as_bytes())
    }

    /// Returns the code of a text in bytes.
    pub(crate) fn of(text: &[u8]) -> Self {
        find(text).map_or(Self::Unknown, Self::at)
    }

    /// Returns all codes that are known, as the API writes them: a family
    /// before its members.
    pub fn texts() -> impl Iterator<Item = &'static str> {
        TEXTS.iter().copied()
    }

    /// Returns the text as the API writes it, empty for `Unknown`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        TEXTS.get(self as usize).copied().unwrap_or_default()
    }

    /// Returns whether the function may have run although this code came back. `false`
    /// where the call was refused before; an unknown family may have run.
    #[must_use]
    pub fn may_have_run(text: &str) -> bool {
        rule(text.as_bytes()).0 == Ran::Maybe
    }

    /// Returns whether the call can be repeated by itself. Never where the function
    /// may have run.
    #[must_use]
    pub fn retry(text: &str) -> Retry {
        rule(text.as_bytes()).1
    }

    /// Returns what the user can do, in one sentence.
    #[must_use]
    pub fn advice(text: &str) -> &'static str {
        let text = text.as_bytes();
        let place = find(text).or_else(|| find(family(text)?));
        let advice = place.and_then(|place| ADVICE.get(place)).unwrap_or(&Advice::Maybe);
        lines::get(ADVICE_TEXTS, *advice as usize)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{COUNT, INHERITING_HASHES, RULED, RULED_HASHES, Ran, Retry, hashes, sort};

    #[test]
    fn the_tables_are_those_of_the_texts() {
        assert_eq!(hashes(0), *RULED_HASHES);
        assert_eq!(hashes::<{ COUNT - RULED }>(RULED), *INHERITING_HASHES);
        assert_eq!(sort(Ran::No, Retry::AfterNewCredentials), 4);
    }
}
