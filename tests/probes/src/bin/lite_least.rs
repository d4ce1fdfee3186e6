//! The small call with the least that it can have: the key of a day, a clock that is
//! right, an event that has been checked.

#![no_std]
#![no_main]

use probes::{Port, fill, give, now, take, text};
use scf_invoke_core::lite::{self, RightTime, Target};
use scf_invoke_core::request::event::Json;
use scf_invoke_core::wire::time::Day;
use scf_invoke_core::{DayKey, DaySigner, Region, SERVICE};

#[unsafe(no_mangle)]
extern "C" fn image() {
    probes::nothing();
    let mut bytes = [0; 32];
    fill(&mut bytes);
    let Some(day) = Day::of_timestamp(now()) else { return };
    let mut key = DayKey::empty();
    let Some(()) = key.set(&bytes, day, SERVICE) else { return };
    let Ok(mut signer) = DaySigner::new(text(), &key) else { return };
    let target = Target { host: text(), region: Region::AP_GUANGZHOU, function: text() };
    let mut buffer = [0; 1024];
    let (event, now) = (Json::unchecked(text()), RightTime(now()));
    match lite::invoke(&mut Port, &mut signer, &target, event, now, &mut buffer) {
        Ok(reply) => {
            take(reply.result);
            give(reply.is_failure.into());
        }
        Err(error) => {
            give(error.code().into());
            give(error.delivery() as u32);
        }
    }
}
