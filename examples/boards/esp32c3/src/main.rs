//! Runs a function from an ESP32-C3 over Wi-Fi, by esp-hal and esp-radio; the chip's
//! accelerator hashes.
#![no_std]
#![no_main]
#![allow(missing_docs, reason = "the macros' items have no documentation")]

mod sha;

use core::mem;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};

use carriers::over_tcp;
use embassy_executor::Spawner;
use embassy_net::tcp::client::{TcpClient, TcpClientState};
use embassy_net::{Runner, StackResources};
use embassy_time::{Instant, Timer};
use esp_hal::interrupt::software::SoftwareInterruptControl;
use esp_hal::rng::Rng;
use esp_hal::sha::Sha;
use esp_hal::timer::timg::TimerGroup;
use esp_radio::wifi::sta::StationConfig;
use esp_radio::wifi::{self, Interface};
use panic_halt as _;
use scf_invoke_core::lite::Target;
use scf_invoke_core::{Region, Signer};
use sha::Accelerator;
use static_cell::StaticCell;

/// What provisioning writes into flash: the network, the relay in it, which ends
/// TLS, and the credential.
const SSID: &str = "network";
const PASSWORD: &str = "password";
const RELAY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 168, 1, 2)), 8080);
const SECRET_ID: &str = "AKIDEXAMPLE";
const SECRET_KEY: &str = "the-secret-key";
const TARGET: Target<'static> =
    Target { host: "scf.tencentcloudapi.com", region: Region::AP_GUANGZHOU, function: "hello" };

esp_bootloader_esp_idf::esp_app_desc!();

#[embassy_executor::task]
async fn network(mut runner: Runner<'static, Interface<'static>>) -> ! {
    runner.run().await
}

#[esp_rtos::main]
async fn main(spawner: Spawner) {
    static RESOURCES: StaticCell<StackResources<2>> = StaticCell::new();
    let chip = esp_hal::init(esp_hal::Config::default());
    esp_alloc::heap_allocator!(size: 96 * 1024);
    let timers = TimerGroup::new(chip.TIMG0);
    let interrupts = SoftwareInterruptControl::new(chip.SW_INTERRUPT);
    esp_rtos::start(timers.timer0, interrupts.software_interrupt0);
    // Kept for ever: it keeps the accelerator's clock on.
    mem::forget(Sha::new(chip.SHA));

    let Ok((mut controller, interfaces)) = wifi::new(chip.WIFI, Default::default()) else { return };
    let station = StationConfig::default().with_ssid(SSID).with_password(PASSWORD.into());
    if controller.set_config(&wifi::Config::Station(station)).is_err() {
        return;
    }
    while controller.connect_async().await.is_err() {
        Timer::after_secs(5).await;
    }

    let config = embassy_net::Config::dhcpv4(Default::default());
    let random = Rng::new();
    let seed = u64::from(random.random()) << 32 | u64::from(random.random());
    let resources = RESOURCES.init(StackResources::new());
    let (stack, runner) = embassy_net::new(interfaces.station, config, resources, seed);
    let Ok(task) = network(runner) else { return };
    spawner.spawn(task);
    stack.wait_config_up().await;

    let state = TcpClientState::<1, 1024, 1024>::new();
    let tcp = TcpClient::new(stack, &state);
    let Ok(signer) = Signer::new(SECRET_ID, SECRET_KEY) else { return };
    let signer = signer.compressed_by::<Accelerator>();
    let mut buffer = [0; 1024];
    // No clock: the server's Date corrects it.
    let now = Instant::now().as_secs();
    let event = r#"{"celsius":21}"#;
    let _reply = over_tcp(&tcp, RELAY, &TARGET, signer, event, now, &mut buffer).await;
    loop {
        Timer::after_secs(1).await;
    }
}
