//! The same call without blocking: embassy's executor and network, the core's
//! `AsyncClient`, and a task that goes on meanwhile.
//!
//! Nothing here but the first lines of `main` knows the board: with embassy's
//! driver for an STM32, an RP2040 or an ESP32 the rest stays as it is.
#![no_std]
#![no_main]

use core::net::SocketAddrV4;
use core::sync::atomic::{AtomicU32, Ordering};

use board::console::{self, Arguments};
use board::{outcome, println};
use cortex_m_rt::entry;
use embassy_executor::{Executor, Spawner};
use embassy_net::tcp::TcpSocket;
use embassy_net::{Config, Runner, Stack, StackResources};
use embassy_time::{Duration, Timer, with_timeout};
use images::HOST;
use lan9118::{Frames, Mmio, Phy};
use scf_invoke_core::client::AsyncClient;
use scf_invoke_core::request::Settings;
use scf_invoke_core::request::invocation::Invocation;
use scf_invoke_core::request::region::Region;
use scf_invoke_core::transport::Stream;
use static_cell::{ConstStaticCell, StaticCell};

static FRAMES: ConstStaticCell<Frames> = ConstStaticCell::new(Frames::new());
static RESOURCES: StaticCell<StackResources<2>> = StaticCell::new();
static EXECUTOR: StaticCell<Executor> = StaticCell::new();
static BEATS: AtomicU32 = AtomicU32::new(0);

#[entry]
fn main() -> ! {
    let arguments = images::begin();
    images::async_clock::start();
    let Ok(ethernet) = board::ethernet() else { images::end(outcome::NETWORK) };
    let device = Phy::new(ethernet, FRAMES.take());

    let resources = RESOURCES.init(StackResources::new());
    let config = Config::dhcpv4(Default::default());
    let (stack, runner) =
        embassy_net::new(device, config, resources, images::short_seed(&arguments));
    EXECUTOR.init(Executor::new()).run(|spawner| {
        if spawn(spawner, arguments, stack, runner).is_err() {
            console::exit(console::PANICKED);
        }
    })
}

fn spawn(
    spawner: Spawner,
    arguments: Arguments<'static>,
    stack: Stack<'static>,
    runner: Runner<'static, Phy<'static, Mmio>>,
) -> Result<(), embassy_executor::SpawnError> {
    spawner.spawn(network(runner)?);
    spawner.spawn(heart()?);
    spawner.spawn(call(arguments, stack)?);
    Ok(())
}

#[embassy_executor::task]
async fn network(mut runner: Runner<'static, Phy<'static, Mmio>>) {
    runner.run().await
}

/// Counts beats, in place of the firmware's other work.
#[embassy_executor::task]
async fn heart() {
    loop {
        Timer::after_millis(10).await;
        BEATS.fetch_add(1, Ordering::Relaxed);
    }
}

#[embassy_executor::task]
async fn call(arguments: Arguments<'static>, stack: Stack<'static>) {
    images::end(run(&arguments, stack).await.unwrap_or_else(|code| code))
}

async fn run(arguments: &Arguments<'static>, stack: Stack<'static>) -> Result<u32, u32> {
    let Ok(server) = arguments.get("server").parse::<SocketAddrV4>() else {
        println!("server is not an address and port");
        return Err(outcome::USAGE);
    };
    let timeout = match arguments.find("timeout") {
        Some(_) => Duration::from_millis(arguments.number("timeout")),
        None => Duration::from_secs(310),
    };
    stack.wait_config_up().await;

    let (mut received, mut sent) = ([0; 2048], [0; 2048]);
    let mut socket = TcpSocket::new(stack, &mut received, &mut sent);
    if let Err(error) = socket.connect((*server.ip(), server.port())).await {
        println!("network: {:?}", error);
        return Err(outcome::NETWORK);
    }
    let settings = Settings::new(Region::AP_GUANGZHOU, HOST);
    let mut client = AsyncClient::new(Stream::new(socket), settings, images::signer(arguments)?);

    let mut buffer = [0; 1024];
    let before = BEATS.load(Ordering::Relaxed);
    let now = images::now(arguments);
    let slow = Invocation::new("slow");
    let Ok(result) = with_timeout(timeout, client.invoke(now, &slow, "{}", &mut buffer)).await
    else {
        // Whether the function has run is not known: that is never retried.
        println!("error: no answer in time");
        return Err(outcome::TIMEOUT);
    };
    let beats = BEATS.load(Ordering::Relaxed) - before;
    if beats >= 2 {
        println!("the other task went on: {} times", beats);
    }
    Ok(match result {
        Ok(reply) => match reply.result_text() {
            Ok(text) => {
                println!("result: {}", text);
                outcome::SUCCESS
            }
            Err(error) => {
                println!("{}", error);
                outcome::FUNCTION_FAILED
            }
        },
        Err(error) => images::report(&error, |_| false),
    })
}
