//! Fires the timers of functions.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::api::Call;
use crate::app::App;
use crate::clock::utc_time;
use crate::entry::Entry;
use crate::events::Events;
use crate::function::Timer;
use crate::id::RequestId;
use crate::observe::ObservationKind;

/// A timer and its next time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NextTimer {
    /// The function that it runs.
    pub function_name: String,
    /// The name of the timer.
    pub timer_name: String,
    /// The time at which it fires next.
    pub time: SystemTime,
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn unix_time() -> i64 {
    i64::try_from(since_1970().as_secs()).unwrap_or(i64::MAX)
}

/// Returns the next time of each timer, the first one first.
pub(crate) fn next(app: &App) -> Vec<NextTimer> {
    let now = unix_time();
    let timers = app.functions.timers().into_iter().filter_map(|(function_name, _, timer)| {
        let time = u64::try_from(timer.after(now)?).ok()?;
        let time = UNIX_EPOCH + Duration::from_secs(time);
        Some(NextTimer { function_name, timer_name: timer.name, time })
    });
    let mut timers: Vec<_> = timers.collect();
    timers.sort_by_key(|timer| timer.time);
    timers
}

/// Fires all timers in their seconds. Settings are looked at each second, so an edit counts.
pub(crate) async fn fire(app: &Arc<App>) {
    let mut last = unix_time();
    loop {
        let into_second = Duration::from_nanos(u64::from(since_1970().subsec_nanos()));
        tokio::time::sleep(Duration::from_secs(1).saturating_sub(into_second)).await;
        let now = unix_time();
        for (function_name, namespace, timer) in app.functions.timers() {
            if let Some(time) = timer.after(last).filter(|time| *time <= now) {
                run(app, &function_name, &namespace, &timer, time);
            }
        }
        last = last.max(now);
    }
}

fn run(app: &Arc<App>, function_name: &str, namespace: &str, timer: &Timer, time: i64) {
    let request_id = RequestId::random();
    let event = timer.event(&utc_time(time));
    let mut call = Call::triggered("timer", function_name, namespace, event);
    call.synchronous = false;
    let call = Arc::new(call);
    let record = app.journal.open(Entry::of_call(request_id, &call));
    match Events::accept(app, call, request_id, record) {
        Ok(_) => app.observe(&request_id, Some(function_name), ObservationKind::Accepted),
        Err(error) => {
            app.journal.update(record, |record| record.answered(&error));
            app.observe(&request_id, Some(function_name), ObservationKind::refused(&error));
        }
    }
}
