//! Folders on a system that cannot run them.

use std::sync::Arc;

use super::config::{Config, failed};
use super::invocation::{Order, Run};
use super::project::Located;
use super::{FunctionLimits, Instances};
use crate::credential::Credential;
use crate::error::ApiError;
use crate::log::RunLog;

pub(crate) struct Host {
    pub(crate) credential: Credential,
}

impl Host {
    pub(crate) fn new(_: Arc<Instances>) -> Self {
        let random = || uuid::Uuid::new_v4().simple().to_string();
        Self { credential: Credential::new(random(), random()).with_token(random()) }
    }

    pub(crate) fn set_endpoint(&self, _: String) {}
}

/// There is none: making one fails.
pub(super) struct Folder;

fn unsupported() -> ApiError {
    failed("functions in folders run on Unix only; use closures here".to_owned())
}

impl Folder {
    pub(super) fn new(
        _: Located,
        _: FunctionLimits,
        _: Option<Option<u16>>,
        _: Arc<Host>,
    ) -> Result<Self, ApiError> {
        Err(unsupported())
    }

    pub(super) fn config(&self) -> Result<Arc<Config>, ApiError> {
        Err(unsupported())
    }

    pub(super) fn is(&self, _: &Located) -> bool {
        false
    }

    pub(super) fn stop(&self) {}

    #[allow(clippy::unused_async)]
    pub(super) async fn start_early(self: &Arc<Self>, _: &str, _: &Config) -> Result<(), ApiError> {
        Err(unsupported())
    }

    #[allow(clippy::unused_async)]
    pub(super) async fn run(
        self: &Arc<Self>,
        _: &Config,
        _: Order<'_>,
        _: &mut RunLog,
    ) -> Result<Run, ApiError> {
        Err(unsupported())
    }
}
