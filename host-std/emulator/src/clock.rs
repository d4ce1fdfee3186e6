//! The emulator's clock, which a test may set wrong on purpose, and dates.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// The system's clock plus an offset that tests set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock {
    offset_secs: Arc<AtomicI64>,
}

impl Clock {
    pub(crate) fn set_offset_secs(&self, secs: i64) {
        self.offset_secs.store(secs, Ordering::Relaxed);
    }

    /// Seconds since 1970, as the emulator sees them.
    pub(crate) fn now(&self) -> i64 {
        let system = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0));
        system.saturating_add(self.offset_secs.load(Ordering::Relaxed))
    }
}

/// The last value that was made of a time, such as the text of a second or of a day. All calls of
/// that second or day share it.
pub(crate) struct Last<T>(Mutex<Option<(i64, T)>>);

impl<T: Clone> Last<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Returns the value of a time, which is made unless it is the last one.
    pub(crate) fn get(&self, time: i64, make: impl FnOnce() -> T) -> T {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, value)) = last.as_ref().filter(|(of, _)| *of == time) {
            return value.clone();
        }
        let value = make();
        *last = Some((time, value.clone()));
        value
    }
}

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A day of the proleptic Gregorian calendar.
pub(crate) struct Civil {
    pub(crate) year: i64,
    pub(crate) month: u8,
    pub(crate) day: u8,
}

/// Returns the day that lies `days` after 1970-01-01. Works on years that begin
/// in March, so that the leap day is the last of its year.
pub(crate) fn civil(days: i64) -> Civil {
    let shifted = days.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    Civil {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month: month as u8,
        day: day as u8,
    }
}

/// Returns the UTC date of a unix time near now, which is written once a day.
pub(crate) fn recent_utc_date(unix: i64) -> Arc<str> {
    static LAST: Last<Arc<str>> = Last::new();
    LAST.get(unix.div_euclid(DAY), || utc_date(unix).into())
}

/// Returns the UTC date of a unix time, `YYYY-MM-DD`.
pub(crate) fn utc_date(unix: i64) -> String {
    let Civil { year, month, day } = civil(unix.div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// Returns the UTC year of a unix time.
#[cfg(feature = "tls")]
pub(crate) fn year(unix: i64) -> i32 {
    i32::try_from(civil(unix.div_euclid(DAY)).year).unwrap_or(i32::MAX)
}

/// Returns a unix time as `YYYY-MM-DDThh:mm:ssZ`.
pub(crate) fn utc_time(unix: i64) -> String {
    let second = unix.rem_euclid(DAY);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", utc_date(unix))
}

/// Returns a unix time as the `Date` header writes it.
pub(crate) fn http_date(unix: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let days = unix.div_euclid(DAY);
    let second = unix.rem_euclid(DAY);
    let Civil { year, month, day } = civil(days);
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        DAYS[days.rem_euclid(7) as usize],
        MONTHS[usize::from(month.clamp(1, 12)) - 1],
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use super::{http_date, utc_date};

    #[test]
    fn dates() {
        assert_eq!(utc_date(0), "1970-01-01");
        assert_eq!(utc_date(1_551_113_065), "2019-02-25");
        assert_eq!(utc_date(951_782_399), "2000-02-28");
        assert_eq!(utc_date(951_782_400), "2000-02-29");
        assert_eq!(utc_date(-1), "1969-12-31");
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        // Absurd times give some text, never a panic.
        utc_date(i64::MAX);
        http_date(i64::MIN);
    }
}
