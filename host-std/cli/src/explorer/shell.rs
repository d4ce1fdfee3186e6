//! The words of a shell's command.

/// Splits a command into its words, without the quotes. Variables stay as they
/// are written.
pub(super) fn words(command: &str) -> Vec<String> {
    let (mut words, mut word) = (vec![], None::<String>);
    let mut quote = None;
    let mut characters = command.chars();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (Some(open), c) if c == open => quote = None,
            (None | Some('"'), '\\') => match characters.next() {
                // A line that goes on.
                Some('\n') | None => {}
                Some(c) => word.get_or_insert_default().push(c),
            },
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn quotes_and_escapes_are_a_shell_s() {
        let command = "-H 'a: b' \\\n  --data \"{\\\"n\\\":1}\" '' it\\'s 'it'\\''s' http://h/";
        let expected = ["-H", "a: b", "--data", "{\"n\":1}", "", "it's", "it's", "http://h/"];
        assert_eq!(words(command), expected);
    }
}
