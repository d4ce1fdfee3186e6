//! The engine of both clients: settings, credentials, hooks, and the way from
//! the first attempt of a call to its last. It does no I/O: a [`Carrier`] does.

mod builder;
mod call;
mod cancel;
mod carrier;
mod collect;
mod config;
mod event;
mod hook;
mod identity;
mod limiter;
mod map;
mod passing;
mod pool;
mod progress;
mod query;
mod response;
mod response_head;
mod run;
mod scratch;
mod shared;
#[cfg(feature = "tracing")]
mod trace;

pub use builder::ClientBuilder;
pub use call::{Accepted, Call};
pub use cancel::Canceller;
pub(crate) use cancel::{Calls, Interrupt};
pub(crate) use carrier::Carrier;
pub(crate) use collect::Collector;
pub(crate) use config::{Config, Route};
pub use event::CallEvent;
pub use hook::{CallInfo, Finished, Hook};
pub(crate) use identity::{Identity, SigningIdentity};
pub use limiter::RateLimiter;
pub(crate) use map::{Item, Results};
pub use map::{MapOptions, MapSummary};
pub(crate) use passing::{Passing, WatchedRequest};
pub(crate) use pool::{Pool, Pooled};
pub use progress::Progress;
pub use query::Query;
pub(crate) use response::from_body;
pub(crate) use response_head::{ResponseHead, Watched};
pub(crate) use run::{Engine, Options};
