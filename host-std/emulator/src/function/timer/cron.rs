//! Cron expressions with the seven fields of SCF: second, minute, hour, day, month, weekday, year.
//!
//! Also taken are the five of older projects, which have neither second nor year. Where both day
//! and weekday are restricted, either suffices. The times are those of Beijing, as in the cloud.

use crate::clock::civil;

/// UTC+8, without daylight saving.
const BEIJING: i64 = 8 * 3600;
const DAY: i64 = 86_400;
const FIRST_YEAR: u32 = 1970;
const LAST_YEAR: u32 = 2099;

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A schedule, by the fields of a cron expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cron {
    seconds: Field,
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
    years: Field,
}

/// The numbers that a field allows.
#[derive(Clone, Debug, PartialEq)]
struct Field {
    /// `true` for `*`, which restricts nothing.
    is_any: bool,
    allowed: Vec<u32>,
}

impl Field {
    fn parse(text: &str, name: &str, from: u32, to: u32, words: &[&str]) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no {name}: {from} to {to}, with , - * and /");
        let number = |text: &str| -> Option<u32> {
            let word = words.iter().position(|word| text.eq_ignore_ascii_case(word));
            let number = match word {
                // Months begin with 1, weekdays with 0.
                Some(place) => u32::try_from(place).ok()? + from,
                None => text.parse().ok()?,
            };
            (from..=to).contains(&number).then_some(number)
        };
        let mut allowed = Vec::new();
        for part in text.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, step.parse().ok().filter(|step| *step > 0)),
                None => (part, Some(1)),
            };
            let step: usize = step.ok_or_else(wrong)?;
            let (start, end) = match range.split_once('-') {
                _ if range == "*" || range == "?" => (from, to),
                Some((start, end)) => {
                    (number(start).ok_or_else(wrong)?, number(end).ok_or_else(wrong)?)
                }
                None => {
                    let start = number(range).ok_or_else(wrong)?;
                    (start, if part.contains('/') { to } else { start })
                }
            };
            if start > end {
                return Err(wrong());
            }
            allowed.extend((start..=end).step_by(step));
        }
        allowed.sort_unstable();
        allowed.dedup();
        Ok(Self { is_any: text == "*" || text == "?", allowed })
    }

    fn has(&self, number: u32) -> bool {
        self.allowed.binary_search(&number).is_ok()
    }
}

impl Cron {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [second, minute, hour, day, month, weekday, year] = fields[..] else {
            let [minute, hour, day, month, weekday] = fields[..] else {
                return Err(format!(
                    "the cron expression {text:?} has {} fields; give seven: second minute hour \
                     day month weekday year, as in \"0 */5 * * * * *\"",
                    fields.len()
                ));
            };
            return Self::parse(&format!("0 {minute} {hour} {day} {month} {weekday} *"));
        };
        Ok(Self {
            seconds: Field::parse(second, "second", 0, 59, &[])?,
            minutes: Field::parse(minute, "minute", 0, 59, &[])?,
            hours: Field::parse(hour, "hour", 0, 23, &[])?,
            days: Field::parse(day, "day", 1, 31, &[])?,
            months: Field::parse(month, "month", 1, 12, &MONTHS)?,
            weekdays: Field::parse(weekday, "weekday", 0, 6, &WEEKDAYS)?,
            years: Field::parse(year, "year", FIRST_YEAR, LAST_YEAR, &[])?,
        })
    }

    /// Returns the first time after this one, in seconds since 1970; nothing where there
    /// is none.
    pub(crate) fn after(&self, unix: i64) -> Option<i64> {
        let start = unix + 1 + BEIJING;
        let mut day = start.div_euclid(DAY);
        let mut from = start.rem_euclid(DAY);
        loop {
            let date = civil(day);
            let year = u32::try_from(date.year).unwrap_or(0);
            if year > LAST_YEAR {
                return None;
            }
            if self.years.has(year)
                && self.months.has(date.month.into())
                && self.is_day(day, date.day.into())
                && let Some(second) = self.second_of_day(from)
            {
                return Some(day * DAY + second - BEIJING);
            }
            day += 1;
            from = 0;
        }
    }

    fn is_day(&self, day: i64, day_of_month: u32) -> bool {
        // The first of January 1970 was a Thursday.
        let weekday = (day + 4).rem_euclid(7) as u32;
        let (is_day, is_weekday) = (self.days.has(day_of_month), self.weekdays.has(weekday));
        if self.days.is_any || self.weekdays.is_any {
            is_day && is_weekday
        } else {
            is_day || is_weekday
        }
    }

    fn second_of_day(&self, from: i64) -> Option<i64> {
        for hour in &self.hours.allowed {
            for minute in &self.minutes.allowed {
                let start = i64::from(hour * 3600 + minute * 60);
                if start + 59 < from {
                    continue;
                }
                for second in &self.seconds.allowed {
                    let at = start + i64::from(*second);
                    if at >= from {
                        return Some(at);
                    }
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Cron;

    /// 2023-11-14 22:13:20 UTC, a Wednesday morning in Beijing: 06:13:20 on the 15th.
    const NOW: i64 = 1_700_000_000;

    fn after(text: &str) -> Option<i64> {
        Cron::parse(text).unwrap().after(NOW).map(|at| at - NOW)
    }

    #[test]
    fn the_next_time() {
        assert_eq!(after("* * * * * * *"), Some(1));
        assert_eq!(after("*/5 * * * * * *"), Some(5));
        assert_eq!(after("0 */5 * * * * *"), Some(100));
        assert_eq!(after("*/5 * * * *"), Some(100));
        // 07:00 in Beijing on the same day, and at 06:00 on the next.
        assert_eq!(after("0 0 7 * * * *"), Some(46 * 60 + 40));
        assert_eq!(after("0 0 6 * * * *"), Some(86_400 - 13 * 60 - 20));
        // Friday is two days later; the 17th is that Friday.
        assert_eq!(after("20 13 6 * * FRI *"), Some(2 * 86_400));
        assert_eq!(after("20 13 6 17 NOV * 2023"), Some(2 * 86_400));
        // Either the 16th or a Friday.
        assert_eq!(after("20 13 6 16 * FRI *"), Some(86_400));
        assert_eq!(after("0 0 0 29 2 * *"), Some(1_709_136_000 - NOW));
        assert_eq!(after("0 0 0 1 1 * 2020"), None);
        assert_eq!(after("10-20/5,30 13 6 15 11 3 2023"), Some(10));
    }

    #[test]
    fn what_is_no_expression() {
        for wrong in [
            "",
            "* * *",
            "60 * * * * * *",
            "* * * 0 * * *",
            "* * * * * 7 *",
            "a * * * * * *",
            "5-1 * * * * * *",
            "*/0 * * * * * *",
        ] {
            assert!(Cron::parse(wrong).is_err(), "{wrong}");
        }
    }
}
