//! Scanning for the validator, which needs no tokens.

use super::scan::{Around, Scanner, State, clean, ends_number, number_start};
use super::special::{WIDE, simple};
use super::token::ScanError;

impl Scanner {
    /// Takes all of `input` without giving tokens.
    pub(super) fn skim(&mut self, input: &mut &[u8]) -> Result<(), ScanError> {
        let before = input.len();
        let result = loop {
            if WIDE {
                *input = self.usual(input);
            }
            if input.is_empty() {
                break Ok(());
            }
            if let Err(error) = self.step(input) {
                break Err(error);
            }
        };
        self.offset = self.offset.wrapping_add(before.wrapping_sub(input.len()) as u64);
        result
    }

    /// Takes what usually follows: strings, numbers and the `:` and `,`
    /// between them. Every step here is one that [`step`](Self::step) makes as
    /// well, but a jump by the state is foreseen badly, and these are not. Stops
    /// at anything else, at an error and at the end, and leaves them to `step`.
    #[inline]
    fn usual<'i>(&mut self, input: &'i [u8]) -> &'i [u8] {
        let mut from = input;
        loop {
            if self.state == State::Text {
                from = skip_text(from);
                let Some((b'"', rest)) = from.split_first() else { return from };
                from = rest;
                self.end_text();
            }
            if self.state == State::Colon {
                let Some((b':', rest)) = from.split_first() else { return from };
                from = skip_space(rest);
                self.state = State::Value;
            }
            if self.state == State::After {
                let Some((b',', rest)) = from.split_first() else { return from };
                self.state = match self.around() {
                    Around::Nothing => return from,
                    Around::Object => State::Key,
                    Around::Array | Around::Unknown => State::Value,
                };
                from = skip_space(rest);
            }
            let key = match self.state {
                State::Key => true,
                State::Value => false,
                _ => return from,
            };
            match from.split_first() {
                Some((b'"', rest)) => {
                    from = rest;
                    self.key = key;
                    self.state = State::Text;
                }
                Some((&first @ (b'-' | b'0'..=b'9'), rest)) if !key => {
                    self.key = false;
                    self.state = number_start(first);
                    from = rest.get(self.number(rest)..).unwrap_or_default();
                    if from.is_empty() || !ends_number(self.state) {
                        return from;
                    }
                    self.state = State::After;
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
        let rest = input.get(clean(input)..).unwrap_or_default();
        match rest {
            [b'\\', letter, after @ ..] if simple(*letter) != 0 => input = after,
            _ => return rest,
        }
    }
}
