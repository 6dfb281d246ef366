use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::stack::Stack;

/// A client of the stack, over HTTP as any app.
pub(crate) struct App {
    client: Client<HttpConnector, Full<Bytes>>,
    base_url: String,
    login: Value,
}

/// Longer than any answer takes: what is not there by then is lost.
const PATIENCE: Duration = Duration::from_mins(2);

impl App {
    pub(crate) fn new(stack: &Stack) -> Result<Self> {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(tcp),
            base_url: stack.text("base_url")?.to_owned(),
            login: json!({
                "tenant": stack.text("tenant")?,
                "username": stack.text("username")?,
                "password": stack.text("password")?,
                "client_id": stack.text("client_id")?,
            }),
        })
    }

    async fn post(&self, path: &str, body: &Value) -> Result<(StatusCode, Bytes)> {
        let request = Request::post(format!("{}{path}", self.base_url))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(body.to_string()))?;
        let exchange = async {
            let response = self.client.request(request).await?;
            let status = response.status();
            let body = response.into_body().collect().await?.to_bytes();
            Ok((status, body))
        };
        timeout(PATIENCE, exchange).await?
    }

    /// The refresh token of a login.
    pub(crate) async fn login(&self) -> Result<String> {
        refresh_token(&self.post("/auth/login", &self.login).await?)
    }

    /// What became of a login, where 503 is an answer too.
    pub(crate) async fn login_status(&self) -> Option<StatusCode> {
        let outcome = self.post("/auth/login", &self.login).await;
        outcome.ok().map(|(status, _)| status)
    }

    /// The next refresh token.
    pub(crate) async fn refresh(&self, token: &str) -> Result<String> {
        let body = json!({ "client_id": self.login["client_id"], "refresh_token": token });
        refresh_token(&self.post("/auth/refresh", &body).await?)
    }
}

fn refresh_token((status, body): &(StatusCode, Bytes)) -> Result<String> {
    ensure!(
        *status == StatusCode::OK,
        "{status}: {}",
        String::from_utf8_lossy(body)
    );
    let body: Value = serde_json::from_slice(body)?;
    let token = body["refresh_token"].as_str().context("no refresh token")?;
    Ok(token.to_owned())
}
