//! Event invocations: accepted at once, run in their turn, tried again.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use crate::api::Call;
use crate::app::App;
use crate::error::ApiError;
use crate::function::Outcome;
use crate::id::RequestId;
use crate::observe::ObservationKind;
use crate::record::RecordState;

/// Minutes to wait before an event whose function failed is run again.
const RETRY_MINUTES: [u32; 2] = [1, 2];
/// Statuses of limits and of the system, which come before the function.
const BEFORE_THE_FUNCTION: [u16; 6] = [410, 429, 432, 444, 447, 449];
/// For how many minutes an event is tried that no instance took: a day.
const SYSTEM_MINUTES: u32 = 24 * 60;
/// The longest wait between two such tries, in minutes.
const LONGEST_WAIT: u32 = 60;

/// Bounds on events that wait or run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventLimits {
    pub(crate) count: usize,
    pub(crate) bytes: usize,
    /// The duration of a minute of waiting.
    pub(crate) minute: Duration,
    /// Events of one function that run at once, so that synchronous calls find
    /// an instance beside them.
    pub(crate) at_once: usize,
}

/// The events that were accepted and have not ended.
#[derive(Debug)]
pub(crate) struct Events {
    limits: EventLimits,
    state: Mutex<State>,
    ended: Condvar,
    /// Their number.
    pending: watch::Sender<usize>,
    draining: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    pending: BTreeMap<u64, Pending>,
    bytes: usize,
    turns: HashMap<String, Arc<Semaphore>>,
}

#[derive(Debug)]
struct Pending {
    request_id: RequestId,
    function_name: String,
    record: u64,
    bytes: usize,
}

/// The step after a run of an event.
enum Next {
    End(RecordState),
    Again(Duration),
}

