//! The requests that came, and what became of each.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::changes::{Change, Changes};
use crate::record::{Record, RecordState};

/// Records that are kept; older ones are forgotten.
const RECORDS: usize = 10_000;
/// Bytes of events, results and logs that are kept.
const BYTES: usize = 64 * 1024 * 1024;

/// All records, oldest first.
#[derive(Debug)]
pub(crate) struct Journal {
    state: Mutex<State>,
    changes: Changes,
}

#[derive(Debug, Default)]
struct State {
    /// The number of the oldest record that is kept.
    first: u64,
    records: VecDeque<Record>,
    bytes: usize,
}

impl State {
    fn find(&mut self, number: u64) -> Option<&mut Record> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.records.get_mut(index)
    }
}

impl Journal {
    pub(crate) fn new(changes: Changes) -> Self {
        Self { state: Mutex::default(), changes }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a record and returns its number.
    pub(crate) fn open(&self, record: Record) -> u64 {
        let mut state = self.lock();
        state.bytes += record.size();
        state.records.push_back(record);
        while state.records.len() > RECORDS || (state.bytes > BYTES && state.records.len() > 1) {
            if let Some(oldest) = state.records.pop_front() {
                state.bytes = state.bytes.saturating_sub(oldest.size());
                state.first += 1;
            }
        }
        state.first + state.records.len() as u64 - 1
    }

    /// Changes a record, unless it is forgotten.
    pub(crate) fn update(&self, number: u64, change: impl FnOnce(&mut Record)) {
        let mut state = self.lock();
        let Some(record) = state.find(number) else { return };
        let before = record.size();
        change(record);
        let after = record.size();
        self.changes.send(|| Change::Record(Box::new(record.clone())));
        state.bytes = state.bytes.saturating_sub(before) + after;
    }

    /// Ends a record that no response will follow, as a fault has it.
    pub(crate) fn cut(&self, number: u64) {
        // A request that was accepted or runs ends by itself.
        let is_open = |record: &mut Record| record.state == RecordState::Received;
        if self.lock().find(number).is_some_and(is_open) {
            self.update(number, |record| {
                record.state = RecordState::Cut;
                record.ended = Some(SystemTime::now());
            });
        }
    }

    /// Ends the records of calls that run still, and returns them.
    pub(crate) fn interrupt(&self) -> Vec<Record> {
        let mut state = self.lock();
        let running =
            state.records.iter_mut().filter(|record| record.state == RecordState::Running);
        let interrupted = running.map(|record| {
            record.state = RecordState::Abandoned;
            record.ended = Some(SystemTime::now());
            record.read()
        });
        interrupted.collect()
    }

    /// Adds to the log of a record what a function printed.
    pub(crate) fn log(&self, number: u64, request_id: &str, text: &str) {
        let mut state = self.lock();
        if let Some(record) = state.find(number) {
            let before = record.log.len();
            record.add_to_log(text);
            let after = record.log.len();
            state.bytes = state.bytes.saturating_sub(before) + after;
        }
        drop(state);
        self.changes
            .send(|| Change::Log { request_id: request_id.to_owned(), text: text.to_owned() });
    }

    /// Returns the records that a test picks, oldest first.
    pub(crate) fn pick(&self, wanted: impl Fn(&Record) -> bool) -> Vec<Record> {
        self.lock().records.iter().filter(|record| wanted(record)).map(Record::read).collect()
    }

    /// Finds the newest record that fits.
    pub(crate) fn find(&self, wanted: impl Fn(&Record) -> bool) -> Option<Record> {
        self.lock().records.iter().rev().find(|record| wanted(record)).map(Record::read)
    }

    pub(crate) fn clear(&self) {
        let mut state = self.lock();
        state.first += state.records.len() as u64;
        state.records.clear();
        state.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_the_newest_are_kept() {
        let journal = Journal::new(Changes::new());
        let mut last = 0;
        for number in 0..200 {
            last = journal.open(Record { request_id: number.to_string(), ..Record::default() });
            journal.update(last, |record| record.event = Some("x".repeat(1 << 20)));
        }
        journal.update(0, |record| record.request_id.clear());
        let kept = journal.pick(|_| true);
        assert!(kept.len() <= 66 && kept.last().unwrap().request_id == "199", "{}", kept.len());
        journal.clear();
        journal.update(last, |_| panic!("it is forgotten"));
        assert!(journal.pick(|_| true).is_empty());
    }
}
