use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use iam_config::{MailRoute, MessageSettings};
use iam_model::{Channel, Message};
use iam_platform::Platform;

use crate::{content::Content, mail, text::text, webhook};

/// What became of one attempt to send. The texts are for the log and name no recipient.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// Nobody will take it: it is given up.
    Refused(String),
    /// It can be tried again.
    Retry(String),
    /// It is sent.
    Sent,
}

/// Sends a message once.
pub(crate) async fn send(
    platform: &dyn Platform,
    settings: &MessageSettings,
    message: &Message,
    content: &Content,
) -> Outcome {
    let text = text(message.kind, content);
    let post = async |hook| webhook::send(platform, hook, message, content, &text).await;
    match (message.channel, &settings.mail, &settings.sms) {
        (
            Channel::Email,
            Some(MailRoute::Gateway {
                endpoint,
                token,
                from,
            }),
            _,
        ) => {
            let gateway = mail::Gateway {
                endpoint,
                token: token.as_ref(),
                from,
            };
            gateway.send(platform, message, content, &text).await
        }
        (Channel::Email, Some(MailRoute::Webhook(hook)), _) | (Channel::Sms, _, Some(hook)) => {
            post(hook).await
        }
        (Channel::Email, None, _) => Outcome::Retry("mail_url is not set".to_owned()),
        (Channel::Sms, _, None) => Outcome::Retry("sms_url is not set".to_owned()),
    }
}

/// Posts JSON and gives the response.
pub(crate) async fn post(
    platform: &dyn Platform,
    url: &str,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response<Bytes>, Outcome> {
    let mut request = Request::new(body);
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = match url.parse() {
        Ok(uri) => uri,
        Err(_) => return Err(Outcome::Retry("its URL is none".to_owned())),
    };
    *request.headers_mut() = headers;
    let json = http::HeaderValue::from_static("application/json");
    request.headers_mut().insert(header::CONTENT_TYPE, json);
    let response = platform.fetch(request).await;
    response.map_err(|error| Outcome::Retry(error.to_string()))
}

/// What a status without a word of its own means. A wrong key or path may be put right while the
/// message waits, so that only what never comes right is given up: the message itself.
pub(crate) fn by_status(status: StatusCode) -> Outcome {
    if status.is_success() {
        return Outcome::Sent;
    }
    Outcome::Retry(format!("answered {status}"))
}
