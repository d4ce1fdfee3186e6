//! The flash and memory that the images take.

use std::collections::BTreeMap;
use std::path::Path;

/// The most stack that an image may use, in bytes: a little more than it does.
const STACK_MAX: [(&str, u64); 5] = [
    ("plain", 8 * 1024),
    ("streaming", 10 * 1024),
    ("tls", 20 * 1024),
    ("embassy", 8 * 1024),
    ("day-key", 8 * 1024),
];

/// The largest of what the runs of each image said.
#[derive(Debug, Default)]
pub(crate) struct Sizes(BTreeMap<&'static str, Size>);

#[derive(Clone, Copy, Debug, Default)]
struct Size {
    stack: u64,
    statics: u64,
}

impl Sizes {
    /// Takes note of what an image printed at its end.
    pub(crate) fn note(&mut self, image: &'static str, output: &str) -> Result<(), String> {
        let number = |start: &str| {
            let line = output.lines().find_map(|line| line.strip_prefix(start))?;
            line.split(' ').next()?.parse::<u64>().ok()
        };
        let (Some(stack), Some(statics)) = (number("stack: "), number("static: ")) else {
            return Err("      it does not say how much memory it took\n".to_owned());
        };
        let size = self.0.entry(image).or_default();
        size.stack = size.stack.max(stack);
        size.statics = statics;
        let limit = STACK_MAX.iter().find(|(name, _)| *name == image).map_or(0, |(_, max)| *max);
        if stack > limit {
            return Err(format!(
                "      it used {stack} bytes of stack, where {limit} are the limit\n"
            ));
        }
        Ok(())
    }

    pub(crate) fn print(&self, images: &Path) {
        println!("\n{:10} {:>8} {:>8} {:>8}   bytes", "image", "flash", "static", "stack");
        for (image, size) in &self.0 {
            let flash = std::fs::read(images.join(image)).ok().and_then(|elf| flash(&elf));
            let flash = flash.map_or("?".to_owned(), |flash| flash.to_string());
            println!("{image:10} {flash:>8} {:>8} {:>8}", size.statics, size.stack);
        }
    }
}

/// Returns the bytes that an ELF file for 32 bits puts into memory.
fn flash(elf: &[u8]) -> Option<u64> {
    let word = |place: usize| {
        let bytes = elf.get(place..place + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
    };
    let half = |place: usize| word(place).map(|word| word & 0xffff);
    const LOAD: usize = 1;
    let (start, length, count) = (word(28)?, half(42)?, half(44)?);
    let mut sum = 0;
    for index in 0..count {
        let header = start + index * length;
        if word(header)? == LOAD {
            sum += word(header + 16)? as u64;
        }
    }
    Some(sum)
}
