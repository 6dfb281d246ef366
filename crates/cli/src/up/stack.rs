use std::{
    cell::RefCell,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    rc::Rc,
    sync::Arc,
    thread,
    time::Instant,
};

use anyhow::{Context, Result};
use iam_config::PasswordParameters;
use iam_gateway::{Gateway, GatewaySettings, Target};
use iam_host_native::NativePlatform;
use iam_host_wasmtime::{Host, HostOptions, Limit, Progress, bind};
use iam_hydra::Hydra;
use iam_identity::{IdentityPorts, bootstrap};
use iam_model::{Secret, Tenant};
use iam_platform::Platform;
use iam_security::Argon2id;
use iam_storage_ports::Storage;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle, try_join};

use super::{
    Options,
    announce::{ready, step},
    messages::Messages,
    settings::{self, Addresses, Variables},
    state::{self, Dev, State},
    upkeep::Upkeep,
};
use crate::{
    database::readable,
    demo::Demo,
    hydra::{self, HydraConfig, HydraProcess},
    secrets::{Secrets, create_private_dir},
};

/// All parts, started.
pub(crate) struct Stack {
    pub(crate) host: Host,
    pub(crate) listener: TcpListener,
    /// Where Hydra calls the token hook.
    pub(crate) hook_listener: TcpListener,
    pub(crate) gateway: RunningGateway,
    pub(crate) hydra: HydraProcess,
    pub(crate) upkeep: Upkeep,
}

/// The gateway, until it is told to stop.
pub(crate) struct RunningGateway {
    quit: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl RunningGateway {
    pub(crate) async fn stop(self) {
        drop(self.quit);
        // It has nothing more to say; had it panicked, its own message is on stderr.
        let _ = self.task.await;
    }
}

/// What is known before anything runs.
struct Plan<'a> {
    options: &'a Options,
    platform: Rc<dyn Platform>,
    secrets: Secrets,
    addresses: Addresses,
    issuer: String,
    /// The database, if it is not a file of ours.
    database: Option<Target>,
}

impl Stack {
    pub(crate) async fn start(options: &Options, started: Instant) -> Result<Self> {
        let program = hydra::find(options.hydra.as_deref())?;
        let listener = bind((options.host, options.port).into())
            .await
            .context("cannot serve at --host and --port (IAM_HOST, IAM_PORT)")?;
        let hook_listener = bind((Ipv4Addr::LOCALHOST, 0).into()).await?;
        create_private_dir(&options.dir)?;
        let platform: Rc<dyn Platform> = Rc::new(NativePlatform::default());
        let secrets = Secrets::open(&options.dir.join("secrets.json"), &*platform)?;
        println!("iam {}", env!("CARGO_PKG_VERSION"));
        let database = options.database()?;
        let gateway = bind_gateway(options, database.as_ref(), &secrets).await?;
        let addresses = Addresses {
            own: listener.local_addr()?,
            hook: hook_listener.local_addr()?,
            gateway: gateway.local_addr(),
            hydra_public: free_address().await?,
            hydra_admin: free_address().await?,
        };
        let plan = Plan {
            issuer: settings::issuer(options.issuer.as_deref(), addresses.own)?,
            options,
            platform,
            secrets,
            addresses,
            database,
        };
        let gateway = run_gateway(gateway);
        let token_hook_url = format!("http://{}/internal/token-hook", plan.addresses.hook);
        let hydra_config = plan.hydra_config(&token_hook_url);
        let own = async {
            let storage = plan.storage().await?;
            let host = plan.host().await?;
            Ok((storage, host, started.elapsed()))
        };
        let ((storage, host, without_hydra), (process, hydra)) =
            try_join!(own, plan.hydra(program, &hydra_config, started))?;
        let (operator, dev) = plan.seed(&*storage, &hydra).await?;
        plan.write_state()?;
        ready(
            started.elapsed(),
            without_hydra,
            plan.addresses.own,
            dev.as_ref(),
        );
        let upkeep = Upkeep {
            platform: Rc::clone(&plan.platform),
            storage,
            hydra,
            signing_keys: settings::signing_keys()?,
            operator,
            issuer: plan.issuer,
            messages: Messages {
                url: format!("http://{}/internal/messages/deliver", plan.addresses.hook),
                key: Secret::new(plan.secrets.internal_key),
                trouble: RefCell::default(),
            },
        };
        Ok(Self {
            host,
            listener,
            hook_listener,
            gateway,
            hydra: process,
            upkeep,
        })
    }
}

