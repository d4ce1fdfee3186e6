import type { ResponseType } from "./platform.js";

/**
 * The delivery of a request. `Invoke` is not idempotent, so this decides whether
 * it may be made again.
 *
 * - `not sent`: it did not leave whole, so the function did not run;
 * - `refused`: the service or a relay said no, so the function did not run;
 * - `unknown`: it was sent, and the function may have run;
 * - `executed`: the function ran.
 */
export type Delivery = "not sent" | "refused" | "unknown" | "executed";

/** The fields of all errors of this package. */
declare abstract class BaseError extends Error {
    /** The name of the class, which no bundler changes: it tells the classes apart, as `instanceof` does. */
    readonly name: ErrorName;
    /** The kind of error, for a program; see the classes. */
    readonly code: string;
    /** The id of the request, where the API responded. */
    readonly requestId?: string;
    /** The delivery of the request. */
    readonly delivery: Delivery;
    /** `true` where another try can succeed without running the function twice. */
    readonly retryable: boolean;
    /** The response, where there was one; its body has been read. Not enumerable. */
    readonly response?: ResponseType;

    /**
     * Returns the error as a plain object, which `JSON.stringify` writes and
     * `postMessage` carries; a cause is shortened to name, message and code.
     */
    toJSON(): { name: ErrorName; message: string } & Record<string, unknown>;
}

type ErrorName = "ApiError" | "FunctionError" | "NetworkError" | "TimeoutError" | "CredentialsError" | "ConfigError";

/** Any error of this package: `switch` on its `name`, and each case has its fields. */
export type ScfError = ApiError | FunctionError | NetworkError | TimeoutError | CredentialsError | ConfigError;

interface ScfErrorClass extends Function {
    readonly prototype: ScfError;
    /** Returns the error that `toJSON` made this of, with its class and fields; for what a worker sent to its page. */
    fromJSON(json: object): ScfError;
}

/** The base class of all errors of this package. */
export declare const ScfError: ScfErrorClass;

/**
 * The service answered with an error. `code` is its code, such as
 * `ResourceNotFound.Function`, and `message` is code and explanation.
 */
export class ApiError extends BaseError {
    readonly name: "ApiError";
    /** The service adds codes over time. */
    readonly code: ApiErrorCode | (string & {});
    /**
     * A sentence about what can be done. The sentences are in a file of their
     * own, which the first such error loads; absent where that fails: see
     * `scf-invoke/whole`.
     */
    readonly advice?: string;
}

/** The function ran and failed, and what it was to do may be half done; or it did not start, and `delivery` is `refused`. */
export class FunctionError extends BaseError {
    readonly name: "FunctionError";
    readonly code: "FunctionFailed";
    /** The platform's status, such as 433 for a timeout. */
    readonly statusCode?: number;
    /** The stack trace in the function, where the platform gives one. */
    readonly stackTrace?: string;
    /** The platform's text about the failure, as it came: usually JSON. */
    readonly resultText: string;
    /** As in {@link Reply}. */
    readonly log?: string;
    /** As in {@link Reply}. */
    readonly functionRequestId: string;
    /** As in {@link Reply}. */
    readonly durationMs?: number;
    /** As in {@link Reply}. */
    readonly billedDurationMs?: number;
    /** As in {@link Reply}. */
    readonly memoryBytes?: number;
}

/** There was no response, or it was not the API's. */
export class NetworkError extends BaseError {
    readonly name: "NetworkError";
    /**
     * - `FetchFailed`: `fetch` rejected (no connection, CORS, a broken transfer);
     *   its error is the `cause`;
     * - `Offline`: the platform is offline, and nothing was sent;
     * - `Redirect`, `HttpStatus`, `NotAnAnswer`: something between this client and
     *   the API answered in its place;
     * - `InvalidUtf8`: the result is not UTF-8;
     * - `ReplyTooLarge`: result and log are longer than the option `replyLimit`;
     * - `Relay.…`: the relay's own code.
     */
    readonly code: "FetchFailed" | "Offline" | "Redirect" | "HttpStatus" | "NotAnAnswer" | "InvalidUtf8" | "ReplyTooLarge" | RelayCode;
    /** The URL that the request was for. */
    readonly url: string;
    /** Its HTTP status, where there was a response. */
    readonly status?: number;
    /** The beginning of its body, at most 64 characters. */
    readonly excerpt?: string;
}

