//! Runs a function from an nRF52840 (the development kit) by a modem at its serial
//! port, which ends TLS and HTTP; the chip's CryptoCell hashes.
#![no_std]
#![no_main]

mod cryptocell;
mod uart;

use carriers::Modem;
use cortex_m::asm;
use cortex_m_rt::entry;
use cryptocell::CryptoCell;
use panic_halt as _;
use scf_invoke_core::{Client, Invocation, Region, Settings, Signer};
use uart::Uart;

/// What provisioning writes into flash.
const SECRET_ID: &str = "AKIDEXAMPLE";
const SECRET_KEY: &str = "the-secret-key";
const HOST: &str = "scf.tencentcloudapi.com";
const URL: &str = "https://scf.tencentcloudapi.com/";

#[entry]
fn main() -> ! {
    let modem = Modem::new(Uart::new(), URL);
    let settings = Settings::new(Region::AP_GUANGZHOU, HOST);
    if let Ok(signer) = Signer::new(SECRET_ID, SECRET_KEY) {
        let signer = signer.compressed_by::<CryptoCell>();
        let mut client = Client::new(modem, settings, signer);
        let mut buffer = [0; 1024];
        // No clock: a modem of this kind gives no Date either, so ask it for the
        // time (AT+QLTS) where it is to sign by a secret.
        let now = 1_767_225_600;
        let event = r#"{"celsius":21}"#;
        let _reply = client.invoke(now, &Invocation::new("hello"), event, &mut buffer);
    }
    loop {
        asm::wfi();
    }
}