impl Plan<'_> {
    /// How adapters reach the database.
    fn engine(&self) -> &'static str {
        self.database.as_ref().map_or("libsql", Target::engine)
    }

    /// Our database, with the schema up to date.
    async fn storage(&self) -> Result<Rc<dyn Storage>> {
        let file = self.options.dir.join("iam.db");
        let name = match &self.database {
            Some(target) => target.to_string(),
            None => file.display().to_string(),
        };
        let url = settings::database(&self.addresses, &self.secrets, self.engine())?;
        let storage = iam_storage::open(Rc::clone(&self.platform), &url)?;
        let migrated = storage.migrate().await.map_err(readable);
        migrated.with_context(|| format!("cannot bring the schema of {name} up to date"))?;
        step("database", &name);
        Ok(storage)
    }

    /// The components, ready to answer.
    async fn host(&self) -> Result<Host> {
        let variables = Variables::new(
            &self.issuer,
            &self.options.mail_from,
            &self.addresses,
            &self.secrets,
            self.engine(),
        );
        let mut options = HostOptions::new(&self.options.manifest);
        options.variables = variables.0;
        options.cache = Some(self.options.dir.join("cache"));
        limits(&mut options);
        options.progress = Arc::new(|progress| {
            if let Progress::Compile { component } = progress {
                step("compiling", &format!("{component}, once"));
            }
        });
        let host = Host::start(options).await?;
        let (count, took) = (host.started().components.len(), host.started().took);
        step("components", &format!("{count} in {} ms", took.as_millis()));
        Ok(host)
    }

    fn hydra_config<'a>(&'a self, token_hook_url: &'a str) -> HydraConfig<'a> {
        HydraConfig {
            dsn: self.options.hydra_dsn.as_deref(),
            issuer: &self.issuer,
            public: self.addresses.hydra_public,
            admin: self.addresses.hydra_admin,
            token_hook_url,
            token_hook_key: &self.secrets.token_hook_key,
            system_secret: &self.secrets.hydra_system,
        }
    }

    /// Our Hydra, with keys to sign with.
    async fn hydra(
        &self,
        program: PathBuf,
        config: &HydraConfig<'_>,
        started: Instant,
    ) -> Result<(HydraProcess, Hydra)> {
        let settings = settings::hydra(&self.issuer, &self.addresses)?;
        let hydra = Hydra::new(Rc::clone(&self.platform), settings);
        let mut process = HydraProcess::start(program, self.options.dir.clone(), config).await?;
        process.ready(&hydra).await?;
        hydra
            .ensure_signing_keys(&settings::signing_keys()?)
            .await
            .context("signing keys")?;
        step(
            "hydra",
            &format!("ready after {} ms", started.elapsed().as_millis()),
        );
        Ok((process, hydra))
    }

    /// The operator, and the demo tenant if it is asked for.
    async fn seed(&self, storage: &dyn Storage, hydra: &Hydra) -> Result<(Tenant, Option<Dev>)> {
        let parameters = PasswordParameters::default();
        let hasher = Argon2id::new(Rc::clone(&self.platform), parameters);
        let ports = IdentityPorts {
            platform: &*self.platform,
            storage,
            hydra,
            hasher: &hasher,
            audience: &self.issuer,
        };
        let key = self.secrets.operator_key.parse();
        let key = key
            .ok()
            .context("operator_key in secrets.json is damaged")?;
        let operator = settings::operator_tenant()?;
        let operator = bootstrap(&*self.platform, storage, operator, &key)
            .await
            .context("operator")?;
        if !self.options.demo {
            return Ok((operator, None));
        }
        let password = Secret::new(self.secrets.demo_password.clone());
        Demo::seed(&ports, &operator, &password).await?;
        let dev = Dev::new(self.addresses.own, &self.issuer, &self.secrets);
        state::write(&self.options.dir.join("dev.json"), &dev)?;
        Ok((operator, Some(dev)))
    }

    fn write_state(&self) -> Result<()> {
        let url = |address: SocketAddr| format!("http://{address}");
        let token = &self.secrets.gateway_token;
        let state = State {
            issuer: &self.issuer,
            hydra_public_url: url(self.addresses.hydra_public),
            hydra_admin_url: url(self.addresses.hydra_admin),
            database_origin: url(self.addresses.gateway),
            database_token: token,
            redis_origin: url(self.addresses.gateway),
            redis_token: token,
            token_hook_key: &self.secrets.token_hook_key,
            internal_key: &self.secrets.internal_key,
            internal_url: url(self.addresses.hook),
        };
        state::write(&self.options.dir.join("state.json"), &state)
    }
}

/// How the components of `spin.toml` share this machine.
fn limits(options: &mut HostOptions) {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut limit = |component: &str, running| {
        let limit = Limit {
            running,
            waiting: WAITING,
        };
        options.limits.insert(component.to_owned(), limit);
    };
    // A hash keeps a core busy; the others mostly wait for Hydra. More of them under way at once
    // would all get slower, so they wait in line instead.
    limit("password", cores);
    for component in [
        "account", "admin", "login", "mfa", "refresh", "logout", "oauth2",
    ] {
        limit(component, 8 * cores);
    }
    options.uninterrupted.insert("password".to_owned());
    // Hydra asks the hook while a login or a refresh waits for Hydra.
    options.callbacks.insert("token-hook".to_owned());
}

/// So many logins wait for their turn before the next is told to come back.
const WAITING: usize = 10_000;

async fn bind_gateway(
    options: &Options,
    database: Option<&Target>,
    secrets: &Secrets,
) -> Result<Gateway> {
    let file = database.is_none().then(|| options.dir.join("iam.db"));
    let targets = database.map(|target| ("default".to_owned(), target.clone()));
    let settings = GatewaySettings {
        database: file,
        targets: targets.into_iter().collect(),
        redis: Some(options.redis()?),
        mail: Some(options.mail()?),
        token: Some(Secret::new(secrets.gateway_token.clone())),
        ..GatewaySettings::at((Ipv4Addr::LOCALHOST, 0).into())
    };
    Ok(Gateway::bind(settings).await?)
}

fn run_gateway(gateway: Gateway) -> RunningGateway {
    let (quit, quitting) = oneshot::channel::<()>();
    let task = tokio::spawn(async {
        // What it did not answer in time, nobody waits for any more.
        let _ = gateway.serve(async { drop(quitting.await) }).await;
    });
    RunningGateway { quit, task }
}

/// An address on loopback that was free a moment ago.
async fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    Ok(listener.local_addr()?)
}
