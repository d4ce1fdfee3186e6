//! The figures of the README: each beside its peer's or its limit, measured
//! in turn in this one run, so that only ratios count.
//!
//! `tests/bench` runs it. It exits with 1 if a target is missed.

mod carry;
mod decode;
mod emit;
mod peers;
mod report;
mod server;
mod sign;

use report::Report;

fn main() {
    let mut report = Report::default();
    sign::run(&mut report);
    emit::run(&mut report);
    decode::run(&mut report);
    carry::run(&mut report);

    std::process::exit(report.finish());
}
