use std::{rc::Rc, time::Duration};

use async_trait::async_trait;
use http::HeaderValue;
use iam_config::Endpoint;
use iam_platform::Platform;
use iam_storage_ports::{Count, Counter, Entry, EphemeralError, EphemeralStore};

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

    /// Does `commands`, if there are any, with nothing in between.
    async fn all(&self, commands: &[Vec<&str>]) -> Result<Vec<Reply>, EphemeralError> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let commands: Vec<_> = commands.iter().map(Vec::as_slice).collect();
        self.0.transaction(&commands).await
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

    async fn count(&self, counters: &[Counter]) -> Result<Vec<Count>, EphemeralError> {
        let mut commands: Vec<Vec<&str>> = Vec::new();
        let ttls: Vec<_> = counters.iter().map(|c| c.count.map(millis)).collect();
        for (Counter { key, .. }, ttl) in counters.iter().zip(&ttls) {
            if let Some(ttl) = ttl {
                commands.push(vec!["SET", key, "0", "PX", ttl, "NX"]);
                commands.push(vec!["INCR", key]);
            }
            commands.push(vec!["GET", key]);
            commands.push(vec!["PTTL", key]);
        }
        let mut replies = self.all(&commands).await?.into_iter();
        let mut counts = Vec::new();
        for counter in counters {
            if counter.count.is_some() {
                replies.nth(1);
            }
            counts.push(Count {
                value: number(replies.next())?,
                expires_in: lifetime(replies.next().as_ref())?,
            });
        }
        Ok(counts)
    }

    async fn replace(&self, removed: &[String], kept: &[Entry]) -> Result<(), EphemeralError> {
        let mut commands: Vec<Vec<&str>> = Vec::new();
        if !removed.is_empty() {
            let keys = removed.iter().map(String::as_str);
            commands.push(std::iter::once("DEL").chain(keys).collect());
        }
        let ttls: Vec<_> = kept.iter().map(|entry| millis(entry.ttl)).collect();
        for (Entry { key, value, .. }, ttl) in kept.iter().zip(&ttls) {
            commands.push(vec!["SET", key, value, "PX", ttl]);
        }
        self.all(&commands).await.map(drop)
    }

    async fn ping(&self) -> Result<(), EphemeralError> {
        self.0.run(&["PING"]).await.map(drop)
    }
}

/// The value of a counter; 0 where there is none.
fn number(reply: Option<Reply>) -> Result<i64, EphemeralError> {
    let text = reply.unwrap_or(Reply::Null).into_text()?;
    let Some(text) = text else { return Ok(0) };
    text.parse()
        .map_err(|_| EphemeralError::Internal("value is not a counter".to_owned()))
}

/// What PTTL says: less than nothing for a key that is absent.
fn lifetime(reply: Option<&Reply>) -> Result<Duration, EphemeralError> {
    let Some(Reply::Integer(millis)) = reply else {
        return Err(EphemeralError::Internal("PTTL gave no number".to_owned()));
    };
    Ok(Duration::from_millis(u64::try_from(*millis).unwrap_or(0)))
}

/// A time to live as Redis wants it: whole milliseconds, not zero.
fn millis(ttl: Duration) -> String {
    ttl.as_millis().max(1).to_string()
}
