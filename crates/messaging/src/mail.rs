//! Mail through the SMTP server of a gateway.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use iam_config::{Endpoint, MailFrom};
use iam_model::{Message, Secret};
use iam_platform::Platform;
use serde::{Deserialize, Serialize};

use crate::{
    content::Content,
    text::{Text, one_line},
    transport::{Outcome, by_status, post},
};

/// A gateway that sends mail.
pub(crate) struct Gateway<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) token: Option<&'a Secret<String>>,
    pub(crate) from: &'a MailFrom,
}

/// The request of `POST /v1/mail`.
#[derive(Serialize)]
struct Mail<'a> {
    /// The same at each attempt, so that a mailbox can tell.
    id: String,
    from: Sender<'a>,
    to: &'a str,
    subject: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct Sender<'a> {
    name: &'a str,
    address: &'a str,
}

/// Its answer if it did not send.
#[derive(Deserialize)]
struct NotSent {
    code: String,
    retriable: bool,
}

impl Gateway<'_> {
    pub(crate) async fn send(
        &self,
        platform: &dyn Platform,
        message: &Message,
        content: &Content,
        text: &Text,
    ) -> Outcome {
        let mut headers = HeaderMap::new();
        if let Some(token) = self.token {
            let bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose()));
            let Ok(mut bearer) = bearer else {
                return Outcome::Retry("mail_token is no bearer token".to_owned());
            };
            bearer.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, bearer);
        }
        let body = self.body(message, content, text);
        let url = self.endpoint.join("/v1/mail");
        match post(platform, &url, headers, body.into()).await {
            Ok(response) => read(response.status(), response.body()),
            Err(outcome) => outcome,
        }
    }

    fn body(&self, message: &Message, content: &Content, text: &Text) -> Vec<u8> {
        let tenant = one_line(&content.tenant_name);
        let name = self
            .from
            .name
            .as_ref()
            .map_or(tenant.as_str(), |name| name.as_str());
        let mail = Mail {
            id: message.id.to_string(),
            from: Sender {
                name,
                address: self.from.address.as_str(),
            },
            to: &content.recipient,
            subject: &text.subject,
            text: text.body.expose(),
        };
        // Texts in a struct of ours: the writer has no reason to refuse.
        serde_json::to_vec(&mail).unwrap_or_default()
    }
}

fn read(status: StatusCode, body: &Bytes) -> Outcome {
    if status.is_success() {
        return Outcome::Sent;
    }
    match serde_json::from_slice(body) {
        Ok(NotSent {
            code,
            retriable: true,
        }) => Outcome::Retry(one_line(&code)),
        Ok(NotSent {
            code,
            retriable: false,
        }) => Outcome::Refused(one_line(&code)),
        Err(_) => by_status(status),
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::read;
    use crate::transport::Outcome;

    #[test]
    fn the_gateway_says_what_can_be_tried_again() {
        let read = |status: u16, body: &'static str| {
            read(StatusCode::from_u16(status).unwrap(), &body.into())
        };
        assert_eq!(read(202, ""), Outcome::Sent);
        let refused = read(
            422,
            r#"{"error": "x", "code": "refused", "retriable": false}"#,
        );
        assert_eq!(refused, Outcome::Refused("refused".to_owned()));
        let later = read(
            503,
            r#"{"error": "x", "code": "unavailable", "retriable": true}"#,
        );
        assert_eq!(later, Outcome::Retry("unavailable".to_owned()));
        assert!(matches!(read(401, "{}"), Outcome::Retry(_)));
    }
}
