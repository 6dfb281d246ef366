use std::{io, path::Path, sync::Arc};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject as _},
    },
};

/// What a connection to a database runs over.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection to `host`, which sends what it is given at once.
pub(crate) async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Encrypts a connection to `host`, whose certificate must be good for it, and of `authority` if
/// one is named.
pub(crate) async fn encrypt(
    stream: TcpStream,
    host: &str,
    authority: Option<&Path>,
) -> io::Result<TlsStream<TcpStream>> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| invalid("no TLS"))?
        .with_root_certificates(roots(authority)?)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|_| invalid("no host for TLS"))?;
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

/// Those who may say who a server is: the `authority` in a PEM file, or else those of the web.
pub(crate) fn roots(authority: Option<&Path>) -> io::Result<RootCertStore> {
    let Some(path) = authority else {
        return Ok(RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        });
    };
    let unreadable = || invalid("the authority's file has no certificates");
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(path).map_err(|_| unreadable())?;
    for certificate in certificates {
        let certificate = certificate.map_err(|_| unreadable())?;
        roots.add(certificate).map_err(|_| unreadable())?;
    }
    if roots.is_empty() {
        return Err(unreadable());
    }
    Ok(roots)
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
