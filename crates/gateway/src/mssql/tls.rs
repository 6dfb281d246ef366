use std::{io, path::Path, sync::Arc};

use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, crypto::ring, pki_types::ServerName, version::TLS12},
};

use super::{
    greeting::Greeting,
    prelogin::{ask_for_tls, broken},
    wrapped::Wrapped,
};
use crate::tls::roots;

/// Encrypts a connection to `host`, whose certificate must be good for it, and of `authority` if
/// one is named.
pub(super) async fn encrypt(
    mut stream: TcpStream,
    host: &str,
    authority: Option<&Path>,
) -> io::Result<Greeting<TlsStream<Wrapped<TcpStream>>>> {
    let answer = ask_for_tls(&mut stream).await?;
    // SQL Server has TLS 1.3 only where TLS comes before all else, in TDS 8.
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS12])
        .map_err(|_| broken("no TLS"))?
        .with_root_certificates(roots(authority)?)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|_| broken("no host for TLS"))?;
    let mut stream = TlsConnector::from(Arc::new(config))
        .connect(name, Wrapped::new(stream))
        .await?;
    stream.get_mut().0.set_up();
    Ok(Greeting::new(stream, answer))
}
