//! `iam up`: everything on this machine.

mod announce;
mod options;
mod settings;
mod state;

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    rc::Rc,
    time::Instant,
};

use anyhow::{Context, Result, bail};
use iam_config::{Endpoint, HydraSettings, PasswordParameters, StoreUrl};
use iam_gateway::{Gateway, GatewaySettings};
use iam_host_native::NativePlatform;
use iam_host_wasmtime::{Host, HostOptions};
use iam_hydra::Hydra;
use iam_identity::IdentityPorts;
use iam_model::Secret;
use iam_platform::Platform;
use iam_security::{Argon2id, random_token};
use iam_storage_ports::Storage;
use tokio::{net::TcpListener, runtime, sync::watch};

pub(crate) use options::Options;

use self::{
    announce::step,
    settings::{Addresses, variables},
    state::{Dev, State},
};
use crate::{
    demo::Demo,
    hydra::{self, HydraConfig, HydraProcess},
    secrets::{Secrets, create_private_dir},
    shutdown::StopSignals,
};
