//! The client: one transport, one credential, any number of calls.

#[cfg(feature = "async")]
mod asynchronous;
#[cfg(feature = "async")]
mod streamed;

#[cfg(feature = "async")]
pub use asynchronous::AsyncClient;

use crate::attempt::{
    AttemptEnd, Attempts, CallError, Clock, Next, Received, RetryPolicy, api_error,
};
use crate::call::Call;
use crate::error::Error;
use crate::reply::{Reply, ReplyParts, Sink, Utf8Error};
use crate::request::event::Event;
use crate::request::invocation::Invocation;
use crate::request::{Request, Settings};
use crate::sign::compression::{Compression, Software};
use crate::sign::tc3::Signer;
use crate::transport::Transport;

/// Runs functions over a blocking transport.
///
/// A call makes one request. The one exception is a clock that is wrong by
/// more than the service allows: the request was then refused without being
/// executed, and it is signed anew, once, by the server's clock, which is
/// kept for the calls that follow. Where the server has closed the connection,
/// that new attempt is the caller's, after connecting anew. The client neither
/// waits nor connects: whether other failures are worth another attempt is said
/// by [`Error::retry`] and [`RetryPolicy`], and decided by [`Attempts`].
///
/// ```
/// use scf_invoke_core::call::{Call, ExchangeError};
/// use scf_invoke_core::client::Client;
/// use scf_invoke_core::request::invocation::Invocation;
/// use scf_invoke_core::request::region::Region;
/// use scf_invoke_core::request::Settings;
/// use scf_invoke_core::sign::tc3::Signer;
/// use scf_invoke_core::transport::Transport;
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
/// assert_eq!(reply.result_text(), Ok("hi"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Client<'a, T, C = Software> {
    transport: T,
    session: Session<'a, C>,
}

impl<'a, T, C: Compression> Client<'a, T, C> {
    /// Creates a client that carries its calls over `transport`.
    pub const fn new(transport: T, settings: Settings<'a>, signer: Signer<'a, C>) -> Self {
        Self { transport, session: Session::new(settings, signer) }
    }

    /// Returns the settings, to change them between calls.
    pub const fn settings_mut(&mut self) -> &mut Settings<'a> {
        &mut self.session.settings
    }

    /// Starts with a clock that was corrected before, as [`clock`](Self::clock)
    /// said.
    #[must_use]
    pub const fn with_clock(mut self, clock: Clock) -> Self {
        self.session.clock = clock;
        self.session.is_clock_learnt = true;
        self
    }

    /// Returns the signer, to take a new day key or new credentials between calls.
    /// What was learnt of the clock stays.
    pub const fn signer_mut(&mut self) -> &mut Signer<'a, C> {
        &mut self.session.signer
    }

    /// Returns the transport, to connect it anew for example.
    pub const fn transport_mut(&mut self) -> &mut T {
        &mut self.transport
    }

    /// Gives the transport back.
    pub fn into_transport(self) -> T {
        self.transport
    }

    /// Returns the clock as the last server corrected it.
    pub const fn clock(&self) -> Clock {
        self.session.clock
    }

    /// Sets whether a refused clock is corrected by another attempt:
    /// [`RetryPolicy::NONE`] makes one attempt only. Waits are not the client's.
    pub const fn set_retry(&mut self, policy: RetryPolicy) {
        self.session.policy = policy;
    }
}

impl<T: Transport, C: Compression> Client<'_, T, C> {
    /// Runs a function; the reply's result and log are in `buffer`.
    ///
    /// `now` is the local time in unix seconds; a clock that is wrong, or
    /// stands at 0, is corrected by the server's. `buffer` holds the request,
    /// piece by piece where it is small, and then the whole result and log.
    pub fn invoke<'b, 'p>(
        &mut self,
        now: u64,
        invocation: &Invocation<'_>,
        payload: impl Into<Event<'p>>,
        buffer: &'b mut [u8],
    ) -> Result<Reply<'b>, Error<T::Error>> {
        let payload = payload.into();
        let ended = self.run(&mut Job { now, invocation, payload, buffer, sink: None });
        self.session.reply(ended, buffer)
    }

    /// Returns what the buffer has of the reply after
    /// [`Error::Buffer`]: all fields, and the front of
    /// result and log. `buffer` is the one of that call, as it was left.
    pub fn partial_reply<'b>(&self, buffer: &'b [u8]) -> Reply<'b> {
        self.session.parts.partial_reply(buffer)
    }

    /// Runs a function; its result and log go to `sink` piece by piece, so
    /// that `buffer` can be small however long they are.
    pub fn invoke_to_sink<'p>(
        &mut self,
        now: u64,
        invocation: &Invocation<'_>,
        payload: impl Into<Event<'p>>,
        buffer: &mut [u8],
        sink: &mut (dyn Sink + Send),
    ) -> Result<Reply<'static>, Error<T::Error>> {
        let payload = payload.into();
        let ended = self.run(&mut Job { now, invocation, payload, buffer, sink: Some(sink) });
        self.session.reply(ended, &[])
    }

    // Inlined, for a frame of its own would stand under the whole call.
    #[inline(always)]
    fn run(&mut self, job: &mut Job<'_, '_>) -> Result<(), CallError<T::Error>> {
        let mut attempts = Attempts::new(self.session.policy);
        loop {
            let time = self.session.time(job.now);
            let ended = self.attempt(time, job);
            let again = self.session.is_again_now(&mut attempts, &ended, job.now, time);
            if !again || !self.transport.is_ready() {
                return ended;
            }
        }
    }

    /// Makes one request, signed for this time.
    #[inline(never)]
    fn attempt(&mut self, time: u64, job: &mut Job<'_, '_>) -> Result<(), CallError<T::Error>> {
        let Session { settings, signer, parts, .. } = &mut self.session;
        let mut request = Request::new(settings, job.invocation, &job.payload, signer, time);
        request.prepare(&mut job.payload, signer, job.buffer).map_err(CallError::Request)?;
        carry(&mut self.transport, &request, parts, job)
    }
}

