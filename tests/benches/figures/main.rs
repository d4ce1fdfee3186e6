//! The figures of the README: each beside its peer's or its limit, measured
//! in turn in this one run, so that only ratios count.
//!
//! `tests/bench [flight] [sign] [emit] [decode] [load] [cold] [carry]` runs it: all of it, or only the
//! parts named. It exits with 1 if a target is missed.

mod carry;
mod cold;
mod decode;
mod emit;
mod flight;
mod flight_server;
mod load;
mod peers;
mod profile;
mod report;
mod server;
mod sign;

use report::Report;

/// A part of the report, by its name.
type Part = (&'static str, fn(&mut Report));

fn main() {
    flight_server::serve_if_asked();
    // The first one measures the memory of the process, and the last one keeps to
    // one processor.
    let parts: [Part; 7] = [
        ("flight", flight::run),
        ("sign", sign::run),
        ("emit", emit::run),
        ("decode", decode::run),
        ("load", load::run),
        ("cold", cold::run),
        ("carry", carry::run),
    ];
    // Cargo adds --bench.
    let named: Vec<String> = std::env::args().skip(1).filter(|name| name != "--bench").collect();
    if let Some(name) = named.iter().find(|name| parts.iter().all(|(part, _)| part != name)) {
        eprintln!(
            "no part is called {name:?}; there are flight, sign, emit, decode, load, cold and carry"
        );
        std::process::exit(2);
    }
    let mut report = Report::default();
    for (name, run) in parts {
        if named.is_empty() || named.iter().any(|wanted| wanted == name) {
            run(&mut report);
        }
    }

    std::process::exit(report.finish());
}
