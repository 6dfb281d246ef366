use iam_hydra::AcceptConsent;
use iam_model::Scope;
use iam_policy::Claims;

use super::Pending;
use crate::{AuthError, BrowserPorts};

impl Pending {
    /// Grants `scope`, and gives the URL at which the browser goes on.
    pub(crate) async fn grant(
        &self,
        ports: &BrowserPorts<'_>,
        challenge: &str,
        scope: &Scope,
        remember: bool,
        claims: &Claims,
    ) -> Result<String, AuthError> {
        let accept = AcceptConsent {
            grant_scope: scope,
            grant_access_token_audience: &self.audience(ports),
            remember,
            session: claims,
        };
        let accepted = ports.hydra.accept_consent_request(challenge, &accept).await;
        Ok(accepted?.into())
    }

    /// Whom the access token is for: the resources that were asked for (RFC 8707 §2.2), or the
    /// default audience (RFC 9068 §3).
    pub(crate) fn audience<'a>(&'a self, ports: &BrowserPorts<'a>) -> Vec<&'a str> {
        let requested = &self.request.requested_audience;
        if requested.is_empty() {
            return vec![ports.issuer];
        }
        requested.iter().map(String::as_str).collect()
    }
}
