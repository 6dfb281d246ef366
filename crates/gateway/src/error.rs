use std::{io, net::SocketAddr, path::PathBuf};

use thiserror::Error;

use crate::MailSetupError;

/// Why a gateway does not start. The texts say what to do about it.
#[derive(Debug, Error)]
pub enum GatewayError {
    /// Something else listens there.
    #[error(
        "{address} is taken: stop the program that listens there, or let the gateway listen on \
         another port"
    )]
    AddressTaken {
        /// Where it was to listen.
        address: SocketAddr,
    },
    /// The database cannot be opened, made or written.
    #[error("the database {path} cannot be used; {advice}")]
    Database {
        /// The file.
        path: PathBuf,
        /// What to do.
        advice: &'static str,
        /// What the system or libSQL says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The system does not let us listen there.
    #[error("the gateway cannot listen on {address}")]
    Listen {
        /// Where it was to listen.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// Mail cannot be sent as it was asked for.
    #[error(transparent)]
    Mail(#[from] MailSetupError),
    /// There is no token, and others than this machine could reach the gateway.
    #[error(
        "the gateway listens on {address} only with a token: give it one, or listen on 127.0.0.1"
    )]
    TokenMissing {
        /// Where it was to listen.
        address: SocketAddr,
    },
}
