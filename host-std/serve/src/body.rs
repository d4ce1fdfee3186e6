//! Bodies, read within bounds: whole, or piece by piece.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Whatever error a body may have.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The bytes that are read of an unwanted body, so that its sender gets to read
/// the response.
const DISCARD_LIMIT: u64 = 64 * 1024 * 1024;
/// The unit in which a budget is counted.
const UNIT: u64 = 1024;

/// Bounds on the time that a body takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BodyLimits {
    /// The longest pause, and the longest time below the rate.
    pub pause: Duration,
    /// Bytes a second that it has to come with on average.
    pub rate: u32,
    /// The longest time for all of it.
    pub total: Duration,
}

impl Default for BodyLimits {
    /// Returns 30 s without movement, 8 KiB a second, 10 minutes altogether.
    fn default() -> Self {
        Self { pause: Duration::from_secs(30), rate: 8 * 1024, total: Duration::from_secs(600) }
    }
}

impl BodyLimits {
    /// Sets how long a body may pause.
    #[must_use]
    pub fn with_pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Sets the average rate in bytes a second.
    #[must_use]
    pub fn with_rate(mut self, rate: u32) -> Self {
        self.rate = rate;
        self
    }

    /// Returns when the next bytes have to be there.
    fn deadline(&self, started: Instant, now: Instant, received: u64) -> Instant {
        let at_rate = Duration::from_secs_f64(received as f64 / f64::from(self.rate.max(1)));
        let slowest = started + (self.pause + at_rate).min(self.total);
        slowest.min(now + self.pause)
    }
}

/// The memory that the bodies of all requests share.
#[derive(Clone, Debug)]
pub struct Budget(Arc<Semaphore>);

impl Budget {
    /// Returns a budget of so many bytes, counted in KiB.
    pub fn new(bytes: u64) -> Self {
        let units = usize::try_from(bytes.div_ceil(UNIT)).unwrap_or(usize::MAX);
        Self(Arc::new(Semaphore::new(units.min(Semaphore::MAX_PERMITS))))
    }

    /// Extends what is held so that so many bytes fit.
    fn hold(&self, held: &mut Option<OwnedSemaphorePermit>, bytes: u64) -> Result<(), BodyError> {
        let have = held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits) as u64;
        let Some(more) = bytes.div_ceil(UNIT).checked_sub(have).filter(|more| *more > 0) else {
            return Ok(());
        };
        let more = u32::try_from(more).map_err(|_| BodyError::NoMemory)?;
        let permit = Arc::clone(&self.0).try_acquire_many_owned(more);
        let permit = permit.map_err(|_| BodyError::NoMemory)?;
        match held {
            Some(held) => held.merge(permit),
            None => *held = Some(permit),
        }
        Ok(())
    }
}

/// A body that is here, and its part of the budget.
#[derive(Debug, Default)]
pub struct WholeBody {
    bytes: Vec<u8>,
    held: Option<OwnedSemaphorePermit>,
}

impl WholeBody {
    /// Returns the bytes and what holds their part of the budget.
    pub fn into_parts(self) -> (Bytes, Option<OwnedSemaphorePermit>) {
        (self.bytes.into(), self.held)
    }
}

impl std::ops::Deref for WholeBody {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// A body that was not read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyError {
    /// It has more bytes than the limit; so many were seen.
    TooLarge(u64),
    /// It paused for too long, or came too slowly.
    TooSlow,
    /// It broke off.
    Broken,
    /// The bodies of other requests have taken all memory there is.
    NoMemory,
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(bytes) => write!(f, "the body has {bytes} bytes or more"),
            Self::TooSlow => f.write_str("the body comes too slowly"),
            Self::Broken => f.write_str("the body broke off"),
            Self::NoMemory => f.write_str("the bodies of other requests take all memory"),
        }
    }
}

impl std::error::Error for BodyError {}

/// A body that is read piece by piece, within bounds. Only the time counts in which it is
/// waited for: whoever takes the pieces may be slow.
#[derive(Debug)]
pub struct Pieces<B> {
    body: B,
    limit: u64,
    limits: BodyLimits,
    received: u64,
    waited: Duration,
}

impl<B: Body<Data = Bytes> + Unpin> Pieces<B> {
    /// Returns the pieces of a body that has at most so many bytes.
    pub fn new(body: B, limit: u64, limits: BodyLimits) -> Self {
        Self { body, limit, limits, received: 0, waited: Duration::ZERO }
    }