/** There was no reply within `timeoutMs`. */
export class TimeoutError extends BaseError {
    readonly name: "TimeoutError";
    readonly code: "Timeout";
}

/** The `credentials` function failed, and nothing was sent. Its `cause` is what was thrown. */
export class CredentialsError extends BaseError {
    readonly name: "CredentialsError";
    readonly code: "CredentialsFailed";
}

/** An option or argument is wrong, and nothing was sent. */
export class ConfigError extends BaseError {
    readonly name: "ConfigError";
    /** `WebAssemblyBlocked`: scripts may not compile WebAssembly here; `message` says what can be done. */
    readonly code: "InvalidOption" | "WebAssemblyBlocked";
    /** The option's name, such as `region`, `credentials.secretKey`, `event`. */
    readonly option: string;
}

/** The codes of a relay's own errors; its README has the meanings. */
export type RelayCode =
    | "Relay.Origin"
    | "Relay.Host"
    | "Relay.Target"
    | "Relay.Method"
    | "Relay.Action"
    | "Relay.Version"
    | "Relay.Authorization"
    | "Relay.ContentType"
    | "Relay.Header"
    | "Relay.Length"
    | "Relay.TooLarge"
    | "Relay.RateLimit"
    | "Relay.Busy"
    | "Relay.Body"
    | "Relay.Unreachable"
    | "Relay.Broken"
    | "Relay.Timeout"
    | "Relay.BadAnswer";

/** The codes that are documented for the two actions. */
export type ApiErrorCode =
    | "FailedOperation.FunctionStatusError"
    | "FailedOperation.InvokeFunction"
    | "InternalError"
    | "InternalError.System"
    | "InvalidParameter.FunctionName"
    | "InvalidParameterValue"
    | "InvalidParameterValue.Param"
    | "ResourceNotFound.Function"
    | "ResourceNotFound.FunctionName"
    | "ResourceUnavailable.InsufficientBalance"
    | "UnauthorizedOperation.CAM"
    | "InvalidParameter.RequestTooLarge"
    | "InvalidParameterValue.ClientContext"
    | "InvalidParameterValue.FunctionType"
    | "LimitExceeded.Quota"
    | "ResourceNotFound.Qualifier"
    | "ResourceUnavailable.ServiceSuspended"
    | "ActionOffline"
    | "AuthFailure.InvalidAuthorization"
    | "AuthFailure.InvalidSecretId"
    | "AuthFailure.MFAFailure"
    | "AuthFailure.SecretIdNotFound"
    | "AuthFailure.SignatureExpire"
    | "AuthFailure.SignatureFailure"
    | "AuthFailure.TokenFailure"
    | "AuthFailure.UnauthorizedOperation"
    | "DryRunOperation"
    | "FailedOperation"
    | "InvalidAction"
    | "InvalidParameter"
    | "InvalidRequest"
    | "IpInBlacklist"
    | "IpNotInWhitelist"
    | "LimitExceeded"
    | "MissingParameter"
    | "NoSuchProduct"
    | "NoSuchVersion"
    | "RequestLimitExceeded"
    | "RequestLimitExceeded.GlobalRegionUinLimitExceeded"
    | "RequestLimitExceeded.IPLimitExceeded"
    | "RequestLimitExceeded.UinLimitExceeded"
    | "RequestSizeLimitExceeded"
    | "ResourceInUse"
    | "ResourceInsufficient"
    | "ResourceNotFound"
    | "ResourceUnavailable"
    | "ResponseSizeLimitExceeded"
    | "ServiceUnavailable"
    | "UnauthorizedOperation"
    | "UnknownParameter"
    | "UnsupportedOperation"
    | "UnsupportedProtocol"
    | "UnsupportedRegion";

export {};
