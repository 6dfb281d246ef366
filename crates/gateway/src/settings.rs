use std::{net::SocketAddr, path::PathBuf};

use iam_model::Secret;

/// What a gateway is told at its start.
#[derive(Clone, Debug)]
pub struct GatewaySettings {
    /// Where to listen; port 0 takes one that is free.
    pub listen: SocketAddr,
    /// The libSQL file. It is made if it is not there, readable by its owner only; its folder is
    /// not made.
    pub database: PathBuf,
    /// The bearer token that every request must bring, but for health and version probes. Without
    /// one the gateway listens on loopback only.
    pub token: Option<Secret<String>>,
}
