//! An emulator for one command.

use std::path::Path;
use std::sync::mpsc::{self, Receiver, SyncSender};

use scf_emulator::{Emulator, Observation, ObservationKind, ShutdownHandle};
use scf_invoke::Delivery;

use crate::error::CommandError;
use crate::stderr::note;

/// An emulator of a folder of functions, and how its first run ended.
pub(crate) struct Emulated {
    pub(crate) emulator: Emulator,
    /// Has room for one: most commands read none, and later ones are not asked for.
    seen: Receiver<Option<Observation>>,
    sender: SyncSender<Option<Observation>>,
}

/// Stops an emulator, and whoever waits for what it runs.
pub(crate) struct Stopper {
    emulator: ShutdownHandle,
    sender: SyncSender<Option<Observation>>,
}

impl Stopper {
    pub(crate) fn stop(&self) {
        self.emulator.shutdown_now();
        let _ = self.sender.try_send(None);
    }
}

impl Emulated {
    pub(crate) fn start(dir: &Path) -> Result<Self, CommandError> {
        let (sender, seen) = mpsc::sync_channel(1);
        let observed = sender.clone();
        let emulator = Emulator::builder()
            .functions_dir(dir)
            .observe(move |observation| {
                if let ObservationKind::Ran { .. } = observation.kind {
                    let _ = observed.try_send(Some(observation.clone()));
                }
            })
            .start()
            .map_err(|error| CommandError::Configuration(error.to_string()))?;
        Ok(Self { emulator, seen, sender })
    }

    pub(crate) fn stopper(&self) -> Stopper {
        Stopper { emulator: self.emulator.shutdown_handle(), sender: self.sender.clone() }
    }

    /// Waits until the event that was accepted has run, and prints its log.
    pub(crate) fn print_run(&self) -> Result<(), CommandError> {
        while let Ok(Some(observation)) = self.seen.recv() {
            let ObservationKind::Ran { status, duration, log, .. } = observation.kind else {
                continue;
            };
            note(log.trim_end());
            let millis = duration.as_secs_f64() * 1e3;
            note(&format!("tscf: the event ran {millis:.1} ms, status {status}"));
            return if status == 200 { Ok(()) } else { Err(CommandError::Event(Some(status))) };
        }
        Err(CommandError::Interrupted(Delivery::Unknown))
    }
}
