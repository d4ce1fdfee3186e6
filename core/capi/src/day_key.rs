//! Day keys in storage of C's.

use core::ffi::c_char;
use core::mem::{MaybeUninit, align_of, size_of};

use scf_invoke_core::SERVICE;
use scf_invoke_core::sign::credential::{self, Part};
use scf_invoke_core::sign::day_key::DayKey;
use scf_invoke_core::sign::tc3::Signer;
use scf_invoke_core::wire::time::Day;

use crate::check::{self, Run};
use crate::problem::Problem;
use crate::status::Status;
use crate::types::Text;

/// The size of an scf_day_key in words of eight bytes.
#[cfg(target_pointer_width = "64")]
pub const DAY_KEY_WORDS: usize = 21;

/// The size of an scf_day_key in words of eight bytes.
#[cfg(target_pointer_width = "32")]
pub const DAY_KEY_WORDS: usize = 20;

/// A key that signs for SCF on one UTC day and is worthless after: give it to
/// a device in place of the secret. Zeroed, it is empty. It may be copied, and
/// every copy must be wiped.
#[repr(C)]
#[derive(Debug)]
pub struct DayKeyStorage {
    /// For this library only.
    // Padding is not initialised, so that a copy in Rust has to allow for it.
    pub opaque: [MaybeUninit<u64>; DAY_KEY_WORDS],
}

/// The content of the storage.
#[repr(C)]
struct Slot {
    /// [`FULL`], or the rest means nothing.
    mark: u32,
    key: MaybeUninit<DayKey>,
}

/// Tells a key from zeroed storage.
const FULL: u32 = 0x5cf0_6b31;

const _: () = assert!(size_of::<Slot>() <= size_of::<DayKeyStorage>());
const _: () = assert!(align_of::<Slot>() <= align_of::<DayKeyStorage>());
// A little headroom for changes of the core and for its feature hmac, but no
// memory given away.
const _: () = assert!(size_of::<Slot>() + 32 > size_of::<DayKeyStorage>());

/// Returns the key in the storage, if there is one.
///
/// # Safety
/// Unless null, `storage` was checked, is valid for reads of a whole
/// [`DayKeyStorage`] that was zeroed before its first use, and nobody changes
/// it during `'a`.
pub(crate) unsafe fn get<'a>(storage: *const DayKeyStorage) -> Option<&'a DayKey> {
    let slot: *const Slot = storage.cast();
    // SAFETY: the storage is large enough, aligned and initialised; the mark
    // says that `set` has put a key there.
    unsafe {
        if slot.is_null() || (*slot).mark != FULL {
            return None;
        }
        Some((*slot).key.assume_init_ref())
    }
}

/// Puts a key into the storage, over what it held.
///
/// # Safety
/// `storage` was checked, and is valid for reads and writes of a whole
/// [`DayKeyStorage`] that was zeroed before its first use.
unsafe fn set(storage: *mut DayKeyStorage, key: DayKey) {
    let slot: *mut Slot = storage.cast();
    // SAFETY: the storage is large enough and aligned; dropping wipes.
    unsafe {
        clear(slot);
        (&raw mut (*slot).key).write(MaybeUninit::new(key));
        (&raw mut (*slot).mark).write(FULL);
    }
}

/// Keeps the key that has just signed, where there is a place for it.
///
/// # Safety
/// As for [`set`], unless `storage` is null.
pub(crate) unsafe fn keep(storage: *mut DayKeyStorage, signer: &Signer<'_>) {
    if !storage.is_null()
        && let Some(key) = signer.day_key()
    {
        // SAFETY: the caller's promise is the same.
        unsafe { set(storage, key.clone()) };
    }
}

/// Wipes the key that a slot holds, if any.
///
/// # Safety
/// `slot` points to storage that was zeroed or filled by [`set`].
unsafe fn clear(slot: *mut Slot) {
    // SAFETY: the mark is initialised, and says whether the key is; it is
    // taken away first, so that the key is dropped once.
    unsafe {
        let mark = &raw mut (*slot).mark;
        if mark.replace(0) == FULL {
            (*slot).key.assume_init_drop();
        }
    }
}

