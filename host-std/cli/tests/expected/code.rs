//! Runs the function hello of Tencent Cloud SCF: `cargo add scf-invoke`.
use scf_invoke::{Client, Invocation};

fn main() -> Result<(), scf_invoke::Error> {
    let client = Client::builder().region("ap-guangzhou").build()?;
    let invocation = Invocation::new("hello").qualifier("$LATEST");
    let reply = client.call(invocation).event(r##"{"name":"a \"# quote"}"##).send()?;
    println!("{}", reply.result_text());
    Ok(())
}
