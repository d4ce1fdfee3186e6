//! The end of an attempt, and what to do next.

pub mod retry;
