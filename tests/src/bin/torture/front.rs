//! Addresses that stay when those behind them come and go.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

/// Listens at `port` from now on, and passes each connection on to one of the ports behind it: to each in turn, or to the
/// next one where nobody listens.
pub(crate) async fn open(port: u16, behind: Vec<u16>) -> Result<()> {
    let listener = bind(port).await?;
    tokio::spawn(async move {
        let mut turn = behind;
        loop {
            match listener.accept().await {
                Ok((stream, _)) => _ = tokio::spawn(pass_on(stream, turn.clone())),
                // Out of descriptors, most likely.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
            turn.rotate_left(1);
        }
    });
    Ok(())
}

async fn pass_on(mut from: TcpStream, turn: Vec<u16>) {
    for port in turn {
        if let Ok(mut to) = TcpStream::connect(("127.0.0.1", port)).await {
            // Only a matter of speed; and whoever breaks off is the concern of whoever is at the other end.
            let _ = (from.set_nodelay(true), to.set_nodelay(true));
            let _ = copy_bidirectional(&mut from, &mut to).await;
            return;
        }
    }
}

/// The address is the same in every life; the one before may still be letting go of it.
pub(crate) async fn bind(port: u16) -> Result<TcpListener> {
    for _ in 0..200 {
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await {
            return Ok(listener);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    TcpListener::bind(("127.0.0.1", port)).await.with_context(|| format!("port {port}"))
}
