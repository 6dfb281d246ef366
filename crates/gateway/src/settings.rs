use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use iam_model::Secret;

use crate::{Limits, MailTarget, RedisTarget, Target};

/// What a gateway is told at its start.
#[derive(Clone, Debug)]
pub struct GatewaySettings {
    /// Where to listen; port 0 takes one that is free.
    pub listen: SocketAddr,
    /// The libSQL file, if it serves one. It is made if it is not there, readable by its owner
    /// only; its folder is not made.
    pub database: Option<PathBuf>,
    /// The databases it is in front of, by the name that clients give as the host of their
    /// connection string. No other is ever connected to.
    pub targets: BTreeMap<String, Target>,
    /// Where commands of Redis are done, if anywhere.
    pub redis: Option<RedisTarget>,
    /// Where mail goes; without it none is taken.
    pub mail: Option<MailTarget>,
    /// The bearer token that every request must bring, but for health and version probes. Without
    /// one the gateway listens on loopback only.
    pub token: Option<Secret<String>>,
    /// What clients may use, and databases take.
    pub limits: Limits,
}

impl GatewaySettings {
    /// A gateway that listens at `listen` and has nothing behind it.
    #[must_use]
    pub fn at(listen: SocketAddr) -> Self {
        Self {
            listen,
            database: None,
            targets: BTreeMap::new(),
            redis: None,
            mail: None,
            token: None,
            limits: Limits::default(),
        }
    }
}
