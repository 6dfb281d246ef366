use anyhow::Result;
use clap::Args;
use serde_json::Value;

use crate::admin::{
    args::{From, read_json},
    body::{Body, replacement},
};

/// What a tenant decides for its users and clients.
#[derive(Args)]
pub(super) struct Settings {
    /// The fewest characters of a password, 8 to 64.
    #[arg(long, value_name = "N")]
    min_password_length: Option<u8>,
    /// Days after which a password must be changed, 1 to 3650; 0 for never.
    #[arg(long, value_name = "DAYS")]
    max_password_age: Option<u16>,
    /// Whether anybody may register: true or false.
    #[arg(long, value_name = "BOOL")]
    registration: Option<bool>,
    /// Whether who forgot the password may set another with a code sent by e-mail: true or false.
    #[arg(long, value_name = "BOOL")]
    recovery: Option<bool>,
    #[command(flatten)]
    pages: Pages,
    /// Whether users need a second factor: off, optional or required.
    #[arg(long, value_name = "POLICY")]
    mfa: Option<String>,
    /// How long access tokens live.
    #[arg(long, value_name = "SECONDS")]
    access_token_lifetime: Option<u32>,
    /// How long ID tokens live.
    #[arg(long, value_name = "SECONDS")]
    id_token_lifetime: Option<u32>,
    /// How long refresh tokens live.
    #[arg(long, value_name = "SECONDS")]
    refresh_token_lifetime: Option<u32>,
    /// The most that a client may be allowed to ask for; an empty text for anything.
    #[arg(long, value_name = "SCOPES")]
    allowed_scopes: Option<String>,
    /// A file with the JSON Schema that its users' attributes must satisfy; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    attribute_schema: Option<String>,
    /// Days that what was deleted can still be restored.
    #[arg(long, value_name = "DAYS")]
    retention_days: Option<u16>,
    #[command(flatten)]
    pub(super) from: From,
}

/// The pages of its apps.
#[derive(Args)]
#[expect(clippy::struct_field_names, reason = "the names are those of the API")]
struct Pages {
    /// Where users log in, if a client says nothing.
    #[arg(long, value_name = "URI")]
    login_uri: Option<String>,
    /// Where they are asked for consent.
    #[arg(long, value_name = "URI")]
    consent_uri: Option<String>,
    /// Where they confirm that they log out.
    #[arg(long, value_name = "URI")]
    logout_uri: Option<String>,
    /// Where a browser is sent that cannot go on.
    #[arg(long, value_name = "URI")]
    error_uri: Option<String>,
    /// Where the link of an invitation leads.
    #[arg(long, value_name = "URI")]
    invitation_uri: Option<String>,
    /// Where the link of a password recovery leads.
    #[arg(long, value_name = "URI")]
    recovery_uri: Option<String>,
    /// Where the link of an e-mail verification leads.
    #[arg(long, value_name = "URI")]
    verification_uri: Option<String>,
}

impl Pages {
    fn onto(self, body: Body) -> Body {
        body.text("settings.pages.login_uri", self.login_uri)
            .text("settings.pages.consent_uri", self.consent_uri)
            .text("settings.pages.logout_uri", self.logout_uri)
            .text("settings.pages.error_uri", self.error_uri)
            .text("settings.pages.invitation_uri", self.invitation_uri)
            .text("settings.pages.recovery_uri", self.recovery_uri)
            .text("settings.pages.verification_uri", self.verification_uri)
    }
}

impl Settings {
    /// The settings in `body`, where `current` is the tenant as it is.
    pub(super) fn onto(self, body: Body, current: &Value) -> Result<Body> {
        let schema = self
            .attribute_schema
            .as_deref()
            .map(read_json)
            .transpose()?;
        let schema = schema.map(|schema| {
            let current = &current["settings"]["attribute_schema"];
            replacement(current, Value::Object(schema))
        });
        // 0 days is never: the field is taken away.
        let max_age = self.max_password_age.map(|days| match days {
            0 => Value::Null,
            days => days.into(),
        });
        Ok(self
            .pages
            .onto(body)
            .value("settings.password.min_length", self.min_password_length)
            .value("settings.password.max_age_days", max_age)
            .value("settings.self_service.registration", self.registration)
            .value("settings.self_service.recovery", self.recovery)
            .text("settings.mfa", self.mfa)
            .value(
                "settings.token_lifetimes.access_token",
                self.access_token_lifetime,
            )
            .value("settings.token_lifetimes.id_token", self.id_token_lifetime)
            .value(
                "settings.token_lifetimes.refresh_token",
                self.refresh_token_lifetime,
            )
            .text("settings.allowed_scopes", self.allowed_scopes)
            .value("settings.attribute_schema", schema)
            .value("settings.retention_days", self.retention_days))
    }
}