    /// Waits for the next piece; nothing is left after the last one.
    ///
    /// # Errors
    ///
    /// An error where it does not come in time, or goes beyond the limit.
    pub async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        while !self.body.is_end_stream() {
            // Mostly it is here already, which takes no time: the clock need not be read.
            let here = poll_fn(|context| Poll::Ready(pin!(self.body.frame()).poll(context))).await;
            let frame = match here {
                Poll::Ready(frame) => frame,
                Poll::Pending => self.wait().await?,
            };
            let Some(frame) = frame else {
                return Ok(None);
            };
            let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else {
                continue;
            };
            self.received = self.received.saturating_add(data.len() as u64);
            if self.received > self.limit {
                return Err(BodyError::TooLarge(self.received));
            }
            return Ok(Some(data));
        }
        Ok(None)
    }

    /// Waits for the next frame.
    async fn wait(&mut self) -> Result<Option<Result<Frame<Bytes>, B::Error>>, BodyError> {
        let now = Instant::now();
        let started = now.checked_sub(self.waited).unwrap_or(now);
        let deadline = self.limits.deadline(started, now, self.received).into();
        let frame = tokio::time::timeout_at(deadline, self.body.frame()).await;
        self.waited += now.elapsed();
        frame.map_err(|_| BodyError::TooSlow)
    }
}

/// Reads a body whole. One that is too large is read on, within bounds, and
/// not kept, so that its sender gets to read the response.
///
/// # Errors
///
/// An error for a body that does not come whole, in time and within the limit.
pub async fn read_body<B>(
    body: B,
    limit: u64,
    limits: &BodyLimits,
    budget: &Budget,
) -> Result<WholeBody, BodyError>
where
    B: Body<Data = Bytes>,
{
    let mut body = std::pin::pin!(body);
    let declared = body.size_hint().lower();
    if declared > limit {
        discard(body, limits).await;
        return Err(BodyError::TooLarge(declared));
    }
    let mut whole = WholeBody::default();
    let mut pieces = Pieces::new(body.as_mut(), limit, *limits);
    loop {
        match pieces.next().await {
            Ok(Some(data)) => {
                budget.hold(&mut whole.held, pieces.received)?;
                whole.bytes.extend_from_slice(&data);
            }
            Ok(None) => return Ok(whole),
            Err(error) => {
                drop(whole);
                if matches!(error, BodyError::TooLarge(_)) {
                    discard(body, limits).await;
                }
                return Err(error);
            }
        }
    }
}

/// Takes what is left of a body that nobody wants, within bounds.
pub async fn discard<B>(body: B, limits: &BodyLimits)
where
    B: Body<Data = Bytes>,
{
    let mut body = std::pin::pin!(body);
    if body.size_hint().lower() > DISCARD_LIMIT {
        return;
    }
    let (started, mut taken) = (Instant::now(), 0);
    while taken <= DISCARD_LIMIT {
        let deadline = limits.deadline(started, Instant::now(), taken).into();
        match tokio::time::timeout_at(deadline, body.as_mut().frame()).await {
            Ok(Some(Ok(frame))) => taken += frame.data_ref().map_or(0, |data| data.len() as u64),
            // The response is the same, be the body whole or not.
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::Full;

    fn read(body: &'static [u8], limit: u64, budget: &Budget) -> Result<WholeBody, BodyError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(read_body(Full::from(body), limit, &BodyLimits::default(), budget))
    }

    #[test]
    fn a_body_within_its_limit_is_read_whole() {
        let budget = Budget::new(2048);
        assert_eq!(&*read(b"body", 4, &budget).unwrap(), b"body");
        assert_eq!(read(b"body", 3, &budget).unwrap_err(), BodyError::TooLarge(4));
    }

    #[test]
    fn all_bodies_share_one_budget_of_memory() {
        let budget = Budget::new(2048);
        let first = read(&[0; 1500], 10_000, &budget).unwrap();
        assert_eq!(read(&[0; 1500], 10_000, &budget).unwrap_err(), BodyError::NoMemory);
        drop(first);
        assert!(read(&[0; 1500], 10_000, &budget).is_ok());
    }

    #[test]
    fn a_body_has_to_keep_its_rate() {
        let limits = BodyLimits {
            pause: Duration::from_secs(10),
            rate: 1000,
            total: Duration::from_secs(60),
        };
        let now = Instant::now();
        let long_ago = now.checked_sub(Duration::from_secs(30)).unwrap();
        // After 30 s, 20,000 bytes are just enough.
        assert!(limits.deadline(long_ago, now, 19_000) < now);
        assert!(limits.deadline(long_ago, now, 21_000) > now);
        // However much has come, a pause ends it, and so does the total.
        assert!(limits.deadline(long_ago, now, 1 << 30) <= now + limits.pause);
        let too_long_ago = now.checked_sub(limits.total).unwrap();
        assert!(limits.deadline(too_long_ago, now, 1 << 30) <= now);
    }
}
