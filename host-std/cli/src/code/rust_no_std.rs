//! Runs the function {{NAME}} of Tencent Cloud SCF, a module of a program without
//! std: `cargo add scf-invoke-core embedded-io@0.7`.
use embedded_io::{Read, Write};
{{USE}}
/// Runs the function over `socket`, which is connected to `{{PEER}}` by {{TRANSPORT}}.
///
/// A clock that is wrong, or stands at 0, is corrected by the server's. Result and
/// log are in `buffer`.
pub fn invoke<'b, S: Read + Write>(
    socket: S,
    signer: Signer<'_>,
    unix_time: u64,
    buffer: &'b mut [u8],
) -> Result<Reply<'b>, Error<StreamError<S::Error>>> {
    let region = Region::new({{REGION}}).expect("a region");
    let settings = Settings::new(region, {{HOST}}){{SETTINGS}};
    let invocation = Invocation::new({{FUNCTION}}){{OPTIONS}};
    let mut client = Client::new(Stream::new(socket), settings, signer);
    client.invoke(unix_time, &invocation, {{EVENT}}, buffer)
}
