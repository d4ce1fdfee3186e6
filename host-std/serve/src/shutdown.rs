//! Stopping a server from elsewhere.

use tokio::sync::watch;

/// The stage of a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stop {
    /// The server accepts connections.
    Serving,
    /// It accepts none, and finishes what runs.
    Draining,
    /// It ends what runs.
    Now,
}

/// Stops a server from elsewhere, such as a handler of Ctrl-C.
#[derive(Clone, Debug)]
pub struct ShutdownHandle(pub(crate) watch::Sender<Stop>);

impl ShutdownHandle {
    /// Asks the server to stop: it accepts nothing more and finishes what runs,
    /// within its grace period. Asked a second time, it ends at once.
    pub fn shutdown(&self) {
        self.0.send_modify(|stop| {
            *stop = if *stop == Stop::Serving { Stop::Draining } else { Stop::Now };
        });
    }

    /// Ends the server at once.
    pub fn shutdown_now(&self) {
        self.0.send_modify(|stop| *stop = Stop::Now);
    }
}

/// Waits until a stop has come so far. A server whose handles are all gone
/// ends too.
pub(crate) async fn reached(stop: &mut watch::Receiver<Stop>, wanted: Stop) {
    let _ = stop.wait_for(|now| *now >= wanted).await;
}
