//! Runs a function from a Raspberry Pi Pico W over Wi-Fi, by embassy and cyw43.
//!
//! The Wi-Fi chip's settings, `nvram_rp2040.bin`, are in no crate: take the file
//! from embassy's repository, folder `cyw43-firmware`, and name it in the
//! environment variable `CYW43_NVRAM` when building.
#![no_std]
#![no_main]
#![allow(missing_docs, reason = "the macros' items have no documentation")]

use core::net::{IpAddr, Ipv4Addr, SocketAddr};

use carriers::over_tcp;
use cyw43::{A4, Aligned, JoinOptions, NetDriver, SpiBus};
use cyw43_pio::{DEFAULT_CLOCK_DIVIDER, PioSpi};
use embassy_executor::Spawner;
use embassy_net::StackResources;
use embassy_net::tcp::client::{TcpClient, TcpClientState};
use embassy_rp::clocks::RoscRng;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::{DMA_CH0, PIO0};
use embassy_rp::pio::{self, Pio};
use embassy_rp::{bind_interrupts, dma};
use embassy_time::{Instant, Timer};
use panic_halt as _;
use scf_invoke_core::lite::Target;
use scf_invoke_core::sign::compression::Software;
use scf_invoke_core::{Region, Signer};
use static_cell::StaticCell;

const _: () = assert!(Software::IS_COMPACT);

/// What provisioning writes into flash: the network, the relay in it, which ends
/// TLS, and the credential.
const SSID: &str = "network";
const PASSWORD: &str = "password";
const RELAY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 168, 1, 2)), 8080);
const SECRET_ID: &str = "AKIDEXAMPLE";
const SECRET_KEY: &str = "the-secret-key";
const TARGET: Target<'static> =
    Target { host: "scf.tencentcloudapi.com", region: Region::AP_GUANGZHOU, function: "hello" };

/// The Wi-Fi chip's program and settings.
static FIRMWARE: &Aligned<A4, [u8]> = &Aligned(*cyw43_firmware::CYW43_43439A0);
static NVRAM: &Aligned<A4, [u8]> = &Aligned(*include_bytes!(env!("CYW43_NVRAM")));

bind_interrupts!(struct Interrupts {
    DMA_IRQ_0 => dma::InterruptHandler<DMA_CH0>;
    PIO0_IRQ_0 => pio::InterruptHandler<PIO0>;
});

#[embassy_executor::task]
async fn wifi(
    runner: cyw43::Runner<'static, SpiBus<Output<'static>, PioSpi<'static, PIO0, 0>>>,
) -> ! {
    runner.run().await
}

#[embassy_executor::task]
async fn network(mut runner: embassy_net::Runner<'static, NetDriver<'static>>) -> ! {
    runner.run().await
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    static STATE: StaticCell<cyw43::State> = StaticCell::new();
    static RESOURCES: StaticCell<StackResources<2>> = StaticCell::new();
    let chip = embassy_rp::init(Default::default());
    let mut pio = Pio::new(chip.PIO0, Interrupts);
    let spi = PioSpi::new(
        &mut pio.common,
        pio.sm0,
        DEFAULT_CLOCK_DIVIDER,
        pio.irq0,
        Output::new(chip.PIN_25, Level::High),
        chip.PIN_24,
        chip.PIN_29,
        dma::Channel::new(chip.DMA_CH0, Interrupts),
    );
    let power = Output::new(chip.PIN_23, Level::Low);
    let state = STATE.init(cyw43::State::new());
    let (device, mut control, runner) = cyw43::new(state, power, spi, FIRMWARE, NVRAM).await;
    let Ok(task) = wifi(runner) else { return };
    spawner.spawn(task);
    control.init(cyw43_firmware::CYW43_43439A0_CLM).await;
    while control.join(SSID, JoinOptions::new(PASSWORD.as_bytes())).await.is_err() {
        Timer::after_secs(5).await;
    }

    let config = embassy_net::Config::dhcpv4(Default::default());
    let resources = RESOURCES.init(StackResources::new());
    let (stack, runner) = embassy_net::new(device, config, resources, RoscRng.next_u64());
    let Ok(task) = network(runner) else { return };
    spawner.spawn(task);
    stack.wait_config_up().await;

    let state = TcpClientState::<1, 1024, 1024>::new();
    let tcp = TcpClient::new(stack, &state);
    let Ok(signer) = Signer::new(SECRET_ID, SECRET_KEY) else { return };
    let mut buffer = [0; 1024];
    // No clock: the server's Date corrects it.
    let now = Instant::now().as_secs();
    let event = r#"{"celsius":21}"#;
    let _reply = over_tcp(&tcp, RELAY, &TARGET, signer, event, now, &mut buffer).await;
    loop {
        Timer::after_secs(1).await;
    }
}
