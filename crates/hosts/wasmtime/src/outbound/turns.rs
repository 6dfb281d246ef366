use std::{collections::BTreeSet, sync::Arc};

use http::Uri;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Servers that can do one thing at a time: requests to them go out one after the other, in the
/// order in which they were sent.
pub(crate) struct Turns(Vec<Server>);

/// One such server, which may listen in several places.
struct Server {
    authorities: BTreeSet<String>,
    turn: Arc<Semaphore>,
}

impl Turns {
    pub(crate) fn new(servers: &[BTreeSet<String>]) -> Self {
        let server = |authorities: &BTreeSet<String>| Server {
            authorities: authorities.clone(),
            turn: Arc::new(Semaphore::new(1)),
        };
        Self(servers.iter().map(server).collect())
    }

    /// Waits for the turn of a request to `uri`; `None` if the server there needs no turns.
    pub(crate) fn wait(
        &self,
        uri: &Uri,
    ) -> impl Future<Output = Option<OwnedSemaphorePermit>> + use<> {
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let server = self.0.iter().find(|s| s.authorities.contains(authority));
        let turn = server.map(|server| Arc::clone(&server.turn));
        async move {
            match turn {
                // An error is a closed semaphore, and nobody closes it.
                Some(turn) => turn.acquire_owned().await.ok(),
                None => None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::Duration};

    use http::Uri;
    use tokio::time::timeout;

    use super::Turns;

    #[tokio::test]
    async fn all_places_of_one_server_share_its_turn() {
        let server = BTreeSet::from(["127.0.0.1:4444".to_owned(), "127.0.0.1:4445".to_owned()]);
        let turns = Turns::new(&[server]);
        let wait = |uri: &'static str| {
            let turn = turns.wait(&Uri::from_static(uri));
            async { timeout(Duration::from_millis(10), turn).await }
        };
        let first = wait("http://127.0.0.1:4444/a").await.unwrap();
        assert!(first.is_some());
        assert!(wait("http://127.0.0.1:4445/b").await.is_err());
        assert!(wait("http://127.0.0.1:9/c").await.unwrap().is_none());
        drop(first);
        assert!(wait("http://127.0.0.1:4445/b").await.unwrap().is_some());
    }
}
