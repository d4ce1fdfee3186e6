//! The `scf` command.
fn main() {}
