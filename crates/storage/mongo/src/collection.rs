use serde::{Deserialize, Serialize};

/// Names the collections and the fields of their documents.
macro_rules! collections {
    ($($variant:ident $name:literal [$($field:literal)+])+) => {
        /// A collection. Documents have the columns of the SQL schema as fields, and in arrays what
        /// is in tables around them there.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        pub(crate) enum Collection {
            $(#[serde(rename = $name)] $variant,)+
        }

        impl Collection {
            /// All of them.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)+];

            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// All fields that its documents may have beside `_id` and `_v`.
            pub(crate) const fn fields(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($field,)+],)+ }
            }
        }
    };
}

collections! {
    ApiKeys "api_keys" [
        "tenant_id" "id" "name" "digest" "permissions" "expires_at" "revoked_at" "version"
        "created_at" "updated_at"
    ]
    AuditEvents "audit_events" [
        "tenant_id" "id" "happened_at" "action" "outcome" "actor_kind" "actor_id" "actor_tenant"
        "target_kind" "target_id" "origin" "trace_id" "details" "sequence" "origin_digest" "hash"
    ]
    AuditHeads "audit_heads" ["tenant_id" "sequence" "origin_digest" "hash"]
    Clients "clients" [
        "tenant_id" "id" "first_party" "redirect_uris" "scope" "details" "version" "created_at"
        "updated_at"
    ]
    Credentials "credentials" [
        "tenant_id" "id" "user_id" "kind" "hash" "secret" "last_step" "digests" "updated_at"
    ]
    EndedSessions "ended_sessions" ["tenant_id" "id" "user_id" "ended_at"]
    Groups "tenant_groups" [
        "tenant_id" "id" "name" "description" "parent_id" "roles" "version" "created_at"
        "updated_at"
    ]
    IdempotencyKeys "idempotency_keys" [
        "tenant_id" "key_digest" "fingerprint" "target" "created_at"
    ]
    Messages "messages" [
        "tenant_id" "id" "user_id" "kind" "channel" "content" "attempts" "due_at" "claim"
        "expires_at" "created_at"
    ]
    OneTimeCodes "one_time_codes" [
        "tenant_id" "digest" "purpose" "user_id" "address" "expires_at" "created_at"
    ]
    Permissions "permissions" [
        "tenant_id" "permission" "description" "version" "created_at" "updated_at"
    ]
    Policies "policies" ["tenant_id" "id" "number" "description" "source" "created_at"]
    PolicyActivations "policy_activations" ["tenant_id" "active_id" "previous_id" "version"]
    Roles "roles" [
        "tenant_id" "id" "name" "description" "permissions" "includes" "assignable" "version"
        "created_at" "updated_at"
    ]
    Tenants "tenants" [
        "id" "name" "display_name" "status" "settings" "version" "created_at" "updated_at"
    ]
    Users "users" [
        "tenant_id" "id" "username" "username_key" "status" "details" "emails" "external_ids"
        "attributes" "roles" "groups" "version" "created_at" "updated_at"
    ]
}
