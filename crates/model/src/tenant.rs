use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{RedirectUri, Scope, TenantId, TenantName, Timestamp, words::words};

words! {
    /// Whether a tenant's users may log in.
    TenantStatus {
        /// They may.
        Active "active",
        /// They may not; an operator can restore the tenant until it is purged.
        Deleted "deleted",
        /// They may not, until an operator activates the tenant again.
        Suspended "suspended",
    }
}

words! {
    /// Whether users need a second factor.
    MfaPolicy {
        /// There is none.
        Off "off",
        /// Who has one is asked for it.
        Optional "optional",
        /// Who has none must enrol one.
        Required "required",
    }
}

/// An organisation whose users, roles and clients are kept apart from every other's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name, the `tenant` claim.
    pub name: TenantName,
    /// What people call it.
    pub display_name: String,
    /// Whether its users may log in.
    pub status: TenantStatus,
    /// What it may decide for itself.
    pub settings: TenantSettings,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Tenant {
    /// A new, active tenant with default settings.
    #[must_use]
    pub fn new(id: TenantId, name: TenantName, display_name: String, now: Timestamp) -> Self {
        Self {
            id,
            name,
            display_name,
            status: TenantStatus::Active,
            settings: TenantSettings::default(),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// What a tenant decides for its users and clients. It is stored as one JSON document.
#[derive(Clone, Debug, Eq, PartialEq, JsonSchema, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct TenantSettings {
    /// What passwords must be like.
    pub password: PasswordPolicy,
    /// Whether users need a second factor.
    pub mfa: MfaPolicy,
    /// What users may do for themselves.
    pub self_service: SelfService,
    /// The pages of its apps that a browser is sent to where a client names none of its own.
    pub pages: Pages,
    /// How long tokens live.
    pub token_lifetimes: TokenLifetimes,
    /// The most that a client of the tenant may be allowed to ask for; `None` for anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_scopes: Option<Scope>,
    /// The JSON Schema (2020-12) that its users' attributes must satisfy; `None` for any object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_schema: Option<Value>,
    /// Days that what was deleted can still be restored.
    pub retention_days: u16,
}

impl Default for TenantSettings {
    fn default() -> Self {
        Self {
            password: PasswordPolicy::default(),
            mfa: MfaPolicy::Optional,
            self_service: SelfService::default(),
            pages: Pages::default(),
            token_lifetimes: TokenLifetimes::default(),
            allowed_scopes: None,
            attribute_schema: None,
            retention_days: 30,
        }
    }
}

/// What passwords must be like. There are no composition rules (NIST SP 800-63B-4 §3.1.1.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq, JsonSchema, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordPolicy {
    /// The fewest characters, 8 to 64. NIST SP 800-63B-4 §3.1.1.2: 15 where a password is all.
    pub min_length: u8,
    /// Days after which a password must be changed, 1 to 3650; `None` for never, which NIST SP
    /// 800-63B-4 §3.1.1.2 wants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_days: Option<u16>,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            min_length: 15,
            max_age_days: None,
        }
    }
}

/// What users may do for themselves, without an operator.
#[derive(Clone, Copy, Debug, Eq, PartialEq, JsonSchema, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SelfService {
    /// Whether anybody may register.
    pub registration: bool,
    /// Whether who has forgotten the password may set another with a code sent by e-mail.
    pub recovery: bool,
}

impl Default for SelfService {
    fn default() -> Self {
        Self {
            registration: false,
            recovery: true,
        }
    }
}

/// Pages of a tenant's apps. A browser is sent to the first four with the parameter that
/// `docs/login-ui.md` names; links in messages lead to the others, with `code`.
#[derive(Clone, Debug, Default, Eq, PartialEq, JsonSchema, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pages {
    /// Where users log in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_uri: Option<RedirectUri>,
    /// Where they are asked for consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_uri: Option<RedirectUri>,
    /// Where they confirm that they log out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logout_uri: Option<RedirectUri>,
    /// Where a browser is sent that cannot go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_uri: Option<RedirectUri>,
    /// Where the link of an invitation leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation_uri: Option<RedirectUri>,
    /// Where the link of a password recovery leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_uri: Option<RedirectUri>,
    /// Where the link of an e-mail verification leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification_uri: Option<RedirectUri>,
}

/// How long tokens live, in seconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq, JsonSchema, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenLifetimes {
    /// Access tokens, 60 to 86,400.
    pub access_token: u32,
    /// ID tokens, 60 to 86,400.
    pub id_token: u32,
    /// Refresh tokens, each from its own issue, 300 to 31,536,000.
    pub refresh_token: u32,
}

impl Default for TokenLifetimes {
    fn default() -> Self {
        Self {
            access_token: 15 * 60,
            id_token: 15 * 60,
            refresh_token: 30 * 24 * 60 * 60,
        }
    }
}
