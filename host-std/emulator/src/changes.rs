//! The changes that readers of the live stream get.

use tokio::sync::broadcast::{self, Receiver, Sender};

use crate::faults::ArmedFault;
use crate::function::InstanceInfo;
use crate::record::Record;

/// Changes that a slow reader may lag behind.
const LAG: usize = 1024;

/// An entry of the live stream.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// A request has come so far.
    Record(Box<Record>),
    /// A function printed this.
    Log { request_id: String, text: String },
    /// An instance has another state.
    Instance(InstanceInfo),
    /// These faults wait now.
    Faults(Vec<ArmedFault>),
}

/// The way of changes to all readers.
#[derive(Clone, Debug)]
pub(crate) struct Changes(Sender<Change>);

impl Changes {
    pub(crate) fn new() -> Self {
        Self(broadcast::channel(LAG).0)
    }

    /// Sends a change, which is made only where somebody reads.
    pub(crate) fn send(&self, change: impl FnOnce() -> Change) {
        if self.0.receiver_count() > 0 {
            // The last reader may have gone meanwhile.
            let _ = self.0.send(change());
        }
    }

    pub(crate) fn subscribe(&self) -> Receiver<Change> {
        self.0.subscribe()
    }
}
