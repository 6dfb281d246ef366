//! TLS below a server, with a certificate of its own.

use std::{fs, io, path::PathBuf, sync::Arc};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
    net::TcpStream,
    spawn,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
    server::TlsStream,
};

use super::packet::PRELOGIN;

/// What a server has for TLS.
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    /// Where its certificate is, which is its own authority.
    pub(crate) authority: PathBuf,
}

impl Tls {
    /// A new key and a certificate for `localhost`.
    pub(crate) fn new() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let file = format!("iam-stand-in-{:016x}.pem", super::random());
        let authority = std::env::temp_dir().join(file);
        fs::write(&authority, cert.pem()).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            authority,
        }
    }

    /// Sets TLS up on a connection, in PRELOGIN packets ([MS-TDS] 3.2.5.3).
    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<DuplexStream>> {
        let (near, far) = duplex(64 * 1024);
        spawn(pump(stream, far));
        self.acceptor.accept(near).await
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        // It is in the folder for what may go.
        let _ = fs::remove_file(&self.authority);
    }
}

/// Carries bytes between the net and TLS. What belongs to the setting up is in packets; the first
/// byte of all says what it is.
async fn pump(stream: TcpStream, tls: DuplexStream) {
    let (mut from_net, mut to_net) = stream.into_split();
    let (mut from_tls, mut to_tls) = tokio::io::split(tls);
    let inwards = async move {
        loop {
            let first = from_net.read_u8().await?;
            if first != PRELOGIN {
                to_tls.write_u8(first).await?;
                return tokio::io::copy(&mut from_net, &mut to_tls).await;
            }
            let mut head = [0; 7];
            from_net.read_exact(&mut head).await?;
            let length = usize::from(u16::from_be_bytes([head[1], head[2]])) - 8;
            let mut data = vec![0; length];
            from_net.read_exact(&mut data).await?;
            to_tls.write_all(&data).await?;
        }
    };
    let outwards = async move {
        let mut data = vec![0; 4000];
        loop {
            let length = from_tls.read(&mut data).await?;
            // 23: application data.
            if length == 0 || data[0] == 23 {
                to_net.write_all(&data[..length]).await?;
                return tokio::io::copy(&mut from_tls, &mut to_net).await;
            }
            super::packet::write(&mut to_net, PRELOGIN, &data[..length]).await?;
        }
    };
    // One side has gone: the other has nobody to speak to.
    tokio::select! {
        _ = inwards => {}
        _ = outwards => {}
    }
}
