//! A TCP socket that holds its limits: the deadline of the call and the
//! longest silence.

use std::fmt;
use std::io::{self, IoSlice, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::Deadline;

/// Which limit a read or write ran into; travels inside an `io::Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expired {
    Deadline,
    Idle(Duration),
}

impl fmt::Display for Expired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deadline => "the deadline has passed",
            Self::Idle(_) => "no byte moved for too long",
        })
    }
}

impl std::error::Error for Expired {}

impl From<Expired> for io::Error {
    fn from(expired: Expired) -> Self {
        Self::new(io::ErrorKind::TimedOut, expired)
    }
}

pub(super) struct Socket {
    // Shared with whoever may end the call.
    tcp: Arc<TcpStream>,
    pub(super) deadline: Deadline,
    pub(super) idle: Option<Duration>,
    read_alarm: Alarm,
    write_alarm: Alarm,
    sent: u64,
    last_moved: Instant,
}

impl Socket {
    pub(super) fn new(tcp: TcpStream, deadline: Deadline) -> Self {
        Self {
            tcp: Arc::new(tcp),
            deadline,
            idle: None,
            read_alarm: Alarm(None),
            write_alarm: Alarm(None),
            sent: 0,
            last_moved: Instant::now(),
        }
    }

    pub(super) fn tcp(&self) -> &Arc<TcpStream> {
        &self.tcp
    }

    /// Returns the bytes that the operating system took so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// Returns the moment at which a byte last moved.
    pub(super) fn last_moved(&self) -> Instant {
        self.last_moved
    }

    /// Runs `act` on the bare socket such that it never waits. False if the
    /// socket could not be brought into that state and back.
    #[cfg(any(not(unix), feature = "tls"))]
    pub(super) fn without_waiting(&mut self, act: impl FnOnce(&mut &TcpStream) -> bool) -> bool {
        if self.tcp.set_nonblocking(true).is_err() {
            return false;
        }
        let result = act(&mut &*self.tcp);
        self.tcp.set_nonblocking(false).is_ok() && result
    }

    /// Returns whether the peer has neither closed the connection nor sent
    /// anything. Never waits.
    #[cfg(unix)]
    pub(super) fn is_quiet(&mut self) -> bool {
        use rustix::net::{RecvFlags, recv};
        // One system call, where leaving and entering the waiting state takes
        // two more. It is asked before every request.
        let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
        // Anything else is an end, an error or unasked data.
        matches!(recv(&self.tcp, &mut [0; 1], flags), Err(rustix::io::Errno::AGAIN))
    }

    #[cfg(not(unix))]
    pub(super) fn is_quiet(&mut self) -> bool {
        self.without_waiting(|tcp| {
            matches!(tcp.peek(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
        })
    }

    /// Returns the longest time that the next wait may take; `None` for no limit.
    fn allowance(&self, since: Instant, now: Instant) -> Result<Option<Duration>, Expired> {
        let call = self.deadline.remaining_at(now);
        if call == Some(Duration::ZERO) {
            return Err(Expired::Deadline);
        }
        let Some(idle) = self.idle else {
            return Ok(call);
        };
        let quiet = idle.saturating_sub(now.saturating_duration_since(since));
        if quiet.is_zero() {
            return Err(Expired::Idle(idle));
        }
        Ok(Some(call.map_or(quiet, |call| call.min(quiet))))
    }

    fn wait<T>(
        &mut self,
        alarm_of: impl Fn(&mut Self) -> &mut Alarm,
        set: impl Fn(&TcpStream, Option<Duration>) -> io::Result<()>,
        mut act: impl FnMut(&mut &TcpStream) -> io::Result<T>,
    ) -> io::Result<T> {
        let since = Instant::now();
        let mut now = since;
        loop {
            let allowance = self.allowance(since, now)?;
            if let Some(value) = alarm_of(self).to_set(allowance) {
                set(&self.tcp, Some(value))?;
                alarm_of(self).0 = Some(value);
            }
            let result = act(&mut &*self.tcp);
            now = Instant::now();
            match result {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_alarm(&error) => {
                    // The next round checks the clock for a limit that was reached.
                    alarm_of(self).0 = None;
                }
                Err(error) => return Err(error),
                Ok(value) => {
                    self.last_moved = now;
                    return Ok(value);
                }
            }
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.wait(|socket| &mut socket.read_alarm, TcpStream::set_read_timeout, |tcp| tcp.read(buf))
    }
}

impl Write for Socket {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(buf)])
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        let count = self.wait(
            |socket| &mut socket.write_alarm,
            TcpStream::set_write_timeout,
            |tcp| tcp.write_vectored(bufs),
        )?;
        self.sent += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The timeout last set in the operating system, for one direction.
///
/// Setting the exact time left before every read would cost a system call
/// each. An alarm that goes off too early does no harm, since the clock is
/// looked at and the wait goes on; one too late would break the deadline. So
/// half of what is left is set, which stays right until half of it is used up:
/// a dozen calls for 310 s, and none at all for short exchanges on a
/// connection that is kept.
struct Alarm(Option<Duration>);

/// Windows reports an alarm that went off as a timeout; elsewhere that word
/// means that TCP itself has given up on the peer.
fn is_alarm(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
        || (cfg!(windows) && error.kind() == io::ErrorKind::TimedOut)
}

/// Below this the exact time is set: halving on would only spin.
const FINE: Duration = Duration::from_millis(50);

impl Alarm {
    fn to_set(&self, allowance: Option<Duration>) -> Option<Duration> {
        let allowance = allowance?;
        match self.0 {
            Some(set) if set <= allowance => None,
            _ if allowance <= FINE => Some(allowance),
            _ => Some(allowance / 2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_never_late_and_seldom_set() {
        let mut alarm = Alarm(None);
        let mut settings = 0;
        for left in (1..=310_000).rev() {
            let left = Duration::from_millis(left);
            if let Some(value) = alarm.to_set(Some(left)) {
                alarm.0 = Some(value);
                settings += 1;
            }
            assert!(alarm.0.unwrap() <= left);
        }
        // Of 310 000 reads: some halvings, then each of the last 50 ms.
        assert!(settings < 70, "{settings}");
    }

    #[test]
    fn without_a_limit_no_alarm_is_set() {
        assert_eq!(Alarm(None).to_set(None), None);
        assert_eq!(Alarm(Some(FINE)).to_set(None), None);
    }
}
