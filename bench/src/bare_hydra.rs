use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    rc::Rc,
};

use anyhow::{Context, Result};
use iam_config::{Endpoint, HydraSettings, SigningKeySettings};
use iam_hydra::{AuthorizationRequest, ClientRegistration, Grant, Hydra, TokenRequest, Tokens};
use iam_model::{
    Client, ClientDetails, ClientId, Scope, Secret, TenantId, Timestamp, TokenLifetimes, UserId,
};
use iam_platform::Platform;
use serde_json::{Value, json};

/// A Hydra with the configuration of the one in the stack, but without us around it: no token
/// hook, its own database.
pub(crate) struct BareHydra {
    child: Child,
    pub(crate) hydra: Hydra,
    client: Client,
    issuer: String,
}

impl BareHydra {
    pub(crate) async fn start(stack_dir: &Path, platform: Rc<dyn Platform>) -> Result<Self> {
        let dir = stack_dir.join("bare");
        fs::create_dir_all(&dir)?;
        let mut config: Value = serde_json::from_slice(&fs::read(stack_dir.join("hydra.json"))?)?;
        let (public, admin) = (free_port()?, free_port()?);
        config["serve"]["public"]["port"] = public.into();
        config["serve"]["admin"]["port"] = admin.into();
        config["oauth2"]
            .as_object_mut()
            .context("oauth2")?
            .remove("token_hook");
        fs::write(dir.join("hydra.json"), config.to_string())?;
        let issuer = config["urls"]["self"]["issuer"]
            .as_str()
            .context("issuer")?
            .to_owned();
        let program = PathBuf::from(std::env::var_os("HYDRA_BIN").context("HYDRA_BIN is not set")?);
        run(
            &program,
            &dir,
            &["migrate", "sql", "up", "--read-from-env", "--yes"],
        )?
        .wait()?;
        let child = run(&program, &dir, &["serve", "all", "--dev"])?;
        let endpoint = |port| Endpoint::parse(&format!("http://127.0.0.1:{port}"));
        let settings = HydraSettings {
            public: endpoint(public).context("endpoint")?,
            admin: endpoint(admin).context("endpoint")?,
            issuer: issuer.clone(),
        };
        let hydra = Hydra::new(platform, settings);
        while hydra.ping().await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        hydra
            .ensure_signing_keys(&SigningKeySettings::default())
            .await?;
        let client = client()?;
        hydra
            .put_client(&ClientRegistration::new(
                &client,
                &TokenLifetimes::default(),
                &issuer,
                None,
            ))
            .await?;
        Ok(Self {
            child,
            hydra,
            client,
            issuer,
        })
    }

    /// One code flow, from the first hop to the tokens.
    pub(crate) async fn login(&self) -> Result<Tokens> {
        let request = AuthorizationRequest {
            client_id: self.client.id.as_str(),
            redirect_uri: self.client.redirect_uris.first().context("redirect_uri")?,
            scope: &self.client.scope,
        };
        let flow = self.hydra.begin(request).await?;
        let claims = json!({
            "access_token": {
                "tenant": "demo", "roles": ["clerk"], "permissions": ["order.read", "order.write"],
                "acr": "pwd", "amr": ["pwd"],
            },
            "id_token": { "tenant": "demo" },
        });
        let grant = Grant {
            subject: UserId::generate(Timestamp::from_millis(0), [7; 10]),
            acr: "pwd",
            amr: &["pwd"],
            audience: &[&self.issuer],
            session_for: None,
            claims: &claims,
        };
        Ok(flow.finish(&grant).await?)
    }

    /// One refresh.
    pub(crate) async fn refresh(&self, refresh_token: &Secret<String>) -> Result<Tokens> {
        let request = TokenRequest::RefreshToken {
            client_id: &self.client.id,
            refresh_token,
        };
        Ok(self.hydra.token(&request).await?)
    }
}

impl Drop for BareHydra {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn client() -> Result<Client> {
    Ok(Client {
        id: "bare".parse::<ClientId>()?,
        tenant_id: TenantId::generate(Timestamp::from_millis(0), [0; 10]),
        first_party: true,
        redirect_uris: vec!["http://127.0.0.1:3000/callback".parse()?],
        scope: "openid offline_access profile".parse::<Scope>()?,
        details: ClientDetails::default(),
        version: 1,
        created_at: Timestamp::from_millis(0),
        updated_at: Timestamp::from_millis(0),
    })
}

fn run(program: &Path, dir: &Path, arguments: &[&str]) -> Result<Child> {
    let child = Command::new(program.canonicalize()?)
        .args(arguments)
        .args(["--config", "hydra.json"])
        .current_dir(dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    child.with_context(|| format!("cannot run {}", program.display()))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
