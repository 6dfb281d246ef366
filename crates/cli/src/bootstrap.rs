//! `iam bootstrap`: the first API key of an installation.

use anyhow::{Context, Result};
use clap::Args;
use iam_host_native::NativePlatform;
use iam_identity::bootstrap;
use iam_model::{ApiKeyId, TenantName};
use iam_platform::{Platform, random};
use iam_security::ApiKeySecret;
use iam_storage_ports::Storage;

use crate::{
    console::{print, say},
    database::{Database, readable},
};

/// Where the operator is made.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    database: Database,
    /// The operator's tenant, as the components are told by `operator_tenant`.
    #[arg(long, default_value = "system", value_name = "NAME")]
    operator_tenant: TenantName,
}

/// Makes the operator's tenant if there is none, and a new API key of it that may do everything,
/// which is printed this once. It takes access to the database, which is the proof of who asks.
pub(crate) async fn run(options: Options) -> Result<()> {
    let opened = options.database.open_existing().await?;
    let outcome = make(&*opened.storage, options.operator_tenant).await;
    opened.close().await;
    outcome
}

async fn make(storage: &dyn Storage, operator_tenant: TenantName) -> Result<()> {
    storage.ping().await.map_err(readable)?;
    let platform = NativePlatform::default();
    let id = ApiKeyId::generate(platform.now(), random(&platform));
    let secret = ApiKeySecret::generate(&platform, id);
    bootstrap(&platform, storage, operator_tenant, &secret)
        .await
        .context("the operator could not be made")?;
    say("this key is shown once: keep it, and revoke it when there are others");
    print(&format!("{}\n", secret.expose().expose()))?;
    Ok(())
}
