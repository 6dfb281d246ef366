use std::{rc::Rc, time::Duration};

use async_trait::async_trait;
use http::HeaderValue;
use iam_config::Endpoint;
use iam_platform::Platform;
use iam_storage_ports::{EphemeralError, EphemeralStore};

use crate::{answer::Reply, rest::Rest};

/// A Redis behind Upstash REST, such as Upstash itself or our gateway.
pub struct UpstashStore(Rest);

impl UpstashStore {
    /// The server at `endpoint`, which wants to see `authorization`, if anything.
    #[must_use]
    pub fn new(
        platform: Rc<dyn Platform>,
        endpoint: &Endpoint,
        authorization: Option<HeaderValue>,
    ) -> Self {
        Self(Rest::new(platform, endpoint.clone(), authorization))
    }
}

#[async_trait(?Send)]
impl EphemeralStore for UpstashStore {
    async fn put(&self, key: &str, value: &str, ttl: Duration) -> Result<(), EphemeralError> {
        let command = ["SET", key, value, "PX", &millis(ttl)];
        self.0.run(&command).await.map(drop)
    }

    async fn add(&self, key: &str, value: &str, ttl: Duration) -> Result<bool, EphemeralError> {
        let command = ["SET", key, value, "PX", &millis(ttl), "NX"];
        Ok(self.0.run(&command).await? != Reply::Null)
    }

    async fn lookup(&self, key: &str) -> Result<Option<String>, EphemeralError> {
        self.0.run(&["GET", key]).await?.into_text()
    }

    async fn take(&self, key: &str) -> Result<Option<String>, EphemeralError> {
        self.0.run(&["GETDEL", key]).await?.into_text()
    }

    async fn increment(&self, key: &str, ttl: Duration) -> Result<i64, EphemeralError> {
        // INCR keeps a time to live but sets none, so the counter is made before it is counted.
        let start = ["SET", key, "0", "PX", &millis(ttl), "NX"];
        let replies = self.0.transaction(&[&start, &["INCR", key]]).await?;
        match replies.as_slice() {
            [_, Reply::Integer(count)] => Ok(*count),
            _ => Err(EphemeralError::Internal("INCR gave no number".to_owned())),
        }
    }

    async fn ping(&self) -> Result<(), EphemeralError> {
        self.0.run(&["PING"]).await.map(drop)
    }
}

/// A time to live as Redis wants it: whole milliseconds, not zero.
fn millis(ttl: Duration) -> String {
    ttl.as_millis().max(1).to_string()
}
