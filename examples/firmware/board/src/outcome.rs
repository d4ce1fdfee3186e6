//! The outcome of a call as the image's exit code: those of the command `tscf`.

/// The function ran and gave a result.
pub const SUCCESS: u32 = 0;
/// The function ran and failed.
pub const FUNCTION_FAILED: u32 = 1;
/// The arguments or the event are unusable.
pub const USAGE: u32 = 2;
/// The credential is unusable, or of another day.
pub const CREDENTIAL: u32 = 3;
/// The API answered with an error.
pub const API_ERROR: u32 = 4;
/// The network failed, or what answered was not the API.
pub const NETWORK: u32 = 5;
/// A timeout ended the call.
pub const TIMEOUT: u32 = 6;
