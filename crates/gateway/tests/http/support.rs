//! A gateway on a free port with a database of its own, and a client for it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{net::Ipv4Addr, path::Path};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use iam_gateway::{Drained, Gateway, GatewaySettings, RedisTarget};
use tempfile::{TempDir, tempdir};
use tokio::{sync::oneshot, task::JoinHandle};

pub(crate) const TOKEN: &str = "a-token-for-tests";

pub(crate) fn settings(database: &Path) -> GatewaySettings {
    GatewaySettings {
        database: Some(database.to_owned()),
        redis: Some(RedisTarget::Memory),
        token: Some(TOKEN.to_owned().into()),
        ..GatewaySettings::at((Ipv4Addr::LOCALHOST, 0).into())
    }
}

pub(crate) struct Server {
    url: String,
    dir: TempDir,
    client: Client<HttpConnector, Full<Bytes>>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Drained>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let dir = tempdir().unwrap();
        let gateway = Gateway::bind(settings(&dir.path().join("test.db")))
            .await
            .unwrap();
        let url = format!("http://{}", gateway.local_addr());
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(gateway.serve(async {
            let _ = stopped.await;
        }));
        Self {
            url,
            dir,
            client: Client::builder(TokioExecutor::new()).build_http(),
            stop,
            served,
        }
    }

    /// Sends a request with the token.
    pub(crate) async fn post(&self, path: &str, body: impl Into<Bytes>) -> Answer {
        let authorization = format!("Bearer {TOKEN}");
        self.send(
            Method::POST,
            path,
            &[(header::AUTHORIZATION.as_str(), &authorization)],
            body,
        )
        .await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).unwrap();
        let (parts, body) = self.client.request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// Tells the gateway to stop, and waits until it has.
    pub(crate) async fn stop(self) -> TempDir {
        self.stop.send(()).unwrap();
        assert_eq!(self.served.await.unwrap(), Drained::All);
        self.dir
    }
}
