//! Runs the function {{NAME}} of Tencent Cloud SCF: `cargo add scf-invoke`.
{{USE}}
fn main() -> Result<(), scf_invoke::Error> {
    let client = Client::builder().region({{REGION}}){{SETTINGS}}.build()?;
    let invocation = Invocation::new({{FUNCTION}}){{OPTIONS}};
    let reply = client.call(invocation).event({{EVENT}}).send()?;
    println!("{}", reply.result_text());
    Ok(())
}
