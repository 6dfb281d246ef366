use iam_identity::TenantSpec;
use iam_model::{Line, Tenant, TenantName, TenantSettings, TenantStatus};
use serde::Serialize;

use crate::{
    admin::{moment::Moment, view::view},
    fields::body,
};

body! {
    /// A tenant to be made.
    NewTenant {
        /// Its name, the `tenant` claim: 1 to 63 of `a-z 0-9 -`. It never changes.
        name: TenantName,
        /// What people call it.
        display_name: Option<Line>,
        /// What it decides for its users and clients; what is left out has its default.
        settings: Option<TenantSettings>,
    }
}

impl NewTenant {
    pub(super) fn into_parts(self) -> (TenantName, TenantSpec) {
        let spec = TenantSpec {
            display_name: self.display_name.unwrap_or_default(),
            settings: self.settings.unwrap_or_default(),
        };
        (self.name, spec)
    }
}

body! {
    /// What can be changed of a tenant.
    #[derive(Serialize)]
    TenantBody {
        /// What people call it.
        display_name: Option<Line>,
        /// What it decides for its users and clients; what is left out has its default.
        settings: Option<TenantSettings>,
    }
}

impl From<&Tenant> for TenantBody {
    fn from(tenant: &Tenant) -> Self {
        Self {
            display_name: tenant.display_name.parse().ok(),
            settings: Some(tenant.settings.clone()),
        }
    }
}

impl From<TenantBody> for TenantSpec {
    fn from(body: TenantBody) -> Self {
        Self {
            display_name: body.display_name.unwrap_or_default(),
            settings: body.settings.unwrap_or_default(),
        }
    }
}

view! {
    /// A tenant.
    TenantView(name, version) {
        /// Its name, the `tenant` claim.
        name: TenantName,
        /// What people call it.
        display_name: String,
        /// Whether its users may log in.
        status: TenantStatus,
        /// What it decides for its users and clients.
        settings: TenantSettings,
        /// Counts its changes, from 1; also its ETag.
        version: i64,
        /// When it was made.
        created_at: Moment,
        /// When it was last changed.
        updated_at: Moment,
    }
}

impl From<Tenant> for TenantView {
    fn from(tenant: Tenant) -> Self {
        Self {
            name: tenant.name,
            display_name: tenant.display_name,
            status: tenant.status,
            settings: tenant.settings,
            version: tenant.version,
            created_at: Moment(tenant.created_at),
            updated_at: Moment(tenant.updated_at),
        }
    }
}

/// A tenant, as examples show it.
pub(super) const EXAMPLE: &str = r#"{
    "name": "acme",
    "display_name": "Acme GmbH",
    "status": "active",
    "settings": {
        "password": {"min_length": 15},
        "mfa": "optional",
        "token_lifetimes": {"access_token": 900, "id_token": 900, "refresh_token": 2592000},
        "retention_days": 30
    },
    "version": 1,
    "created_at": "2026-09-21T14:13:20.123Z",
    "updated_at": "2026-09-21T14:13:20.123Z"
}"#;
