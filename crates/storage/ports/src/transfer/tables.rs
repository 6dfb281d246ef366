use super::Cell;

/// A logical table.
#[derive(Debug, Eq, PartialEq)]
pub struct Table {
    /// What it is called.
    pub name: &'static str,
    /// How many of its leading columns are its key. They are texts.
    pub key: usize,
    /// Its columns.
    pub columns: &'static [Column],
    /// The column, if any, with the id of another row of this table in the same tenant.
    pub parent: Option<usize>,
}

/// A column of a table.
#[derive(Debug, Eq, PartialEq)]
pub struct Column {
    /// What it is called.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may hold nothing.
    pub nullable: bool,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Whole numbers of 64 bits.
    Integer,
    /// Texts.
    Text,
}

impl Column {
    /// Whether `cell` can stand in it.
    #[must_use]
    pub const fn holds(&self, cell: &Cell) -> bool {
        match cell {
            Cell::Integer(_) => matches!(self.kind, Kind::Integer),
            Cell::Null => self.nullable,
            Cell::Text(_) => matches!(self.kind, Kind::Text),
        }
    }

    #[cfg(test)]
    pub(super) const fn is_key(&self) -> bool {
        matches!(self.kind, Kind::Text) && !self.nullable
    }

    const fn or_null(mut self) -> Self {
        self.nullable = true;
        self
    }
}

const fn integer(name: &'static str) -> Column {
    Column {
        name,
        kind: Kind::Integer,
        nullable: false,
    }
}

const fn text(name: &'static str) -> Column {
    Column {
        name,
        kind: Kind::Text,
        nullable: false,
    }
}

const fn table(name: &'static str, key: usize, columns: &'static [Column]) -> Table {
    Table {
        name,
        key,
        columns,
        parent: None,
    }
}

/// All tables, each after those that it refers to. They are those of the SQL schema, but for what
/// holds nothing between two units of work (`new_users`) and what is about the schema itself.
pub const TABLES: &[Table] = &[
    table(
        "tenants",
        1,
        &[
            text("id"),
            text("name"),
            text("display_name"),
            text("status"),
            text("settings").or_null(),
            integer("version"),
            integer("created_at"),
            integer("updated_at"),
        ],
    ),
    table(
        "clients",
        1,
        &[
            text("id"),
            text("tenant_id"),
            integer("first_party"),
            text("redirect_uris").or_null(),
            text("scope"),
            text("details").or_null(),
            integer("version"),
            integer("created_at"),
            integer("updated_at"),
        ],
    ),
    table(
        "users",
        2,
        &[
            text("tenant_id"),
            text("id"),
            text("username"),
            text("username_key"),
            text("status"),
            text("details").or_null(),
            integer("version"),
            integer("created_at"),
            integer("updated_at"),
        ],
    ),
    table(
        "credentials",
        2,
        &[
            text("tenant_id"),
            text("id"),
            text("user_id"),
            text("kind"),
            text("hash"),
            text("secret").or_null(),
            integer("last_step").or_null(),
            integer("updated_at"),
        ],
    ),
    table(
        "recovery_codes",
        3,
        &[text("tenant_id"), text("user_id"), text("digest")],
    ),
    table(
        "user_emails",
        2,
        &[text("tenant_id"), text("email_key"), text("user_id")],
    ),
    table(
        "external_ids",
        3,
        &[
            text("tenant_id"),
            text("system_name"),
            text("external_id"),
            text("user_id"),
        ],
    ),
    table(
        "roles",
        2,
        &[
            text("tenant_id"),
            text("id"),
            text("name"),
            text("description"),
            integer("version"),
            integer("created_at"),
            integer("updated_at"),
        ],
    ),
    table(
        "role_permissions",
        3,
        &[text("tenant_id"), text("role_id"), text("permission")],
    ),
    table(
        "role_includes",
        3,
        &[text("tenant_id"), text("role_id"), text("included_id")],
    ),
    table(
        "role_assignable",
        3,
        &[text("tenant_id"), text("role_id"), text("assignable_id")],
    ),
    table(
        "user_roles",
        3,
        &[text("tenant_id"), text("user_id"), text("role_id")],
    ),
    Table {
        name: "tenant_groups",
        key: 2,
        columns: &[
            text("tenant_id"),
            text("id"),
            text("name"),
            text("description"),
            text("parent_id").or_null(),
            integer("version"),
            integer("created_at"),
            integer("updated_at"),
        ],
        parent: Some(4),
    },
    table(
        "group_members",
        3,
        &[text("tenant_id"), text("user_id"), text("group_id")],
    ),
    table(
        "group_roles",
        3,
        &[text("tenant_id"), text("group_id"), text("role_id")],
    ),
    table(
        "permissions",
        2,
        &[
            text("tenant_id"),
            text("permission"),
            text("description"),
            integer("version"),
            integer("created_at"),
            integer("updated_at"),
        ],
    ),
    table(
        "api_keys",
        1,
        &[
            text("id"),
            text("tenant_id"),
            text("name"),
            text("digest"),
            text("permissions"),
            integer("expires_at").or_null(),
            integer("revoked_at").or_null(),
            integer("version"),
            integer("created_at"),
            integer("updated_at"),
        ],
    ),
    table(
        "policies",
        2,
        &[
            text("tenant_id"),
            text("id"),
            integer("number"),
            text("description"),
            text("source"),
            integer("created_at"),
        ],
    ),
    table(
        "policy_activations",
        1,
        &[
            text("tenant_id"),
            text("active_id").or_null(),
            text("previous_id").or_null(),
            integer("version"),
        ],
    ),
    table(
        "audit_events",
        2,
        &[
            text("tenant_id"),
            text("id"),
            integer("happened_at"),
            text("action"),
            text("outcome"),
            text("actor_kind"),
            text("actor_id"),
            text("actor_tenant").or_null(),
            text("target_kind"),
            text("target_id"),
            text("origin").or_null(),
            text("trace_id"),
            text("details"),
            integer("sequence").or_null(),
            text("origin_digest").or_null(),
            text("hash").or_null(),
        ],
    ),
    table(
        "audit_heads",
        1,
        &[
            text("tenant_id"),
            integer("sequence"),
            text("origin_digest"),
            text("hash"),
        ],
    ),
    table(
        "idempotency_keys",
        2,
        &[
            text("tenant_id"),
            text("key_digest"),
            text("fingerprint"),
            text("target"),
            integer("created_at"),
        ],
    ),
    table(
        "messages",
        1,
        &[
            text("id"),
            text("tenant_id"),
            text("user_id"),
            text("kind"),
            text("channel"),
            text("content"),
            integer("attempts"),
            integer("due_at"),
            integer("expires_at"),
            integer("created_at"),
        ],
    ),
    table(
        "one_time_codes",
        2,
        &[
            text("tenant_id"),
            text("digest"),
            text("purpose"),
            text("user_id"),
            text("address").or_null(),
            integer("expires_at"),
            integer("created_at"),
        ],
    ),
    table(
        "ended_sessions",
        2,
        &[
            text("tenant_id"),
            text("id"),
            text("user_id"),
            integer("ended_at"),
        ],
    ),
];
