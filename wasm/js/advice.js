// The advice about an error of the API, in one sentence: the core's own table.
const CODES = {
    "Call from an address that the account allows.":
        "IpInBlacklist IpNotInWhitelist",
    "Check endpoint, action, version and HTTP method.":
        "ActionOffline InvalidAction NoSuchProduct NoSuchVersion UnsupportedOperation UnsupportedProtocol",
    "Check function name, namespace and region.":
        "InvalidParameter.FunctionName ResourceNotFound ResourceNotFound.Function ResourceNotFound.FunctionName",
    "Check secret id and secret key, and that nothing changes the request on its way.":
        "AuthFailure AuthFailure.InvalidAuthorization AuthFailure.SignatureFailure",
    "Check the qualifier: no such version or alias.":
        "ResourceNotFound.Qualifier",
    "Check the secret id: it does not exist, is disabled or of the wrong kind.":
        "AuthFailure.InvalidSecretId AuthFailure.SecretIdNotFound",
    "Choose a function of the type that this action calls.":
        "InvalidParameterValue.FunctionType",
    "Choose a region that the service is in.":
        "UnsupportedRegion",
    "Correct the parameter that the message names.":
        "InvalidParameter InvalidParameterValue InvalidRequest MissingParameter UnknownParameter",
    "Free some of the quota, or ask for more.":
        "LimitExceeded LimitExceeded.Quota",
    "Get a new temporary token: this one is wrong or has expired.":
        "AuthFailure.TokenFailure",
    "Give an event that is well-formed JSON and that the function takes.":
        "InvalidParameterValue.ClientContext InvalidParameterValue.Param",
    "Give this key the right to invoke the function in access management (CAM).":
        "AuthFailure.UnauthorizedOperation UnauthorizedOperation UnauthorizedOperation.CAM",
    "Leave out the dry-run parameter to run the function.":
        "DryRunOperation",
    "Make the function answer less; it has run.":
        "ResponseSizeLimitExceeded",
    "Make the request smaller: 6 MB is the limit, 128 KB for an Event call.":
        "InvalidParameter.RequestTooLarge RequestSizeLimitExceeded",
    "Pass the multi-factor check, or use a key that needs none.":
        "AuthFailure.MFAFailure",
    "Resume the service in the console.":
        "ResourceUnavailable.ServiceSuspended",
    "Send fewer requests, and wait longer after each refusal.":
        "RequestLimitExceeded RequestLimitExceeded.GlobalRegionUinLimitExceeded RequestLimitExceeded.IPLimitExceeded RequestLimitExceeded.UinLimitExceeded",
    "Set the clock: it differs from the server's by over five minutes.":
        "AuthFailure.SignatureExpire",
    "The function may have run: find out before calling again.":
        "FailedOperation FailedOperation.InvokeFunction InternalError InternalError.System ResourceUnavailable ServiceUnavailable",
    "Top up the account.":
        "ResourceUnavailable.InsufficientBalance",
    "Wait until resources are free, or raise the function's limits.":
        "ResourceInUse ResourceInsufficient",
    "Wait until the function is deployed.":
        "FailedOperation.FunctionStatusError",
};

const find = (code) => Object.keys(CODES).find((sentence) => CODES[sentence].split(" ").includes(code));

// A code that is new is taken for its family, the text before the first dot.
export const advice = (code) => find(code) ?? find(code.split(".")[0]) ?? "The function may have run: find out before calling again.";
