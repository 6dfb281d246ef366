use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use iam_storage_sql::Dialect;
use mongodb::{
    Client, Database,
    bson::{Bson, Document, doc},
    options::ClientOptions,
};

use super::{CONNECTIONS, Native, Question};
use crate::engines::seed::Person;

/// The driver of MongoDB, which has a pool of its own. There is no SQL to repeat: it asks for the
/// documents that our adapter asks for, one find after the other, as a program on it would.
pub(super) struct Mongo(Database);

impl Mongo {
    pub(super) async fn open(url: &str) -> Result<Self> {
        let mut options = ClientOptions::parse(url).await?;
        options.max_pool_size = Some(u32::try_from(CONNECTIONS)?);
        let name = options.default_database.clone().context("no database")?;
        Ok(Self(Client::with_options(options)?.database(&name)))
    }

    async fn find(&self, collection: &str, filter: Document) -> Result<Vec<Document>> {
        let collection = self.0.collection::<Document>(collection);
        Ok(collection.find(filter).await?.try_collect().await?)
    }

    async fn one(&self, collection: &str, filter: Document) -> Result<Document> {
        let mut found = self.find(collection, filter).await?;
        found
            .pop()
            .with_context(|| format!("nothing in {collection}"))
    }

    /// Eight finds less two: who has no policy and no group has nothing more to ask for.
    async fn log_in(&self, person: &Person) -> Result<usize> {
        let tenant = doc! { "name": person.tenant.as_str() };
        let tenant = self.one("tenants", tenant).await?;
        let tenant = tenant.get_str("id")?;
        let client = doc! { "_id": person.client.as_str(), "tenant_id": tenant };
        let client = self.one("clients", client).await?;
        let policy = doc! { "tenant_id": tenant };
        let policy = self.find("policy_activations", policy).await?;
        let user = doc! { "tenant_id": tenant, "username_key": person.username.key() };
        let user = self.one("users", user).await?;
        let credentials = doc! { "tenant_id": tenant, "user_id": user.get_str("id")? };
        let credentials = self.find("credentials", credentials).await?;
        let mut found = client.len() + user.len() + policy.len() + credentials.len();
        let mut held: Vec<Bson> = user.get_array("roles")?.clone();
        while !held.is_empty() {
            let roles = doc! { "tenant_id": tenant, "id": { "$in": held } };
            let roles = self.find("roles", roles).await?;
            found += roles.len();
            let included = |role: &Document| role.get_array("includes").cloned().ok();
            held = roles.iter().filter_map(included).flatten().collect();
        }
        Ok(found)
    }
}

#[async_trait(?Send)]
impl Native for Mongo {
    fn dialect(&self) -> Option<Dialect> {
        None
    }

    async fn ask(&self, question: &Question) -> Result<usize> {
        match question {
            Question::Login(person) => self.log_in(person).await,
            Question::Ping => Ok(self.0.run_command(doc! { "ping": 1 }).await?.len()),
            Question::Sql { .. } => bail!("this is no SQL database"),
        }
    }
}
