//! Runs a function from an STM32 with Ethernet: a Nucleo-F429ZI as it is sold, by
//! embassy. For another chip, change the feature of embassy-stm32 and the pins.
#![no_std]
#![no_main]
#![allow(missing_docs, reason = "the macros' items have no documentation")]

use core::net::{IpAddr, Ipv4Addr, SocketAddr};

use carriers::over_tcp;
use embassy_executor::Spawner;
use embassy_net::tcp::client::{TcpClient, TcpClientState};
use embassy_net::{Runner, StackResources};
use embassy_stm32::eth::{self, Ethernet, GenericPhy, PacketQueue, Sma};
use embassy_stm32::peripherals::{ETH, ETH_SMA};
use embassy_stm32::{Config, bind_interrupts};
use embassy_time::Timer;
use panic_halt as _;
use scf_invoke_core::lite::Target;
use scf_invoke_core::sign::compression::Software;
use scf_invoke_core::{Region, Signer};
use static_cell::StaticCell;

const _: () = assert!(Software::IS_COMPACT);

/// What provisioning writes into flash: the relay in the local network, which ends
/// TLS, and the credential.
const RELAY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 168, 1, 2)), 8080);
const SECRET_ID: &str = "AKIDEXAMPLE";
const SECRET_KEY: &str = "the-secret-key";
const TARGET: Target<'static> =
    Target { host: "scf.tencentcloudapi.com", region: Region::AP_GUANGZHOU, function: "hello" };

bind_interrupts!(struct Interrupts {
    ETH => eth::InterruptHandler;
});

type Device = Ethernet<'static, ETH, GenericPhy<Sma<'static, ETH_SMA>>>;

#[embassy_executor::task]
async fn network(mut runner: Runner<'static, Device>) -> ! {
    runner.run().await
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    static PACKETS: StaticCell<PacketQueue<4, 4>> = StaticCell::new();
    static RESOURCES: StaticCell<StackResources<2>> = StaticCell::new();
    // The internal oscillator has 16 MHz; Ethernet needs 25 MHz at least.
    let mut config = Config::default();
    {
        use embassy_stm32::rcc::{
            AHBPrescaler, APBPrescaler, Pll, PllMul, PllPDiv, PllPreDiv, PllSource, Sysclk,
        };
        config.rcc.pll_src = PllSource::HSI;
        let (prediv, mul, divp) = (PllPreDiv::DIV8, PllMul::MUL168, Some(PllPDiv::DIV2));
        config.rcc.pll = Some(Pll { prediv, mul, divp, divq: None, divr: None });
        config.rcc.sys = Sysclk::PLL1_P;
        config.rcc.ahb_pre = AHBPrescaler::DIV1;
        config.rcc.apb1_pre = APBPrescaler::DIV4;
        config.rcc.apb2_pre = APBPrescaler::DIV2;
    }
    let chip = embassy_stm32::init(config);
    let mac = embassy_stm32::uid::uid();
    // The first bits: chosen locally, for one station.
    let mac = [2, mac[0], mac[1], mac[2], mac[3], mac[4]];
    let device = Ethernet::new(
        PACKETS.init(PacketQueue::new()),
        chip.ETH,
        Interrupts,
        chip.PA1,
        chip.PA7,
        chip.PC4,
        chip.PC5,
        chip.PG13,
        chip.PB13,
        chip.PG11,
        mac,
        chip.ETH_SMA,
        chip.PA2,
        chip.PC1,
    );
    let config = embassy_net::Config::dhcpv4(Default::default());
    // Good enough for ports; TLS would take the chip's generator.
    let seed = u64::from_le_bytes([mac[1], mac[2], mac[3], mac[4], mac[5], 0, 0, 0]);
    let resources = RESOURCES.init(StackResources::new());
    let (stack, runner) = embassy_net::new(device, config, resources, seed);
    let Ok(task) = network(runner) else { return };
    spawner.spawn(task);
    stack.wait_config_up().await;

    let state = TcpClientState::<1, 1024, 1024>::new();
    let tcp = TcpClient::new(stack, &state);
    let Ok(signer) = Signer::new(SECRET_ID, SECRET_KEY) else { return };
    let mut buffer = [0; 1024];
    // No clock: the server's Date corrects it.
    let now = embassy_time::Instant::now().as_secs();
    let event = r#"{"celsius":21}"#;
    let _reply = over_tcp(&tcp, RELAY, &TARGET, signer, event, now, &mut buffer).await;
    loop {
        Timer::after_secs(1).await;
    }
}
