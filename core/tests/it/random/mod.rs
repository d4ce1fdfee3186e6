//! Random numbers and documents, the same at every run.

/// A small generator of numbers, the same at every run.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Returns a number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() >> 16) as usize % end
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// Returns how often to repeat: less under Miri, which is a thousand times
/// slower.
pub fn rounds(full: usize) -> usize {
    if cfg!(miri) { (full / 500).clamp(2, 50) } else { full }
}

/// Returns a JSON document of random form.
pub fn document(random: &mut Random, depth: usize) -> String {
    let space = |random: &mut Random| random.pick(&["", "", "", " ", "\n", "\t ", "\r\n"]);
    let mut text = String::from(space(random));
    match random.below(if depth == 0 { 5 } else { 8 }) {
        0 => text += random.pick(&["true", "false", "null"]),
        1 | 2 => {
            text += random.pick(&[
                "0",
                "-0",
                "1",
                "-17",
                "3.25",
                "0.826",
                "1e5",
                "1E+2",
                "2e-07",
                "-0.0e0",
                "123456789012345678901234567890",
            ]);
        }
        3 | 4 => text += &string(random),
        5 | 6 => {
            text.push('{');
            for n in 0..random.below(4) {
                if n > 0 {
                    text.push(',');
                }
                text += space(random);
                text += &string(random);
                text += space(random);
                text.push(':');
                text += &document(random, depth - 1);
            }
            text += space(random);
            text.push('}');
        }
        _ => {
            text.push('[');
            for n in 0..random.below(4) {
                if n > 0 {
                    text.push(',');
                }
                text += &document(random, depth - 1);
            }
            text += space(random);
            text.push(']');
        }
    }
    text += space(random);
    text
}

/// Returns a JSON string with its quotes.
pub fn string(random: &mut Random) -> String {
    let mut text = String::from("\"");
    for _ in 0..random.below(12) {
        text += random.pick(&[
            "a",
            "key",
            "Response",
            " ",
            "/",
            "é",
            "中文",
            "😀",
            "\\\"",
            "\\\\",
            "\\/",
            "\\n",
            "\\t",
            "\\b",
            "\\f",
            "\\r",
            "\\u0000",
            "\\u00e9",
            "\\u4E2d",
            "\\ud83d\\ude00",
            "plain text, long enough for a block",
        ]);
    }
    text.push('"');
    text
}
