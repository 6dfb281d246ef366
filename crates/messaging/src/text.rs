//! What messages say, in English. An app that wants other words takes the webhook.

use iam_model::{MessageKind, Secret};

use crate::content::Content;

/// The text of a message.
pub(crate) struct Text {
    /// One line; a mail's subject.
    pub(crate) subject: String,
    /// The rest. It may have a code in it.
    pub(crate) body: Secret<String>,
}

/// What a kind of message says.
struct Template {
    subject: &'static str,
    /// Before the code and the link.
    opening: &'static str,
    /// After them.
    closing: &'static str,
}

const fn template(kind: MessageKind) -> Template {
    match kind {
        MessageKind::EmailVerification => Template {
            subject: "Confirm your e-mail address for {tenant}",
            opening: "Please confirm that this is your e-mail address.",
            closing: "If you did not ask for this, you can ignore this message.",
        },
        MessageKind::Invitation => Template {
            subject: "Your invitation to {tenant}",
            opening: "You have been invited to {tenant}. Choose a password to begin.",
            closing: "If you did not expect this, you can ignore this message.",
        },
        MessageKind::MfaChanged => Template {
            subject: "Your second factor for {tenant} has changed",
            opening: "The second factor of your account was set up, replaced or removed.",
            closing: "If this was not you, tell your administrator at once.",
        },
        MessageKind::PasswordChanged => Template {
            subject: "Your password for {tenant} has changed",
            opening: "The password of your account was changed.",
            closing: "If this was not you, tell your administrator at once.",
        },
        MessageKind::PasswordRecovery => Template {
            subject: "Set a new password for {tenant}",
            opening: "Somebody asked to set a new password for your account.",
            closing: "If this was not you, you can ignore this message: your password stays as it is.",
        },
        MessageKind::RegistrationAttempted => Template {
            subject: "You already have an account at {tenant}",
            opening: "Somebody tried to register with your e-mail address, which has an account \
                      already. If this was you, log in, or set a new password if you have \
                      forgotten yours.",
            closing: "If this was not you, you can ignore this message.",
        },
    }
}

/// The text of a message of this kind.
pub(crate) fn text(kind: MessageKind, content: &Content) -> Text {
    let template = template(kind);
    let tenant = one_line(&content.tenant_name);
    let named = |text: &str| text.replace("{tenant}", &tenant);
    let mut body = named(template.opening);
    let mut add = |text: &str| {
        body.push_str("\n\n");
        body.push_str(text);
    };
    if let Some(link) = &content.link {
        add(link.expose());
    }
    if let Some(code) = &content.code {
        add(&format!("Your code: {}", code.expose()));
    }
    add(template.closing);
    body.push('\n');
    Text {
        subject: named(template.subject),
        body: Secret::new(body),
    }
}

/// `text` without line breaks and other control characters, which end a header (RFC 5322 §2.2).
pub(crate) fn one_line(text: &str) -> String {
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(visible).collect()
}

#[cfg(test)]
mod tests {
    use iam_model::{MessageKind, Timestamp};

    use super::text;
    use crate::content::Content;

    fn content(tenant_name: &str) -> Content {
        Content {
            tenant: "acme".to_owned(),
            tenant_name: tenant_name.to_owned(),
            recipient: "a@example.com".to_owned(),
            code: Some("c0de".to_owned().into()),
            link: Some("https://a.example/?code=c0de".to_owned().into()),
            locale: None,
            expires_at: Timestamp::default(),
        }
    }

    #[test]
    fn each_kind_names_the_tenant_the_link_and_the_code() {
        for kind in MessageKind::ALL.iter().copied() {
            let text = text(kind, &content("Acme {x}"));
            assert!(text.subject.contains("Acme {x}"), "{kind}");
            let body = text.body.expose();
            assert!(
                body.contains("\n\nhttps://a.example/?code=c0de\n\n"),
                "{kind}"
            );
            assert!(body.contains("\n\nYour code: c0de\n\n"), "{kind}");
            assert!(!body.contains("{tenant}") && !body.contains('\r'), "{kind}");
        }
    }

    #[test]
    fn a_tenant_cannot_add_a_header() {
        let text = text(
            MessageKind::Invitation,
            &content("Acme\r\nBcc: all@example.com\u{85}\0"),
        );
        assert!(!text.subject.contains(char::is_control), "{}", text.subject);
        assert!(!text.body.expose().contains("\r\nBcc"));
    }
}
