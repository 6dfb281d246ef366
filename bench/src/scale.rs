//! What many tenants and users cost: the same questions to a small database and to a large one.

mod seed;

use std::{path::Path, rc::Rc};

use anyhow::{Context, Result};
use iam_model::{Tenant, TenantId};
use iam_platform::{Platform, random};
use iam_storage_ports::{Page, TenantFilter, UserFilter};

use self::seed::{USERS_PER_TENANT, seed};
use crate::{
    database::{Database, ENGINES, Engine},
    engines::change,
    stats::{Times, clock, ratio, timed},
};

/// A database behind a gateway of its own, with many or few in it.
struct Installation {
    database: Database,
    platform: Rc<dyn Platform>,
    tenants: u64,
}

/// What is asked.
const QUESTIONS: [&str; 7] = [
    "login's database part",
    "list of users, first page",
    "list of users, next page",
    "search by username prefix",
    "search by e-mail",
    "list of tenants",
    "create a tenant",
];

/// Measures a small and a large installation in turn and prints their ratios, on every engine that
/// can be filled quickly, or on the one of them whose scheme is given.
pub(crate) async fn scale(
    dir: &Path,
    platform: &Rc<dyn Platform>,
    only: Option<&str>,
    tenants: u64,
    samples: usize,
) -> Result<()> {
    for engine in ENGINES.iter().filter(|engine| seed::fills(engine.scheme)) {
        if only.is_none_or(|only| only == engine.scheme) {
            measure(engine, dir, platform, tenants, samples).await?;
        }
    }
    Ok(())
}

async fn measure(
    engine: &Engine,
    dir: &Path,
    platform: &Rc<dyn Platform>,
    tenants: u64,
    samples: usize,
) -> Result<()> {
    println!();
    println!(
        "{}: {tenants} tenants of {USERS_PER_TENANT} users, and 10 of them:",
        engine.name
    );
    let dir = |size| dir.join(format!("{}-{size}", engine.scheme));
    let small = Installation::open(engine, &dir("small"), platform, 10).await?;
    let large = Installation::open(engine, &dir("large"), platform, tenants).await?;
    let mut times = <[(Times, Times); QUESTIONS.len()]>::default();
    // The first tenth warms up what every installation that is in use has warm.
    for sample in 0..samples + samples / 10 {
        let mut unused = Times::default();
        for (question, (few, many)) in times.iter_mut().enumerate() {
            let warm = sample >= samples / 10;
            let few = if warm { few } else { &mut unused };
            timed(few, small.ask(question, sample)).await?;
            let many = if warm { many } else { &mut unused };
            timed(many, large.ask(question, sample)).await?;
        }
    }
    for (what, (few, many)) in QUESTIONS.iter().zip(&times) {
        few.print(&format!("{what}, small"));
        many.print(&format!("{what}, large"));
        ratio(what, many.percentile(95) / few.percentile(95), 1.2);
    }
    Ok(())
}

impl Installation {
    async fn open(
        engine: &Engine,
        dir: &Path,
        platform: &Rc<dyn Platform>,
        tenants: u64,
    ) -> Result<Self> {
        let database = Database::open(engine, dir, platform).await?;
        let started = clock();
        seed(engine.scheme, &database.target, tenants).await?;
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "{} users were put there in {seconds:.1} s",
            tenants * USERS_PER_TENANT
        );
        Ok(Self {
            database,
            platform: Rc::clone(platform),
            tenants,
        })
    }

    /// Asks one of [`QUESTIONS`], about another tenant and user each time.
    async fn ask(&self, question: usize, sample: usize) -> Result<()> {
        // A multiplier prime to the number of tenants visits all of them before one again.
        let place = (sample as u64 * 7_919) % self.tenants + 1;
        let user = (sample as u64 * 31) % USERS_PER_TENANT + 1;
        match question {
            0 => self.login(place, user).await,
            1 => self.users(place, UserFilter::default(), None, 50).await,
            2 => {
                let after = seed::user_id(place, 50);
                self.users(place, UserFilter::default(), Some(after), 50)
                    .await
            }
            3 => {
                let filter = UserFilter {
                    username_prefix: Some(format!("user-{user}")),
                    ..UserFilter::default()
                };
                self.users(place, filter, None, 1).await
            }
            4 => {
                let email = seed::email(place, user).parse()?;
                let filter = UserFilter {
                    email: Some(email),
                    ..UserFilter::default()
                };
                self.users(place, filter, None, 1).await
            }
            5 => {
                let (filter, page) = (TenantFilter::default(), Page::first(10));
                let listing = self.database.storage.tenants().list(&filter, &page).await?;
                anyhow::ensure!(listing.items.len() == 10, "tenants are missing");
                Ok(())
            }
            _ => self.create_tenant().await,
        }
    }

    async fn login(&self, tenant: u64, user: u64) -> Result<()> {
        let principals = self.database.storage.principals();
        let record = principals
            .find_by_username(
                &seed::tenant_name(tenant).parse()?,
                &format!("user-{user}").parse()?,
                &seed::client_id(tenant).parse()?,
            )
            .await?;
        let principal = record.principal.context("user is missing")?;
        anyhow::ensure!(principal.permissions.len() == 2, "permissions are missing");
        Ok(())
    }

    async fn users(
        &self,
        tenant: u64,
        filter: UserFilter,
        after: Option<String>,
        least: usize,
    ) -> Result<()> {
        let tenant = self
            .database
            .storage
            .tenant(seed::tenant_id(tenant).parse()?);
        let page = Page { after, limit: 50 };
        let listing = tenant.users().list(&filter, &page).await?;
        anyhow::ensure!(listing.items.len() >= least, "users are missing");
        Ok(())
    }

    async fn create_tenant(&self) -> Result<()> {
        let now = self.platform.now();
        let id = TenantId::generate(now, random(&*self.platform));
        let name = format!("new-{}", id.to_string().replace('-', ""));
        let tenant = Tenant::new(id, name.parse()?, "New".to_owned(), now);
        let change = change(id, &*self.platform);
        Ok(self
            .database
            .storage
            .tenants()
            .add(&tenant, &change)
            .await?)
    }
}
