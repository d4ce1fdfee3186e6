//! The numbers of errors, which are the same in Rust and in C.

/// The numbers in Rust.
const TABLE: &str = include_str!("../../src/error/codes.md");
const HEADER: &str = include_str!("../include/scf.h");

#[test]
fn every_number_in_rust_is_the_status_of_that_name_in_c() {
    let mut shared = 0;
    for row in TABLE.lines().skip(2).filter(|row| !row.contains("(not in C)")) {
        let mut cells = row.split('|').skip(1).map(str::trim);
        let (number, name) = (cells.next().unwrap(), cells.next().unwrap().trim_matches('`'));
        let status = format!(" SCF_STATUS_{name} = {number},");
        assert!(HEADER.contains(&status), "the header has no{status}");
        shared += 1;
    }
    assert!(shared > 50, "{shared}");
}