impl Events {
    pub(crate) fn new(limits: EventLimits) -> Self {
        Self {
            limits,
            state: Mutex::default(),
            ended: Condvar::new(),
            pending: watch::Sender::new(0),
            draining: watch::Sender::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Accepts an event; returns the `FunctionRequestId` under which it runs.
    pub(crate) fn accept(
        app: &Arc<App>,
        call: Arc<Call>,
        request_id: RequestId,
        record: u64,
    ) -> Result<RequestId, ApiError> {
        let events = &app.events;
        // Mistakes are refused now, and not in the queue.
        let function_request_id = app.functions.find(Arc::clone(&call))?.request_id();
        let bytes = call.event.as_ref().map_or(0, String::len);
        let pending =
            Pending { request_id, function_name: call.function_name.clone(), record, bytes };
        let number = {
            let mut state = events.lock();
            let EventLimits { count, bytes: most, .. } = events.limits;
            if state.pending.len() >= count || state.bytes + bytes > most {
                return Err(ApiError::new(
                    "RequestLimitExceeded",
                    format!(
                        "{} events of {} bytes wait already, which is the limit; wait and try again.",
                        state.pending.len(),
                        state.bytes
                    ),
                ));
            }
            state.next += 1;
            state.bytes += bytes;
            let number = state.next;
            state.pending.insert(number, pending);
            number
        };
        events.count();
        app.journal.update(record, |record| {
            record.state = RecordState::Queued;
            record.function_request_id = Some(function_request_id);
        });
        let run = run(Arc::clone(app), call, function_request_id, number);
        tokio::spawn(run);
        Ok(function_request_id)
    }

    fn count(&self) {
        let count = self.lock().pending.len();
        self.pending.send_replace(count);
        self.ended.notify_all();
    }

    /// Blocks until none is left.
    pub(crate) fn wait_until_empty(&self) {
        let state = self.lock();
        let waited = self.ended.wait_while(state, |state| !state.pending.is_empty());
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// Waits until none is left. Those that wait to be tried again are given up.
    pub(crate) async fn finish(&self) {
        self.draining.send_replace(true);
        let _ = self.pending.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Returns whether the emulator is stopping, as it changes.
    pub(crate) fn draining(&self) -> watch::Receiver<bool> {
        self.draining.subscribe()
    }

    /// Returns how many there are, as it changes.
    pub(crate) fn pending(&self) -> watch::Receiver<usize> {
        self.pending.subscribe()
    }

    fn turn(&self, function_name: &str) -> Arc<Semaphore> {
        let mut state = self.lock();
        let turn = state.turns.entry(function_name.to_owned());
        Arc::clone(turn.or_insert_with(|| Arc::new(Semaphore::new(self.limits.at_once))))
    }

    /// Takes an event out of the queue.
    fn remove(&self, number: u64) -> Option<Pending> {
        let mut state = self.lock();
        let pending = state.pending.remove(&number)?;
        state.bytes = state.bytes.saturating_sub(pending.bytes);
        drop(state);
        self.count();
        Some(pending)
    }

    /// Tells of the events that are left when the emulator has stopped.
    pub(crate) fn abandon(&self, app: &App) {
        let left: Vec<u64> = self.lock().pending.keys().copied().collect();
        for number in left {
            abandon(app, number);
        }
    }
}

/// The tries of an event that were in vain.
#[derive(Default)]
struct Tries {
    /// Runs in which the function failed.
    failures: usize,
    /// The minutes for which no instance took it.
    untaken_minutes: u32,
    wait_minutes: u32,
}

impl Tries {
    fn next(&mut self, run: &Result<Arc<Outcome>, ApiError>, minute: Duration) -> Next {
        match run {
            Ok(outcome) if outcome.status == 200 => Next::End(RecordState::Succeeded),
            Ok(outcome) if !BEFORE_THE_FUNCTION.contains(&outcome.status) => {
                self.failures += 1;
                match RETRY_MINUTES.get(self.failures - 1) {
                    Some(minutes) => Next::Again(minute * *minutes),
                    None => Next::End(RecordState::Failed),
                }
            }
            _ => self.untaken(minute),
        }
    }

    fn untaken(&mut self, minute: Duration) -> Next {
        if self.untaken_minutes >= SYSTEM_MINUTES {
            return Next::End(RecordState::Failed);
        }
        self.wait_minutes = (self.wait_minutes * 2).clamp(1, LONGEST_WAIT);
        self.untaken_minutes += self.wait_minutes;
        Next::Again(minute * self.wait_minutes)
    }
}

fn abandon(app: &App, number: u64) {
    let Some(pending) = app.events.remove(number) else { return };
    app.journal.update(pending.record, |record| {
        record.state = RecordState::Abandoned;
        record.ended = Some(std::time::SystemTime::now());
    });
    let name = Some(pending.function_name.as_str());
    app.observe(&pending.request_id, name, ObservationKind::Abandoned);
}

/// Runs an event until it has succeeded or is given up.
async fn run(app: Arc<App>, call: Arc<Call>, function_request_id: RequestId, number: u64) {
    let events = &app.events;
    let Some((request_id, record)) =
        events.lock().pending.get(&number).map(|one| (one.request_id, one.record))
    else {
        return;
    };
    let name = call.function_name.clone();
    let mut tries = Tries::default();
    loop {
        let turn = events.turn(&name);
        let Ok(turn) = turn.acquire().await else { return };
        let run = match app.functions.find(Arc::clone(&call)) {
            Ok(found) => {
                app.run(found.with_request_id(function_request_id), request_id, record).await
            }
            Err(error) => Err(error),
        };
        drop(turn);
        match tries.next(&run, events.limits.minute) {
            Next::End(state) => {
                app.journal.update(record, |record| record.state = state);
                if state == RecordState::Failed {
                    app.observe(&request_id, Some(&name), ObservationKind::GivenUp);
                }
                events.remove(number);
                return;
            }
            Next::Again(wait) => {
                app.journal.update(record, |record| record.state = RecordState::Queued);
                app.observe(&request_id, Some(&name), ObservationKind::Retrying { wait });
                let mut draining = events.draining.subscribe();
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    _ = draining.wait_for(|draining| *draining) => return abandon(&app, number),
                }
            }
        }
    }
}
