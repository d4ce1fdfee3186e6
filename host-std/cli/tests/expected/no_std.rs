//! Runs the function hello of Tencent Cloud SCF, a module of a program without
//! std: `cargo add scf-invoke-core embedded-io@0.7`.
use embedded_io::{Read, Write};
use scf_invoke_core::request::invocation::LogType;
use scf_invoke_core::{
    Client, Error, Invocation, Region, Reply, Settings, Signer, Stream, StreamError,
};

/// Runs the function over `socket`, which is connected to `scf.tencentcloudapi.com` by TLS.
///
/// A clock that is wrong, or stands at 0, is corrected by the server's. Result and
/// log are in `buffer`.
pub fn invoke<'b, S: Read + Write>(
    socket: S,
    signer: Signer<'_>,
    unix_time: u64,
    buffer: &'b mut [u8],
) -> Result<Reply<'b>, Error<StreamError<S::Error>>> {
    let region = Region::new("ap-guangzhou").expect("a region");
    let settings = Settings::new(region, "scf.tencentcloudapi.com");
    let invocation = Invocation::new("hello").log_type(LogType::Tail);
    let mut client = Client::new(Stream::new(socket), settings, signer);
    client.invoke(unix_time, &invocation, r#"{"name":"Ada"}"#, buffer)
}
