//! Text from elsewhere, made harmless for a terminal.

use std::borrow::Cow;

/// Returns whether a terminal may act on the character, hide it, or show what
/// follows out of order.
pub(crate) fn is_harmful(c: char) -> bool {
    let shown = matches!(c, '\n' | '\t');
    (c.is_control() && !shown) || is_separator(c) || is_invisible(c)
}

/// Separators and annotations that some terminals break lines at.
fn is_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}')
}

/// Unicode's Default_Ignorable_Code_Point: bidirectional controls, zero-width
/// characters, tags and fillers. The two selectors of an emoji's form are left
/// out, since they change nothing but its looks.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0d}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Returns the text as a terminal may have it: each harmful character stands
/// there as its number.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_harmful(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Returns the harmless text where `terminal`, and the text itself elsewhere.
pub(crate) fn for_terminal(text: &str, terminal: bool) -> Cow<'_, str> {
    if terminal { harmless(text) } else { Cow::Borrowed(text) }
}

/// Returns whether the terminal obeys control sequences; those of editors do
/// not, and say so.
pub(crate) fn obeys_sequences() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
