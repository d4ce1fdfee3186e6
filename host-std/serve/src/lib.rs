//! The HTTP server under `scf-emulator` and `scf-relay`.
//!
//! Both listen where any program of the machine, and any page in its browser,
//! can knock. What protects them is the same, so it stands here once:
//!
//! - [`Server`]: a listener on a thread of its own. Connections are bounded in
//!   number, and a new one takes the place of the one that has waited longest,
//!   so that idle and half-open ones shut nobody out. A stop is graceful at
//!   first and immediate when asked for again.
//! - [`read_body`]: a whole body within a size, a time, a rate and a [`Budget`]
//!   of memory that all requests share. [`Pieces`]: the same without the memory.
//! - [`Hosts`]: the names that a `Host` header may have. A page that reaches a
//!   local server through a name of its own (DNS rebinding) ends here.
//! - [`Origin`] and [`Source`]: which pages may use the server and read from it.
//!
//! ```
//! use std::sync::Arc;
//!
//! use http_body_util::Full;
//! use hyper::body::{Bytes, Incoming};
//! use hyper::{Request, Response};
//! use scf_serve::{Connection, Cut, Server, Service, Settings};
//!
//! struct Hello;
//!
//! impl Service for Hello {
//!     type Body = Full<Bytes>;
//!
//!     async fn call(
//!         self: Arc<Self>,
//!         _: Request<Incoming>,
//!         connection: Connection,
//!     ) -> Result<Response<Full<Bytes>>, Cut> {
//!         connection.begin(); // the request is whole: from here on it is not given up
//!         Ok(Response::new(Full::from("hello")))
//!     }
//! }
//!
//! # fn main() -> Result<(), scf_serve::StartError> {
//! let server = Server::start(Settings::new("hello"), Arc::new(Hello))?;
//! println!("listening on {}", server.url()); // until it is dropped
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! `tls` adds `Settings::tls`, with which the server speaks https.

#![deny(missing_docs)]

mod body;
mod connection;
mod erased;
mod host;
mod limits;
mod origin;
mod pause;
mod response_body;
mod server;
mod service;
mod shutdown;
mod table;

pub use body::{BodyError, BodyLimits, BoxError, Budget, Pieces, WholeBody, discard, read_body};
pub use host::{HostError, Hosts};
pub use limits::Limits;
pub use origin::{Origin, OriginError, Source};
pub use response_body::ResponseBody;
pub use server::{Server, Settings, StartError};
pub use service::{Connection, Cut, Service};
pub use shutdown::ShutdownHandle;
pub use table::network;
