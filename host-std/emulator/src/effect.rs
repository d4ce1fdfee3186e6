//! The effects of a fault on a request: before its function runs, and on the response after.

use hyper::{Response, StatusCode};
use scf_serve::{Connection, Cut, ResponseBody};

use crate::delivery::Delivery;
use crate::fault::Fault;
use crate::response::{respond, whole};

impl Fault {
    /// Returns what ends the request before its function runs, if the fault has it so.
    pub(crate) fn before_run(
        &self,
        now: i64,
        connection: &Connection,
    ) -> Option<Result<Response<ResponseBody>, Cut>> {
        match self {
            Self::CloseBeforeRun => Some(Err(Cut)),
            Self::ResetBeforeRun => {
                connection.reset_at_end();
                Some(Err(Cut))
            }
            Self::HttpStatus(status) => {
                let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
                Some(Ok(respond(now, status, "text/html", whole("<html>trouble</html>"))))
            }
            _ => None,
        }
    }

    /// Returns how the response is delivered after the run, once it is to be.
    pub(crate) async fn after_run(&self, connection: &Connection) -> Result<Delivery, Cut> {
        match self {
            Self::CloseAfterRun => Err(Cut),
            Self::ResetAfterRun => {
                connection.reset_at_end();
                Err(Cut)
            }
            Self::ResetResponse => {
                connection.reset_at_end();
                Ok(Delivery::Half)
            }
            Self::CutResponse => Ok(Delivery::Half),
            Self::SlowResponse(time) => Ok(Delivery::Slow(*time)),
            Self::Delay(delay) => {
                tokio::time::sleep(*delay).await;
                Ok(Delivery::Whole)
            }
            _ => Ok(Delivery::Whole),
        }
    }
}
