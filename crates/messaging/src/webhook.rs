//! Messages for an app that sends them itself, signed after
//! [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use iam_config::Webhook;
use iam_model::{Channel, Message, MessageKind, Secret, UserId};
use iam_platform::Platform;
use serde::Serialize;
use sha2::Sha256;
use zeroize::Zeroize;

use crate::{
    content::Content,
    moment::moment,
    text::Text,
    transport::{Outcome, by_status, post},
};

/// What is posted.
#[derive(Serialize)]
struct Event<'a> {
    r#type: MessageKind,
    /// When the message was made.
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    id: String,
    channel: Channel,
    recipient: &'a str,
    tenant: &'a str,
    tenant_name: &'a str,
    user_id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
    expires_at: String,
    /// What to say, for who has no words of their own.
    subject: &'a str,
    text: &'a str,
}

/// Posts a message to the app.
pub(crate) async fn send(
    platform: &dyn Platform,
    hook: &Webhook,
    message: &Message,
    content: &Content,
    text: &Text,
) -> Outcome {
    let body = body(message, content, text);
    let id = message.id.to_string();
    let seconds = (platform.now().as_millis() / 1000).to_string();
    let Some(signatures) = signatures(&hook.secret, &id, &seconds, &body) else {
        return Outcome::Retry("webhook_secret is not `whsec_` and base64".to_owned());
    };
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("webhook-id", id),
        ("webhook-timestamp", seconds),
        ("webhook-signature", signatures),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    match post(platform, hook.url.as_str(), headers, body.into()).await {
        Ok(response) => by_status(response.status()),
        Err(outcome) => outcome,
    }
}

fn body(message: &Message, content: &Content, text: &Text) -> Vec<u8> {
    let event = Event {
        r#type: message.kind,
        timestamp: moment(message.created_at),
        data: Data {
            id: message.id.to_string(),
            channel: message.channel,
            recipient: &content.recipient,
            tenant: &content.tenant,
            tenant_name: &content.tenant_name,
            user_id: message.user_id,
            code: exposed(content.code.as_ref()),
            link: exposed(content.link.as_ref()),
            locale: content.locale.as_deref(),
            expires_at: moment(content.expires_at),
            subject: &text.subject,
            text: text.body.expose(),
        },
    };
    // Texts in a struct of ours: the writer has no reason to refuse.
    serde_json::to_vec(&event).unwrap_or_default()
}

fn exposed(secret: Option<&Secret<String>>) -> Option<&str> {
    secret.map(|secret| secret.expose().as_str())
}

/// A signature for each secret, by spaces; `None` if one is no secret.
fn signatures(secrets: &Secret<String>, id: &str, seconds: &str, body: &[u8]) -> Option<String> {
    let sign = |secret: &str| {
        let mut key = BASE64_STANDARD
            .decode(secret.strip_prefix("whsec_")?)
            .ok()?;
        let mac = (key.len() >= 24).then(|| Hmac::<Sha256>::new_from_slice(&key).ok());
        key.zeroize();
        let mut mac = mac??;
        for part in [id.as_bytes(), b".", seconds.as_bytes(), b".", body] {
            mac.update(part);
        }
        let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        Some(format!("v1,{signature}"))
    };
    let all: Option<Vec<_>> = secrets.expose().split_whitespace().map(sign).collect();
    all.filter(|all| !all.is_empty()).map(|all| all.join(" "))
}

#[cfg(test)]
mod tests {
    use iam_model::Secret;

    use super::signatures;

    /// The example of the Standard Webhooks libraries.
    #[test]
    fn a_signature_is_that_of_standard_webhooks() {
        let sign = |secret: &str| {
            signatures(
                &Secret::new(secret.to_owned()),
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "1614265330",
                br#"{"test": 2432232314}"#,
            )
        };
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(sign(secret).as_deref(), Some(expected));
        let both = sign(&format!("{secret} {secret}")).unwrap();
        assert_eq!(both, format!("{expected} {expected}"));
        for bad in [
            "",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_?",
            "whsec_AAAA",
        ] {
            assert_eq!(sign(bad), None, "{bad}");
        }
    }
}
