//! The times at which timers fire next.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use scf_emulator::NextTimer;
use scf_invoke::scf_invoke_core::wire::time::Day;

/// Timers go by the clock of Beijing: UTC+8, without daylight saving.
const BEIJING: u64 = 8 * 3600;
const DAY: u64 = 86_400;

/// Says when a timer fires next, in how long and by the clock that its expression means.
pub(super) fn line(timer: &NextTimer, now: SystemTime) -> String {
    let NextTimer { function_name, timer_name, time, .. } = timer;
    let left = time.duration_since(now).unwrap_or_default();
    format!(
        "tscf: {function_name}: the timer {timer_name} fires next in {}, at {} in Beijing",
        rough(left),
        in_beijing(*time)
    )
}

/// Returns a duration by its two largest units.
fn rough(duration: Duration) -> String {
    let seconds = duration.as_millis().div_ceil(1000);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} days {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

fn in_beijing(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() + BEIJING;
    let date = Day::of_timestamp(seconds).map(Day::date).unwrap_or_default();
    let date = String::from_utf8_lossy(&date).into_owned();
    let second = seconds % DAY;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{date} {hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::{in_beijing, rough};

    #[test]
    fn a_duration_has_its_two_largest_units() {
        let rough = |seconds| rough(Duration::from_secs_f64(seconds));
        assert_eq!(rough(0.2), "1 s");
        assert_eq!(rough(119.0), "1 min 59 s");
        assert_eq!(rough(63_001.0), "17 h 30 min");
        assert_eq!(rough(200_000.0), "2 days 7 h");
    }

    #[test]
    fn a_time_is_that_of_beijing() {
        let time = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        assert_eq!(in_beijing(time), "2023-11-15 06:13:20");
    }
}
