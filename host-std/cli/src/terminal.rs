//! Text from elsewhere, made harmless for a terminal.

use std::borrow::Cow;

/// Whether a terminal may act on the character, or show what follows out of
/// order, rather than show it.
pub(crate) fn is_harmful(c: char) -> bool {
    let shown = matches!(c, '\n' | '\t');
    let reorders = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (c.is_control() && !shown) || reorders
}

/// The text as a terminal may have it: what is harmful stands there as its
/// number.
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

/// The same where `terminal`, and the text itself elsewhere.
pub(crate) fn for_terminal(text: &str, terminal: bool) -> Cow<'_, str> {
    if terminal { harmless(text) } else { Cow::Borrowed(text) }
}
