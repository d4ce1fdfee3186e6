//! Day keys, attempts and error codes in one piece of memory each.

use std::mem::zeroed;

use scf_invoke_capi::*;

use crate::arena::{Arena, Choices, is_misuse};

const NOW: u64 = 1_700_000_000;

pub fn day_key(choices: &mut Choices<'_>) {
    let mut arena = Arena::new(64);
    let size = size_of::<DayKeyStorage>();
    let key: *mut DayKeyStorage = arena.place(choices, size).cast();
    let key_run = (key.cast_const().cast(), size);
    while !choices.is_empty() {
        let kind = choices.number(5);
        let text = match kind {
            0 => "the-secret-key",
            1 => "AKIDEXAMPLE",
            _ => {
                "AKIDEXAMPLE/2023-11-14/scf/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            }
        };
        // A text over the key would break the promise that the key is C's to
        // keep; the place alone is what matters there.
        let place = arena.place(choices, text.len());
        let is_apart = place.addr() >= key.addr() + size || place.addr() + text.len() <= key.addr();
        if is_apart {
            unsafe { place.copy_from(text.as_ptr(), text.len()) };
        }
        let text = Text { data: place.cast(), length: text.len() };
        let before = arena.bytes();
        let room = choices.number(200);
        let out = arena.place(choices, room);
        let text_out: *mut Text = arena.place(choices, size_of::<Text>()).cast();
        let word: *mut usize = text_out.cast();
        let (data, length) = (text.data, text.length);
        let word_run = (word.cast_const().cast(), size_of::<usize>());
        let (status, written): (_, Vec<(*const u8, usize)>) = unsafe {
            match kind {
                0 => (scf_day_key_derive(key, size, data, length, NOW), vec![key_run]),
                1 => (
                    scf_day_key_export(key, size, data, length, out.cast(), room, word),
                    vec![(out.cast_const(), room), word_run],
                ),
                2 => (
                    scf_day_key_import(key, size, data, length, text_out),
                    vec![key_run, (text_out.cast_const().cast(), size_of::<Text>())],
                ),
                3 => (scf_day_key_end(key, size, text_out.cast()), vec![(word_run.0, 8)]),
                _ => (scf_day_key_wipe(key, size), vec![key_run]),
            }
        };
        let refused = is_misuse(status) && status != Status::Room;
        arena.check_unchanged(&before, if refused { &[] } else { &written });
    }
}

pub fn attempts(choices: &mut Choices<'_>) {
    let mut arena = Arena::new(24);
    let size = size_of::<AttemptsStorage>();
    let storage: *mut AttemptsStorage = arena.place(choices, size).cast();
    let storage_run = (storage.cast_const().cast(), size);
    let mut call: CallStorage = unsafe { zeroed() };
    while !choices.is_empty() {
        let before = arena.bytes();
        let one = arena.place(choices, 8);
        let two = arena.place(choices, 4);
        let code = arena.place(choices, 30);
        let info: *mut ErrorInfo = arena.place(choices, size_of::<ErrorInfo>()).cast();
        let is_info_apart = info.addr() >= storage.addr() + size
            || info.addr() + size_of::<ErrorInfo>() <= storage.addr();
        let (status, written): (_, Vec<(*const u8, usize)>) = unsafe {
            match choices.number(4) {
                0 => (scf_attempts_start(storage, size, 3), vec![storage_run]),
                1 => (
                    scf_attempts_time(storage, size, NOW, one.cast()),
                    vec![storage_run, (one.cast_const(), 8)],
                ),
                2 => (
                    scf_attempts_next(storage, size, &mut call, 0, 7, one.cast(), two.cast()),
                    vec![storage_run, (one.cast_const(), 4), (two.cast_const(), 4)],
                ),
                _ if is_info_apart => (
                    scf_error_code(code.cast(), 30, info),
                    vec![(info.cast_const().cast(), size_of::<ErrorInfo>())],
                ),
                _ => continue,
            }
        };
        arena.check_unchanged(&before, if is_misuse(status) { &[] } else { &written });
    }
}
