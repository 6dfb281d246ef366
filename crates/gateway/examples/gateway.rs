//! A gateway alone, for tests and tools: `gateway DATABASE [TOKEN]`.
//!
//! It takes a free port of loopback, prints its URL as one line, and runs until it is told to stop.

use std::{env, error::Error, net::Ipv4Addr};

use iam_gateway::{Gateway, GatewaySettings};
use tokio::{
    select,
    signal::unix::{SignalKind, signal},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let database = arguments.next().ok_or("usage: gateway DATABASE [TOKEN]")?;
    let gateway = Gateway::bind(GatewaySettings {
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        database: database.into(),
        token: arguments.next().map(Into::into),
    })
    .await?;
    println!("http://{}", gateway.local_addr());
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    gateway.serve(stop).await;
    Ok(())
}
