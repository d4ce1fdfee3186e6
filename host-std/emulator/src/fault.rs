//! Faults that tests and developers inject, to see how a client bears them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::error::ApiError;

/// A deliberate fault: something that goes wrong with a request of the API, or with one of a
/// function's URL, where an API error is an HTTP status of 400 and above.
///
/// Its text is what the command line takes: `throttle`, `api=CODE`,
/// `failure=429`, `status=502`, `delay=2.5`, `slow=10`, `close`,
/// `close-after-run`, `reset`, `reset-after-run`, `reset-in-reply`, `cut` and
/// `clock=3600`; times are in seconds.
///
/// ```
/// use scf_emulator::Fault;
///
/// let fault: Fault = "delay=2.5".parse().unwrap();
/// assert_eq!(fault.to_string(), "delay=2.5");
/// assert!("delay=soon".parse::<Fault>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Answers this error instead of running the function.
    Api(ApiError),
    /// Answers that the function failed with this status, as the cloud does with
    /// 410 or 429, without running it; so does each run of an event.
    FunctionFailure(u16),
    /// Answers this HTTP status (from 200) and an HTML page, as a gateway in
    /// trouble does, without running the function.
    HttpStatus(u16),
    /// Reads the request, does not run the function and closes the connection.
    CloseBeforeRun,
    /// Runs the function and closes the connection without an answer.
    CloseAfterRun,
    /// Reads the request, does not run the function and resets the connection.
    ResetBeforeRun,
    /// Runs the function and resets the connection without an answer.
    ResetAfterRun,
    /// Runs the function and resets the connection in the middle of the
    /// answer's body.
    ResetResponse,
    /// Runs the function and closes the connection in the middle of the answer's body.
    CutResponse,
    /// Runs the function and gives the answer's body in pieces over so long.
    SlowResponse(Duration),
    /// Runs the function and holds the answer back for so long.
    Delay(Duration),
    /// Has a clock that is wrong by so many seconds for this request: what it
    /// accepts as a signature's time, and the `Date` header of the answer.
    WrongClock(i64),
}

impl Fault {
    /// Returns the fault `RequestLimitExceeded`: too many requests.
    pub fn rate_limited() -> Self {
        Self::Api(too_many())
    }

    /// Seconds by which the clock is wrong.
    pub(crate) fn clock_offset(&self) -> i64 {
        if let Self::WrongClock(secs) = self { *secs } else { 0 }
    }
}

pub(crate) fn too_many() -> ApiError {
    ApiError::new("RequestLimitExceeded", "Too many requests in a second; wait and try again.")
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(error) if *error == too_many() => f.write_str("throttle"),
            Self::Api(error) => write!(f, "api={}", error.code),
            Self::FunctionFailure(status) => write!(f, "failure={status}"),
            Self::HttpStatus(status) => write!(f, "status={status}"),
            Self::CloseBeforeRun => f.write_str("close"),
            Self::CloseAfterRun => f.write_str("close-after-run"),
            Self::ResetBeforeRun => f.write_str("reset"),
            Self::ResetAfterRun => f.write_str("reset-after-run"),
            Self::ResetResponse => f.write_str("reset-in-reply"),
            Self::CutResponse => f.write_str("cut"),
            Self::SlowResponse(time) => write!(f, "slow={}", time.as_secs_f64()),
            Self::Delay(time) => write!(f, "delay={}", time.as_secs_f64()),
            Self::WrongClock(secs) => write!(f, "clock={secs}"),
        }
    }
}

/// The text names no fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseFaultError(String);

impl fmt::Display for ParseFaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no fault; there are throttle, api=CODE, failure=400..599, status=200..599, \
             delay=SECONDS, slow=SECONDS, close, close-after-run, reset, reset-after-run, reset-in-reply, cut \
             and clock=SECONDS",
            self.0
        )
    }
}

impl std::error::Error for ParseFaultError {}

impl FromStr for Fault {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, ParseFaultError> {
        let wrong = || ParseFaultError(text.to_owned());
        let seconds = |text: &str| {
            let seconds: f64 = text.parse().map_err(|_| wrong())?;
            Duration::try_from_secs_f64(seconds).map_err(|_| wrong())
        };
        let number = |text: &str, least: u16| {
            let number = text.parse().ok().filter(|number| (least..600).contains(number));
            number.ok_or_else(wrong)
        };
        Ok(match text.split_once('=') {
            None => match text {
                "throttle" => Self::rate_limited(),
                "close" => Self::CloseBeforeRun,
                "close-after-run" => Self::CloseAfterRun,
                "reset" => Self::ResetBeforeRun,
                "reset-after-run" => Self::ResetAfterRun,
                "reset-in-reply" => Self::ResetResponse,
                "cut" => Self::CutResponse,
                _ => return Err(wrong()),
            },
            Some(("api", code)) if !code.is_empty() => {
                Self::Api(ApiError::new(code.to_owned(), "The emulator was asked for this error."))
            }
            Some(("failure", status)) => Self::FunctionFailure(number(status, 400)?),
            Some(("status", status)) => Self::HttpStatus(number(status, 200)?),
            Some(("delay", time)) => Self::Delay(seconds(time)?),
            Some(("slow", time)) => Self::SlowResponse(seconds(time)?),
            Some(("clock", secs)) => Self::WrongClock(secs.parse().map_err(|_| wrong())?),
            Some(_) => return Err(wrong()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn every_fault_is_read_as_it_is_written() {
        for text in [
            "throttle",
            "api=InternalError.System",
            "failure=429",
            "status=502",
            "delay=2.5",
            "slow=10",
            "close",
            "close-after-run",
            "reset",
            "reset-after-run",
            "reset-in-reply",
            "cut",
            "clock=-3600",
        ] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "Cut",
            "api=",
            "failure=200",
            "status=99",
            "status=600",
            "delay=-1",
            "slow=",
            "x=1",
        ] {
            let error = text.parse::<Fault>().unwrap_err().to_string();
            assert!(error.contains("there are throttle"), "{error}");
        }
    }
}
