//! The client: one transport, one credential, any number of calls.

#[cfg(feature = "async")]
mod asynchronous;

#[cfg(feature = "async")]
pub use asynchronous::AsyncClient;

use crate::call::{Call, Utf8Error};
use crate::error::Error;
use crate::invocation::Invocation;
use crate::payload::Payload;
use crate::reply::{Reply, Sink, TextLayout};
use crate::request::{Request, Settings};
use crate::retry::Clock;
use crate::tc3::Signer;
use crate::transport::Transport;

/// Runs functions over a blocking transport.
///
/// A call makes one request. The one exception is a clock that is wrong by
/// more than the service allows: the request was then refused without being
/// executed, and it is signed anew, once, by the server's clock, which is
/// kept for the calls that follow. Whether other failures are worth another
/// try is said by [`Error::retry`] and [`Policy`](crate::retry::Policy).
///
/// ```
/// use scf_core::call::{Call, ExchangeError};
/// use scf_core::client::Client;
/// use scf_core::invocation::Invocation;
/// use scf_core::region::Region;
/// use scf_core::request::Settings;
/// use scf_core::tc3::Signer;
/// use scf_core::transport::Transport;
///
/// // A transport that answers by itself; a real one is `Stream`.
/// struct Loopback;
///
/// impl Transport for Loopback {
///     type Error = std::io::Error;
///
///     fn exchange(&mut self, call: &mut Call<'_>) -> Result<(), ExchangeError<Self::Error>> {
///         while !call.transmit()?.is_empty() {}
///         call.response_head(200, None);
///         call.response_body(br#"{"Response":{"Result":{"RetMsg":"hi"},"RequestId":"1"}}"#);
///         call.response_end();
///         Ok(())
///     }
/// }
///
/// let settings = Settings::new(Region::AP_GUANGZHOU, "scf.tencentcloudapi.com");
/// let signer = Signer::new("AKIDEXAMPLE", "the-secret-key")?;
/// let mut client = Client::new(Loopback, settings, signer);
/// let mut buffer = [0; 1024];
/// let now = 1_700_000_000;
/// let reply = client.invoke(now, &Invocation::new("hello"), "{}", &mut buffer)?;
/// assert_eq!(reply.result(), Ok("hi"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Client<'a, T> {
    transport: T,
    session: Session<'a>,
}

impl<'a, T> Client<'a, T> {
    /// A client that carries its calls over `transport`.
    pub const fn new(transport: T, settings: Settings<'a>, signer: Signer<'a>) -> Self {
        Self { transport, session: Session::new(settings, signer) }
    }

    /// The settings, to change them between calls.
    pub const fn settings_mut(&mut self) -> &mut Settings<'a> {
        &mut self.session.settings
    }

    /// The transport, to connect it anew for example.
    pub const fn transport_mut(&mut self) -> &mut T {
        &mut self.transport
    }

    /// The clock as the last server corrected it.
    pub const fn clock(&self) -> Clock {
        self.session.clock
    }
}

impl<T: Transport> Client<'_, T> {
    /// Runs a function; the reply's result and log are in `buffer`.
    ///
    /// `now` is the local time in unix seconds; a clock that is wrong, or
    /// stands at 0, is corrected by the server's. `buffer` holds the request,
    /// piece by piece where it is small, and then the whole result and log.
    pub fn invoke<'b, 'p>(
        &mut self,
        now: u64,
        invocation: &Invocation<'_>,
        payload: impl Into<Payload<'p>>,
        buffer: &'b mut [u8],
    ) -> Result<Reply<'b>, Error<T::Error>> {
        // The call puts its outcome here: handing it up takes stack each time.
        let mut outcome = Err(Error::Sink);
        let mut layout = TextLayout::new();
        self.run(now, invocation, payload.into(), (buffer, None), &mut outcome, &mut layout);
        find_texts(&mut outcome, &layout, buffer);
        outcome
    }

    /// Runs a function; its result and log go to `sink` piece by piece, so
    /// that `buffer` can be small however long they are.
    pub fn invoke_to_sink<'p>(
        &mut self,
        now: u64,
        invocation: &Invocation<'_>,
        payload: impl Into<Payload<'p>>,
        buffer: &mut [u8],
        sink: &mut dyn Sink,
    ) -> Result<Reply<'static>, Error<T::Error>> {
        let mut outcome = Err(Error::Sink);
        let mut layout = TextLayout::new();
        self.run(now, invocation, payload.into(), (buffer, Some(sink)), &mut outcome, &mut layout);
        find_texts(&mut outcome, &layout, &[]);
        outcome
    }

    #[inline(never)]
    fn run(
        &mut self,
        now: u64,
        invocation: &Invocation<'_>,
        mut payload: Payload<'_>,
        (buffer, mut sink): (&mut [u8], Option<&mut dyn Sink>),
        outcome: &mut Result<Reply<'_>, Error<T::Error>>,
        layout: &mut TextLayout,
    ) {
        let Session { settings, signer, clock } = &mut self.session;
        for _ in 0..2 {
            let mut request = Request::new(settings, invocation, &payload, signer, clock.now(now));
            if let Err(error) = request.prepare(&mut payload, signer, buffer) {
                *outcome = Err(Error::Request(error));
                return;
            }
            let way = (buffer as &mut [u8], reborrow(&mut sink));
            let payload = payload.reborrow();
            let corrected =
                carry(&mut self.transport, &request, payload, way, (clock, now), outcome, layout);
            if !corrected {
                return;
            }
        }
    }
}

/// Carries one request and its answer; whether another try is worth it, for
/// the clock was corrected.
///
/// Apart, so that the call is not on the stack while its request is signed.
#[inline(never)]
fn carry<'c, T: Transport>(
    transport: &mut T,
    request: &Request<'c>,
    payload: Payload<'c>,
    (buffer, sink): (&'c mut [u8], Option<&'c mut dyn Sink>),
    (clock, now): (&mut Clock, u64),
    outcome: &mut Result<Reply<'_>, Error<T::Error>>,
    layout: &mut TextLayout,
) -> bool {
    let mut call = Call::carrying(request, payload, buffer, sink);
    let exchange = transport.exchange(&mut call);
    let corrected = call.corrects(&exchange, clock, now);
    call.put_reply(exchange, outcome, layout);
    corrected
}

/// What both clients have but the transport.
#[derive(Debug)]
struct Session<'a> {
    settings: Settings<'a>,
    signer: Signer<'a>,
    clock: Clock,
}

impl<'a> Session<'a> {
    const fn new(settings: Settings<'a>, signer: Signer<'a>) -> Self {
        Self { settings, signer, clock: Clock::new() }
    }
}

/// The sink for one attempt, so that there can be another.
fn reborrow<'s>(sink: &'s mut Option<&mut dyn Sink>) -> Option<&'s mut dyn Sink> {
    match sink {
        Some(sink) => Some(&mut **sink),
        None => None,
    }
}

/// Completes a reply by its texts; they have to be UTF-8.
fn find_texts<'b, E>(
    outcome: &mut Result<Reply<'b>, Error<E>>,
    layout: &TextLayout,
    buffer: &'b [u8],
) {
    if let Ok(reply) = outcome
        && !reply.find_texts(layout, buffer)
    {
        *outcome = Err(Utf8Error.into());
    }
}
