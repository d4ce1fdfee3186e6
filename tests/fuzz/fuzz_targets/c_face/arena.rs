//! One piece of memory in which everything lies, and the fuzzer's choices.

use scf_invoke_capi::{Status, Text};

/// The input as numbers; past its end they are 0.
pub struct Choices<'a> {
    data: &'a [u8],
}

impl<'a> Choices<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self { data }
    }

    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    fn byte(&mut self) -> usize {
        let Some((&first, rest)) = self.data.split_first() else { return 0 };
        self.data = rest;
        first.into()
    }

    /// Returns a number below `end`.
    pub fn number(&mut self, end: usize) -> usize {
        if end <= 256 { self.byte() % end.max(1) } else { (self.byte() << 8 | self.byte()) % end }
    }
}

/// Zeroed memory of exactly its size, for the sanitizer to know where it ends.
pub struct Arena {
    words: Box<[u64]>,
}

impl Arena {
    pub fn new(words: usize) -> Self {
        Self { words: vec![0; words].into_boxed_slice() }
    }

    pub fn len(&self) -> usize {
        size_of_val(&*self.words)
    }

    pub fn base(&mut self) -> *mut u8 {
        self.words.as_mut_ptr().cast()
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_ne_bytes()).collect()
    }

    /// Returns a place for so many bytes, which is aligned more often than not.
    pub fn place(&mut self, choices: &mut Choices<'_>, length: usize) -> *mut u8 {
        let aligned = choices.number(8) != 0;
        let offset = choices.number(self.len() - length + 1);
        self.base().wrapping_add(if aligned { offset & !7 } else { offset })
    }

    /// Puts a text somewhere.
    pub fn text(&mut self, choices: &mut Choices<'_>, text: &str) -> Text {
        let place = self.place(choices, text.len());
        unsafe { place.copy_from(text.as_ptr(), text.len()) };
        Text { data: place.cast(), length: text.len() }
    }

    /// Checks that only bytes in `written` differ from a copy of before.
    pub fn check_unchanged(&mut self, before: &[u8], written: &[(*const u8, usize)]) {
        let base = self.base().addr();
        let after = self.bytes();
        for (offset, (old, new)) in before.iter().zip(&after).enumerate() {
            let is_inside = |&(start, length): &(*const u8, usize)| {
                (base + offset).wrapping_sub(start.addr()) < length
            };
            assert!(old == new || written.iter().any(is_inside), "byte {offset} was changed");
        }
    }
}

/// Returns `true` for a status by which nothing was done.
pub fn is_misuse(status: Status) -> bool {
    status as i32 >= Status::Null as i32 && (status as i32) < Status::FunctionNameMissing as i32
}

/// Returns a copy of a text as it lies in memory.
pub fn copy(text: Text) -> Vec<u8> {
    if text.data.is_null() {
        return Vec::new();
    }
    unsafe { std::slice::from_raw_parts(text.data.cast(), text.length) }.to_vec()
}