/// An invocation with its event, buffer and sink.
struct Job<'j, 'p> {
    now: u64,
    invocation: &'j Invocation<'j>,
    payload: Event<'p>,
    buffer: &'j mut [u8],
    sink: Option<&'j mut (dyn Sink + Send)>,
}

/// Sends one request and receives its response.
///
/// Not inlined, so that the call is not on the stack while its request is
/// signed.
#[inline(never)]
fn carry<T: Transport>(
    transport: &mut T,
    request: &Request<'_>,
    parts: &mut ReplyParts,
    job: &mut Job<'_, '_>,
) -> Result<(), CallError<T::Error>> {
    let sink = reborrow(&mut job.sink);
    let mut call = Call::with_request(request, job.payload.reborrow(), parts, job.buffer, sink);
    let exchange = transport.exchange(&mut call);
    call.ended(exchange)
}

/// All that both clients have but the transport.
#[derive(Debug)]
struct Session<'a, C> {
    settings: Settings<'a>,
    signer: Signer<'a, C>,
    policy: RetryPolicy,
    clock: Clock,
    /// `true` once the clock has been set by a server.
    is_clock_learnt: bool,
    /// Lent to each call. Here and not on the stack, where it would stand
    /// beside the result that is made of it.
    parts: ReplyParts,
}

impl<'a, C: Compression> Session<'a, C> {
    const fn new(settings: Settings<'a>, signer: Signer<'a, C>) -> Self {
        let (policy, clock, parts) = (RetryPolicy::DEFAULT, Clock::new(), ReplyParts::new());
        Self { settings, signer, policy, clock, is_clock_learnt: false, parts }
    }

    /// Returns the time to sign, for what the local clock says.
    ///
    /// A day key alone bounds the local clock: near the key's day the server
    /// takes the request, and else its refusal has the time. A time of the server's
    /// is not bounded, so that a key of another day is named as the error.
    fn time(&self, local: u64) -> u64 {
        let now = self.clock.now(local);
        if self.is_clock_learnt { now } else { self.signer.nearest(now) }
    }

    /// Returns whether another attempt is to be made at once, on the same connection
    /// and without a wait: all else is for those who can wait and connect.
    fn is_again_now<E>(
        &mut self,
        attempts: &mut Attempts,
        ended: &Result<(), CallError<E>>,
        local: u64,
        signed: u64,
    ) -> bool {
        // Only an error of the API calls for that.
        let Err(CallError::Api { server_time }) = *ended else { return false };
        let fields = self.parts.fields();
        let (code, has_result) = (fields.error_code().as_bytes(), fields.has_content());
        let end = AttemptEnd {
            local,
            signed,
            server_time: Some(server_time.0).filter(|&seconds| seconds > 0),
            ..AttemptEnd::new(Received::ApiError { code, has_result }, true)
        };
        let (_, retry) = api_error(code, has_result);
        let again = attempts.at_once(retry, &end, &mut self.clock) == Some(Next::AgainNow);
        self.is_clock_learnt |= again;
        again
    }

    /// Returns the reply or the error of a call that has ended.
    ///
    /// Not inlined, so that both, which are large, are made when the call is
    /// gone, and where the caller wants them.
    #[inline(never)]
    fn reply<'b, E>(
        &self,
        ended: Result<(), CallError<E>>,
        buffer: &'b [u8],
    ) -> Result<Reply<'b>, Error<E>> {
        if let Err(error) = ended {
            let failed = error.fail(&self.parts);
            #[cfg(feature = "log")]
            if let Err(error) = &failed {
                log::debug!("a call ended with error {}: {}", error.code(), error.delivery());
            }
            return failed;
        }
        #[cfg(feature = "log")]
        log::debug!("a call ended with a reply");
        // Made where it goes, which saves a copy.
        match self.parts.layout().texts(buffer) {
            Some(texts) => Ok(Reply::new(self.parts.fields(), texts)),
            None => Err(Utf8Error.into()),
        }
    }
}

/// Returns the sink for one attempt, so that there can be another.
fn reborrow<'s>(sink: &'s mut Option<&mut (dyn Sink + Send)>) -> Option<&'s mut (dyn Sink + Send)> {
    match sink {
        Some(sink) => Some(&mut **sink),
        None => None,
    }
}
