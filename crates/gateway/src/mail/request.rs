use iam_model::MessageId;
use lettre::{
    Address, Message,
    message::{
        Mailbox,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
};
use serde::Deserialize;

use super::error::MailError;

/// The longest subject and name, in bytes.
const MAX_LINE: usize = 1024;

/// One message, as it is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailRequest {
    /// The same when it is sent once more.
    pub(crate) id: MessageId,
    from: Sender,
    to: String,
    subject: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sender {
    name: String,
    address: String,
}

impl MailRequest {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, MailError> {
        // The parser's own text would quote the body.
        let mail: Self =
            serde_json::from_slice(body).map_err(|_| MailError::Invalid("is not a message"))?;
        let line = |text: &str| text.len() <= MAX_LINE && !text.contains(char::is_control);
        // A line break would end the header (RFC 5322 §2.2), and begin another.
        if !line(&mail.subject) {
            return Err(MailError::Invalid("`subject` is not one short line"));
        }
        if !line(&mail.from.name) {
            return Err(MailError::Invalid("`from.name` is not one short line"));
        }
        Ok(mail)
    }

    /// The message as it is sent (RFC 5322).
    pub(crate) fn message(self) -> Result<Message, MailError> {
        let from: Address = address(&self.from.address, "`from.address` is not an address")?;
        let to = address(&self.to, "`to` is not an address")?;
        let name = Some(self.from.name).filter(|name| !name.is_empty());
        // RFC 5322 §3.6.4: unique in the world, and the same when it is sent once more.
        let id = format!("<{}@{}>", self.id, from.domain());
        Message::builder()
            .message_id(Some(id))
            .date_now()
            .from(Mailbox::new(name, from))
            .to(Mailbox::new(None, to))
            .subject(self.subject)
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(self.text)
            .map_err(|_| MailError::Invalid("cannot be written as a message"))
    }
}

fn address(text: &str, wrong: &'static str) -> Result<Address, MailError> {
    let address: Address = text.parse().map_err(|_| MailError::Invalid(wrong))?;
    // Whatever the grammar of quoted parts allows: none of ours has them.
    if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '"') {
        return Err(MailError::Invalid(wrong));
    }
    Ok(address)
}

/// Written by a program: nobody's holiday notice answers it (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::MailRequest;
    use crate::mail::error::MailError;

    fn mail() -> Value {
        json!({
            "id": "01890a5d-ac96-774b-bcce-b302099a8057",
            "from": { "name": "Acme, \"Inc\" é", "address": "id@acme.example" },
            "to": "alice@example.com",
            "subject": "Grüße",
            "text": "Hello,\n.\nhttps://a.example/?code=x\n",
        })
    }

    fn formatted(mail: &Value) -> Result<String, MailError> {
        let message = MailRequest::parse(mail.to_string().as_bytes())?.message()?;
        Ok(String::from_utf8(message.formatted()).unwrap())
    }

    #[test]
    fn a_message_has_the_headers_of_one_that_a_program_sends() {
        let text = formatted(&mail()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        for line in [
            "Message-ID: <01890a5d-ac96-774b-bcce-b302099a8057@acme.example>",
            "To: alice@example.com",
            "Auto-Submitted: auto-generated",
            "Content-Type: text/plain; charset=utf-8",
        ] {
            assert!(head.lines().any(|own| own == line), "{line}\n{head}");
        }
        assert!(head.contains("\nDate: ") && head.is_ascii(), "{head}");
        assert!(head.contains("<id@acme.example>"), "{head}");
        assert_eq!(body, "Hello,\r\n.\r\nhttps://a.example/?code=x\r\n");
    }

    #[test]
    fn nothing_in_a_request_becomes_a_header() {
        let evil = "a\r\nBcc: all@example.com";
        for pointer in ["/subject", "/from/name", "/from/address", "/to", "/id"] {
            for evil in [evil, "a\nb", "a\rb", "a\0b"] {
                let mut mail = mail();
                *mail.pointer_mut(pointer).unwrap() = json!(evil);
                assert!(
                    matches!(formatted(&mail), Err(MailError::Invalid(_))),
                    "{pointer}"
                );
            }
        }
        for evil in [
            "alice@example.com, bob@example.com",
            "<alice@example.com>",
            "\"a b\"@example.com",
            "alice@example.com\r\nBcc: b@example.com",
            "alice",
            "",
        ] {
            let mut mail = mail();
            mail["to"] = json!(evil);
            assert!(
                matches!(formatted(&mail), Err(MailError::Invalid(_))),
                "{evil}"
            );
        }
        let mut text = mail();
        text["text"] = json!("\r\n\r\nBcc: all@example.com");
        let text = formatted(&text).unwrap();
        let head = text.split_once("\r\n\r\n").unwrap().0;
        assert!(!head.contains("Bcc"), "{head}");
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for bad in ["", "{}", "[]", "null"] {
            assert!(MailRequest::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        let mut more = mail();
        more["bcc"] = json!("all@example.com");
        assert!(formatted(&more).is_err());
    }
}