/// Derives the key of the UTC day that has `now` (unix seconds) from the
/// secret key. `size` is `sizeof *key`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_day_key_derive(
    key: *mut DayKeyStorage,
    size: usize,
    secret_key: *const c_char,
    secret_key_length: usize,
    now: u64,
) -> Status {
    let derive = || {
        check::storage(key, size)?;
        check::run(secret_key.cast(), secret_key_length)?;
        // Before it is read: what overlaps may not even be a text.
        let read = Run { start: secret_key.cast(), length: secret_key_length };
        check::apart(Run::of(key), read, Status::OverlapStorage)?;
        // SAFETY: C promises that its pointers are valid for the call.
        let secret_key = unsafe { check::text(secret_key, secret_key_length) }?;
        let mut problem = Problem::NONE;
        credential::check(Part::SecretKey, secret_key)
            .map_err(|error| problem.credential(error))?;
        let day = Day::of_timestamp(now).ok_or(Status::Timestamp)?;
        let derived = DayKey::derive(secret_key, day, SERVICE).ok_or(Status::Other)?;
        // SAFETY: as above; the storage was checked.
        unsafe { set(key, derived) };
        Ok(())
    };
    Status::of(derive())
}

/// Writes the key as text that ends in NUL, SECRETID/YYYY-MM-DD/scf/HEX: as
/// good as the key, so send it over encrypted connections only.
///
/// `length` gets the text's length without the NUL; where `room` is too small
/// for both, the status is SCF_STATUS_ROOM.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_day_key_export(
    key: *const DayKeyStorage,
    size: usize,
    secret_id: *const c_char,
    secret_id_length: usize,
    out: *mut c_char,
    room: usize,
    length: *mut usize,
) -> Status {
    let export = || {
        check::storage(key, size)?;
        check::place(length)?;
        check::run(secret_id.cast(), secret_id_length)?;
        check::run(out.cast(), room)?;
        let id = Run { start: secret_id.cast(), length: secret_id_length };
        let (one, two) = (Run { start: out.cast(), length: room }, Run::of(length));
        for output in [one, two] {
            check::apart(Run::of(key), output, Status::OverlapStorage)?;
            check::apart(id, output, Status::OverlapText)?;
        }
        check::apart(one, two, Status::OverlapOutput)?;
        // SAFETY: C promises that its pointers are valid for the call.
        let (key, secret_id, out) = unsafe {
            let secret_id = check::text(secret_id, secret_id_length)?;
            let out = check::bytes_mut(out.cast(), room)?;
            (get(key).ok_or(Status::State)?, secret_id, out)
        };
        // The other parts are three slashes, the date and the digits.
        let needed = secret_id.len().saturating_add(key.service().len()).saturating_add(77);
        // SAFETY: as above; the place was checked.
        unsafe { length.write(needed) };
        let (text, end) = match out.split_at_mut_checked(needed) {
            Some((text, [end, ..])) => (text, end),
            _ => return Err(Status::Room),
        };
        key.export(secret_id, text).ok_or(Status::Other)?;
        *end = 0;
        Ok(())
    };
    Status::of(export())
}

/// Reads what scf_day_key_export() wrote. `size` is `sizeof *key`;
/// `secret_id` gets the secret id, which stays where it is in `text`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_day_key_import(
    key: *mut DayKeyStorage,
    size: usize,
    text: *const c_char,
    length: usize,
    secret_id: *mut Text,
) -> Status {
    let import = || {
        check::storage(key, size)?;
        check::place(secret_id)?;
        check::run(text.cast(), length)?;
        let read = Run { start: text.cast(), length };
        check::apart(Run::of(key), read, Status::OverlapStorage)?;
        check::apart(Run::of(key), Run::of(secret_id), Status::OverlapStorage)?;
        check::apart(read, Run::of(secret_id), Status::OverlapText)?;
        // SAFETY: C promises that its pointers are valid for the call.
        let text = unsafe { check::text(text, length) }?;
        let (id, imported) =
            DayKey::import(text).map_err(|error| Status::numbered(error.code()))?;
        // SAFETY: as above; both places were checked.
        unsafe {
            set(key, imported);
            secret_id.write(id.into());
        }
        Ok(())
    };
    Status::of(import())
}

/// Tells when the key ends to sign, in unix seconds: the midnight after its
/// day.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_day_key_end(
    key: *const DayKeyStorage,
    size: usize,
    end: *mut u64,
) -> Status {
    let tell = || {
        check::storage(key, size)?;
        check::place(end)?;
        check::apart(Run::of(key), Run::of(end), Status::OverlapStorage)?;
        // SAFETY: C promises that its pointers are valid for the call.
        unsafe {
            let key = get(key).ok_or(Status::State)?;
            check::write(end, key.day().first_second().wrapping_add(86_400))
        }
    };
    Status::of(tell())
}

/// Wipes the key; the storage is empty after.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scf_day_key_wipe(key: *mut DayKeyStorage, size: usize) -> Status {
    let wipe = || {
        check::storage(key, size)?;
        // SAFETY: the storage is large enough and aligned, and C promises that
        // it is valid and was zeroed before its first use. Zeroes are a valid
        // and empty storage.
        unsafe {
            clear(key.cast());
            key.write_bytes(0, 1);
        }
        Ok(())
    };
    Status::of(wipe())
}
