use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::{Request, StatusCode};
use iam_platform::Platform;
use serde_json::{Value, json};

use crate::stack::Stack;

/// A client of the stack, over HTTP as any app.
pub(crate) struct App {
    platform: Rc<dyn Platform>,
    base_url: String,
    login: Value,
}

impl App {
    pub(crate) fn new(stack: &Stack, platform: Rc<dyn Platform>) -> Result<Self> {
        Ok(Self {
            platform,
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
            .header("content-type", "application/json")
            .body(Bytes::from(body.to_string()))?;
        let response = self.platform.fetch(request).await?;
        Ok((response.status(), response.into_body()))
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
    Ok(body["refresh_token"]
        .as_str()
        .context("no refresh token")?
        .to_owned())
}
