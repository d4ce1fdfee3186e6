//! Scanning for the validator, which needs no tokens.

use super::grammar::{escaped, lead, row};
use super::scan::{Scanner, after_clean, ends_number};
use super::token::ScanError;
use crate::wire::FAST;

impl Scanner {
    /// Takes all of `input`, up to an error, without giving tokens and without
    /// counting.
    pub(super) fn skim(&mut self, input: &mut &[u8]) -> Result<(), ScanError> {
        loop {
            if FAST {
                *input = self.usual(input);
            }
            if input.is_empty() {
                return Ok(());
            }
            let (step, _) = self.step(input);
            if let Some(error) = step.error() {
                return Err(error);
            }
        }
    }

    /// Takes what usually follows: strings, numbers and the `:` and `,`
    /// between them. Every step here is one that [`step`](Self::step) makes as
    /// well, but a jump by the state is foreseen badly, and these are not. Stops
    /// at anything else, at an error and at the end, and leaves them to `step`.
    #[inline]
    fn usual<'i>(&mut self, input: &'i [u8]) -> &'i [u8] {
        let mut from = input;
        loop {
            if self.state == row::TEXT {
                from = skip_text(from);
                let Some((b'"', rest)) = from.split_first() else { return from };
                from = rest;
                self.state = self.after_text();
            }
            if self.state == row::COLON {
                let Some((b':', rest)) = from.split_first() else { return from };
                from = skip_space(rest);
                self.state = row::VALUE;
            }
            if matches!(self.state, row::AFTER_MEMBER | row::AFTER_ITEM) {
                let Some((b',', rest)) = from.split_first() else { return from };
                self.state = lead(self.state, b',');
                from = skip_space(rest);
            }
            let key = match self.state {
                row::KEY => true,
                row::VALUE => false,
                _ => return from,
            };
            match from.split_first() {
                Some((b'"', rest)) => {
                    from = rest;
                    self.key = key;
                    self.state = row::TEXT;
                }
                Some((&first @ (b'-' | b'0'..=b'9'), rest)) if !key => {
                    self.state = lead(row::VALUE, first);
                    from = self.number(rest);
                    if from.is_empty() || !ends_number(self.state) {
                        return from;
                    }
                    self.state = self.after();
                }
                _ => return from,
            }
        }
    }
}

#[inline(always)]
fn skip_space(input: &[u8]) -> &[u8] {
    input.strip_prefix(b" ").unwrap_or(input)
}

/// Skips text and two-letter escapes.
#[inline(always)]
fn skip_text(mut input: &[u8]) -> &[u8] {
    loop {
        let rest = after_clean(input);
        match rest {
            [b'\\', letter, after @ ..] if escaped(*letter) != 0 => input = after,
            _ => return rest,
        }
    }
}
