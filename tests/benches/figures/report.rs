//! Measures in turn, prints figures beside their peers, keeps the verdicts.

use std::time::{Duration, Instant};

/// Rounds in which every candidate is timed once, in turn.
const ROUNDS: usize = 15;

/// The target of a ratio.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    /// Nothing: the figure is printed to be known.
    None,
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
    /// At least this, which is not reached yet: a miss is reported, and only a
    /// ratio below the floor fails.
    Aim { aim: f64, floor: f64 },
}

#[derive(Default)]
pub(crate) struct Report {
    missed: Vec<String>,
}

/// One thing to be timed: what it is, and how it is done once.
pub(crate) type Candidate<'a> = (&'a str, Box<dyn FnMut() + 'a>);

impl Report {
    pub(crate) fn heading(&self, text: &str) {
        println!("\n{text}");
    }

    /// Times the candidates in turn, each for about `slice` a round; gives the
    /// median time of one run of each.
    pub(crate) fn time(&self, slice: Duration, candidates: &mut [Candidate<'_>]) -> Vec<Times> {
        let repeats: Vec<u32> = candidates
            .iter_mut()
            .map(|(_, run)| {
                let start = Instant::now();
                let mut count = 0;
                while start.elapsed() < slice {
                    run();
                    count += 1;
                }
                count
            })
            .collect();
        let mut rounds = vec![Vec::with_capacity(ROUNDS); candidates.len()];
        for _ in 0..ROUNDS {
            for ((_, run), (&repeats, times)) in
                candidates.iter_mut().zip(repeats.iter().zip(&mut rounds))
            {
                let start = Instant::now();
                for _ in 0..repeats {
                    run();
                }
                times.push(start.elapsed().as_secs_f64() / f64::from(repeats));
            }
        }
        for ((name, _), times) in candidates.iter().zip(&rounds) {
            println!("  {name:<44} {:>12}", readable(median(times)));
        }
        rounds.into_iter().map(Times).collect()
    }

    /// Prints the median of the ratios, round by round, and holds it against
    /// its target.
    pub(crate) fn ratio(
        &mut self,
        name: &str,
        numerator: &Times,
        denominator: &Times,
        target: Target,
    ) {
        let ratios: Vec<f64> = numerator.0.iter().zip(&denominator.0).map(|(n, d)| n / d).collect();
        let ratio = median(&ratios);
        let (met, wanted) = match target {
            Target::Aim { aim, .. } => (ratio >= aim, format!("aim: at least {aim}")),
            Target::None => (true, String::new()),
            Target::AtLeast(limit) => (ratio >= limit, format!("target: at least {limit}")),
            Target::AtMost(limit) => (ratio <= limit, format!("target: at most {limit}")),
        };
        let verdict = match target {
            _ if met => "",
            Target::Aim { floor, .. } if ratio >= floor => "  not reached",
            _ => "  MISSED",
        };
        println!("  {name:<44} {ratio:>11.2}x  {wanted}{verdict}");
        if verdict == "  MISSED" {
            self.missed.push(format!("{name}: {ratio:.2}, {wanted}"));
        }
    }

    /// Prints a part of a time, in seconds.
    pub(crate) fn part(&self, name: &str, seconds: f64) {
        println!("  {name:<46} {:>10}", readable(seconds));
    }

    /// Prints a figure, and holds it against its limit.
    pub(crate) fn at_most(&mut self, name: &str, figure: f64, limit: f64) {
        let verdict = if figure <= limit { "" } else { "  MISSED" };
        println!("  {name:<44} {figure:>12.0}  target: at most {limit}{verdict}");
        if !verdict.is_empty() {
            self.missed.push(format!("{name}: {figure:.0}, target: at most {limit}"));
        }
    }

    /// Prints the median of the differences, round by round, beside the most that they should be,
    /// and the ratio. A slow machine takes longer for both, so a miss is reported and fails
    /// nothing.
    pub(crate) fn difference(&self, name: &str, longer: &Times, shorter: &Times, most: Duration) {
        let differences: Vec<f64> = longer.0.iter().zip(&shorter.0).map(|(l, s)| l - s).collect();
        let difference = median(&differences);
        let ratio = longer.median() / shorter.median();
        let verdict = if difference <= most.as_secs_f64() { "" } else { "  not reached" };
        let (difference, most) = (readable(difference), readable(most.as_secs_f64()));
        println!("  {name:<44} {difference:>12}  ({ratio:.2}x)  aim: at most {most}{verdict}");
    }

    /// Returns the exit code, after a list of what was missed.
    pub(crate) fn finish(self) -> i32 {
        println!();
        for line in &self.missed {
            println!("missed: {line}");
        }
        if self.missed.is_empty() {
            println!("all targets are met");
            0
        } else {
            1
        }
    }
}

/// The times of one candidate, in seconds, a round each.
pub(crate) struct Times(Vec<f64>);

impl Times {
    pub(crate) fn median(&self) -> f64 {
        median(&self.0)
    }

    /// Takes figures that were measured elsewhere, a round each.
    pub(crate) fn of(figures: Vec<f64>) -> Self {
        Self(figures)
    }

    /// Returns what these times are longer than `others`, round by round.
    pub(crate) fn without(&self, others: &Self) -> Self {
        Self(self.0.iter().zip(&others.0).map(|(time, other)| time - other).collect())
    }

    /// Returns a time that was taken once, to be held against each round of
    /// these.
    pub(crate) fn all(&self, seconds: f64) -> Self {
        Self(vec![seconds; self.0.len()])
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn readable(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.0} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.1} us", s * 1e6),
        s => format!("{:.2} ms", s * 1e3),
    }
}
