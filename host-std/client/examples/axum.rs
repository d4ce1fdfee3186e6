//! A web server whose handler invokes a function:
//! `cargo run -p scf-invoke --features tokio --example axum`.
//!
//! A visitor who leaves cancels the call, since the handler's future is dropped.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use scf_emulator::Emulator;
use scf_invoke::{AsyncClient, Client, Credentials};
use tokio::net::TcpListener;

async fn hello(
    State(client): State<AsyncClient>,
    Path(name): Path<String>,
) -> Result<String, (StatusCode, String)> {
    let call = client.call("hello").event_json(&serde_json::json!({ "name": name }));
    let reply = call.await.map_err(|error| (StatusCode::BAD_GATEWAY, error.to_string()))?;
    reply.result().map_err(|error| (StatusCode::BAD_GATEWAY, error.to_string()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::builder()
        .function("hello", |event| {
            let event = event.json();
            Ok(format!("\"hello {}\"", event["name"].as_str().unwrap_or("nobody")))
        })
        .start()?;
    let credential = emulator.credential();
    let client = Client::builder()
        .region("ap-guangzhou")
        .credentials(Credentials::new(credential.secret_id(), credential.secret_key(), None)?)
        .endpoint(emulator.url().parse()?)
        .build_async()?;

    let app = Router::new().route("/hello/{name}", get(hello)).with_state(client);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("try http://{}/hello/world, and end with Ctrl-C", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
