//! The requests that came, and what became of each.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::changes::{Change, Changes};
use crate::entry::Entry;
use crate::record::{Record, RecordState};

/// Requests that are kept; older ones are forgotten.
const ENTRIES: usize = 10_000;
/// Bytes of events, results and logs that are kept.
const BYTES: usize = 64 * 1024 * 1024;

/// All requests that are kept, oldest first.
#[derive(Debug)]
pub(crate) struct Journal {
    state: Mutex<State>,
    changes: Changes,
}

#[derive(Debug, Default)]
struct State {
    /// The number of the oldest entry that is kept.
    first: u64,
    entries: VecDeque<Entry>,
    bytes: usize,
}

impl State {
    fn find(&mut self, number: u64) -> Option<&mut Entry> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.entries.get_mut(index)
    }
}

impl Journal {
    pub(crate) fn new(changes: Changes) -> Self {
        Self { state: Mutex::default(), changes }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an entry and returns its number.
    pub(crate) fn open(&self, entry: Entry) -> u64 {
        let mut state = self.lock();
        state.bytes += entry.size();
        state.entries.push_back(entry);
        while state.entries.len() > ENTRIES || (state.bytes > BYTES && state.entries.len() > 1) {
            if let Some(oldest) = state.entries.pop_front() {
                state.bytes = state.bytes.saturating_sub(oldest.size());
                state.first += 1;
            }
        }
        state.first + state.entries.len() as u64 - 1
    }

    /// Changes an entry, unless it is forgotten.
    pub(crate) fn update(&self, number: u64, change: impl FnOnce(&mut Entry)) {
        let mut state = self.lock();
        let Some(entry) = state.find(number) else { return };
        let before = entry.size();
        change(entry);
        let after = entry.size();
        self.changes.send(|| Change::Record(Box::new(entry.read())));
        state.bytes = state.bytes.saturating_sub(before) + after;
    }

    /// Ends an entry that no response will follow, as a fault has it.
    pub(crate) fn cut(&self, number: u64) {
        // A request that was accepted or runs ends by itself.
        let is_open = |entry: &mut Entry| entry.state == RecordState::Received;
        if self.lock().find(number).is_some_and(is_open) {
            self.update(number, |entry| {
                entry.state = RecordState::Cut;
                entry.ended = Some(SystemTime::now());
            });
        }
    }

    /// Ends the entries of calls that run still, and returns their records.
    pub(crate) fn interrupt(&self) -> Vec<Record> {
        let mut state = self.lock();
        let running = state.entries.iter_mut().filter(|entry| entry.state == RecordState::Running);
        let interrupted = running.map(|entry| {
            entry.state = RecordState::Abandoned;
            entry.ended = Some(SystemTime::now());
            entry.read()
        });
        interrupted.collect()
    }

    /// Adds to the log of an entry what a function printed.
    pub(crate) fn log(&self, number: u64, request_id: &str, text: &str) {
        let mut state = self.lock();
        if let Some(entry) = state.find(number) {
            let before = entry.size();
            entry.add_to_log(text);
            let after = entry.size();
            state.bytes = state.bytes.saturating_sub(before) + after;
        }
        drop(state);
        self.changes
            .send(|| Change::Log { request_id: request_id.to_owned(), text: text.to_owned() });
    }

    /// Returns the records that a test picks, oldest first.
    pub(crate) fn pick(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<Record> {
        self.lock().entries.iter().filter(|entry| wanted(entry)).map(Entry::read).collect()
    }

    /// Reads the newest entry that fits.
    pub(crate) fn find<T>(
        &self,
        wanted: impl Fn(&Entry) -> bool,
        read: impl Fn(&Entry) -> T,
    ) -> Option<T> {
        self.lock().entries.iter().rev().find(|entry| wanted(entry)).map(read)
    }

    pub(crate) fn clear(&self) {
        let mut state = self.lock();
        state.first += state.entries.len() as u64;
        state.entries.clear();
        state.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Call;
    use crate::id::RequestId;
    use std::sync::Arc;

    #[test]
    fn memory_is_bounded_and_the_newest_are_kept() {
        let journal = Journal::new(Changes::new());
        let mut last = (0, String::new());
        for number in 0..200 {
            let event = format!("\"{number}{}\"", "x".repeat(1 << 20));
            let call = Arc::new(Call::triggered("timer", "hello", "default", event));
            let request_id = RequestId::random();
            last.0 = journal.open(Entry::new(request_id, &[]));
            journal.update(last.0, |entry| entry.call = Some(call));
            last.1 = request_id.to_string();
        }
        journal.update(0, |_| panic!("it is forgotten"));
        let (last, request_id) = last;
        let kept = journal.pick(|_| true);
        assert!(kept.len() <= 66 && kept.last().unwrap().request_id == request_id);
        journal.clear();
        journal.update(last, |_| panic!("it is forgotten"));
        assert!(journal.pick(|_| true).is_empty());
    }
}
