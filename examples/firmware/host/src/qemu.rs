//! One boot of the board.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The end of an image's run.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The code it exited with; `None` if it had to be stopped.
    pub(crate) code: Option<i32>,
    /// The text that it printed.
    pub(crate) output: String,
    pub(crate) took: Duration,
}

/// Stops the emulated board when dropped, and no other process.
struct Board(Child);

impl Drop for Board {
    fn drop(&mut self) {
        // Fails where it has ended by itself, which is well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Boots `image` with these arguments, for at most `limit`.
pub(crate) fn boot(
    image: &Path,
    arguments: &[(&str, String)],
    limit: Duration,
) -> std::io::Result<Ended> {
    let mut semihosting = OsString::from("enable=on,target=native");
    for (name, value) in arguments {
        assert!(!value.contains(char::is_whitespace), "arguments are separated by spaces");
        // A comma parts QEMU's own options.
        semihosting.push(format!(",arg={name}={}", value.replace(',', ",,")));
    }
    let start = Instant::now();
    let child = Command::new("qemu-system-arm")
        .args(["-M", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "none"])
        .args(["-nic", "user,model=lan9118", "-semihosting-config"])
        .arg(semihosting)
        .arg("-kernel")
        .arg(image)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    let mut board = Board(child);
    let mut stdout = board.0.stdout.take().expect("it is piped");
    // Ends when the board does, since that has the other end.
    let reader = std::thread::spawn(move || {
        let mut output = Vec::new();
        let _ = stdout.read_to_end(&mut output);
        String::from_utf8_lossy(&output).into_owned()
    });
    let mut code = None;
    while start.elapsed() < limit {
        if let Some(status) = board.0.try_wait()? {
            code = status.code();
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let took = start.elapsed();
    drop(board);
    let output = reader.join().expect("reading does not panic");
    Ok(Ended { code, output, took })
}
