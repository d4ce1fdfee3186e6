//! Passes signed Tencent Cloud SCF invocations of a browser on to the API, and
//! holds no key.
//!
//! The API answers no request of a page on another origin. So a page sends what
//! it signed to a relay on its own origin, or on one that names the page's, and
//! the relay sends the very same body and headers to the API. It cannot sign,
//! and what is signed cannot be changed: it decides no more than whether a
//! request passes.
//!
//! ```
//! use scf_relay::Relay;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let emulator = scf_emulator::Emulator::builder().function("hello", |_| Ok("hello")).start()?;
//! let relay = Relay::builder()
//!     .endpoint(emulator.url().parse()?) // without it, the API itself
//!     .origin("https://app.example".parse()?)
//!     .start()?;
//! let credential = emulator.credential();
//!
//! // Any client will do: it sends to the relay, and signs for the endpoint.
//! let client = scf_invoke::Client::builder()
//!     .region("ap-guangzhou")
//!     .credentials(scf_invoke::Credentials::new(
//!         credential.secret_id(), credential.secret_key(), None)?)
//!     .endpoint(format!("{}/scf", relay.url()).parse()?)
//!     .host(emulator.addr().to_string())
//!     .build()?;
//! assert_eq!(client.invoke("hello", "{}")?.result_text(), "hello");
//! # Ok(())
//! # }
//! ```
//!
//! # What passes
//!
//! `POST` at `/` and at the relay's path, without a query, with the content
//! type `application/json`, the action `Invoke` or `InvokeFunction` of version
//! 2018-04-16, a signature of TC3-HMAC-SHA256 for the service `scf` that covers
//! content type and host, and a body of at most 10 MiB, as the API takes. Of the
//! headers, `Authorization`, `Content-Type` and `X-TC-*` are passed on, each of
//! them once, and `Host` is the endpoint's; no cookie goes either way. Redirects
//! are not followed.
//!
//! Requests by `GET` and signatures of version 1 do not pass. They have all in
//! the URL, which any page can make a browser fetch, and which logs keep.
//!
//! # What the relay answers itself
//!
//! A response with the header `X-SCF-Relay` ([`RELAY_HEADER`]) is the relay's
//! own, one without it is the endpoint's. Its value says whether the function
//! may have run:
//!
//! | `X-SCF-Relay` | the function | to be sent again |
//! |---|---|---|
//! | `refused` | was not run | only with a `Retry-After`, after so many seconds |
//! | `not-sent` | was not run | yes |
//! | `unknown` | may have run | no |
//!
//! The body has the form of the API's errors, with a code that [`Reason`]
//! explains, such as `Relay.RateLimit`.
//!
//! A page of a foreign origin is refused and, as the browser's rules have it,
//! cannot read why. A response of the endpoint that breaks off closes the
//! connection: the function has run, or may have.
//!
//! # What it does not do
//!
//! It does not verify signatures, for it has no key; the API does. It does not
//! speak TLS to clients and does not know users: put it behind the server that
//! does.

#![deny(missing_docs)]

mod body;
mod builder;
mod check;
mod clients;
mod error;
mod handler;
mod limits;
mod observe;
mod page;
mod rate;
mod refusal;
mod relay;
mod upload;
mod upstream;

pub use body::{RelayBody, ResponseCut};
pub use builder::Builder;
pub use error::StartError;
pub use handler::Handler;
pub use limits::Limits;
pub use observe::{Observation, Outcome};
pub use refusal::{RELAY_HEADER, Reason};
pub use relay::Relay;
pub use scf_serve::{BoxError, Hosts, Origin, OriginError, ShutdownHandle};

// Its examples are tested too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
