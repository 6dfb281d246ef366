use std::collections::BTreeSet;

use iam_model::{TenantId, UserId};
use iam_storage_ports::NewUser;
use serde_json::{Value as Json, json};

use crate::{Dialect, SqlError, Statement, audit, statement::encode};

const USER: [&str; 8] = [
    "id",
    "username",
    "username_key",
    "status",
    "details",
    "version",
    "created_at",
    "updated_at",
];

const PASSWORD: [&str; 5] = ["user_id", "id", "kind", "hash", "updated_at"];

const EMAIL: [&str; 2] = ["user_id", "email_key"];

const EXTERNAL_ID: [&str; 3] = ["user_id", "system_name", "external_id"];

const ROLE: [&str; 2] = ["user_id", "role_id"];

const GROUP: [&str; 2] = ["user_id", "group_id"];

const NOTED: &str = "select id from new_users where tenant_id = ?";

const FORGET: &str = "delete from new_users where tenant_id = ?";

/// Users who are not in each other's way.
pub(super) struct Wave<'a> {
    dialect: Dialect,
    tenant: &'a TenantId,
    users: Vec<&'a NewUser>,
}

impl<'a> Wave<'a> {
    pub(super) const fn new(
        dialect: Dialect,
        tenant: &'a TenantId,
        users: Vec<&'a NewUser>,
    ) -> Self {
        Self {
            dialect,
            tenant,
            users,
        }
    }

    /// Adds what has to be done to `unit`, and says which of its statements tells who was added.
    pub(super) fn add_to(&self, unit: &mut Vec<Statement>) -> Result<usize, SqlError> {
        let emails = self.emails();
        let external_ids = self.external_ids();
        unit.push(self.note(&emails, &external_ids)?);
        unit.extend(self.add("users", &USER, "id", &self.rows()?)?);
        unit.extend(self.add("credentials", &PASSWORD, "user_id", &self.passwords())?);
        unit.extend(self.add("user_emails", &EMAIL, "user_id", &emails)?);
        unit.extend(self.add("external_ids", &EXTERNAL_ID, "user_id", &external_ids)?);
        unit.extend(self.add("user_roles", &ROLE, "user_id", &self.roles())?);
        unit.extend(self.add("group_members", &GROUP, "user_id", &self.groups())?);
        unit.push(self.add_events()?);
        let note = unit.len();
        unit.extend([NOTED, FORGET].map(|sql| Statement::new(sql).bind(self.tenant)));
        Ok(note)
    }

    /// Notes those who are free.
    fn note(&self, emails: &[Json], external_ids: &[Json]) -> Result<Statement, SqlError> {
        let users = self.dialect.syntax().json_rows(&["id", "username_key"]);
        let emails_of = self.dialect.syntax().json_rows(&EMAIL);
        let external_ids_of = self.dialect.syntax().json_rows(&EXTERNAL_ID);
        let sql = format!(
            "insert into new_users (tenant_id, id) select ?, v.id from {users} v where \
             not exists (select 1 from users u where u.tenant_id = ? and u.id = v.id) \
             and not exists (select 1 from users u \
             where u.tenant_id = ? and u.username_key = v.username_key) \
             and v.id not in (select v.user_id from {emails_of} v cross join user_emails e \
             where e.tenant_id = ? and e.email_key = v.email_key) \
             and v.id not in (select v.user_id from {external_ids_of} v cross join external_ids e \
             where e.tenant_id = ? and e.system_name = v.system_name \
             and e.external_id = v.external_id)"
        );
        let users = self.users.iter().map(|new| {
            let key = new.user.username.key();
            json!({ "id": new.user.id, "username_key": key })
        });
        Statement::new(sql)
            .bind(self.tenant)
            .bind_json(&users.collect::<Vec<_>>())?
            .bind(self.tenant)
            .bind(self.tenant)
            .bind_json(&emails)?
            .bind(self.tenant)
            .bind_json(&external_ids)
            .map(|statement| statement.bind(self.tenant))
    }

    /// Adds those of `rows` to a table whose `user` is noted.
    fn add(
        &self,
        table: &str,
        columns: &[&str],
        user: &str,
        rows: &[Json],
    ) -> Result<Option<Statement>, SqlError> {
        if rows.is_empty() {
            return Ok(None);
        }
        let names = columns.join(", ");
        let values = columns.join(", v.");
        let rows_of = self.dialect.syntax().json_rows(columns);
        let sql = format!(
            "insert into {table} (tenant_id, {names}) select n.tenant_id, v.{values} \
             from {rows_of} v cross join new_users n where n.tenant_id = ? and n.id = v.{user}"
        );
        let statement = Statement::new(sql).bind_json(&rows)?;
        Ok(Some(statement.bind(self.tenant)))
    }

    /// Adds the events of those who are noted.
    fn add_events(&self) -> Result<Statement, SqlError> {
        let names = audit::WRITTEN.join(", ");
        let values = audit::WRITTEN.join(", v.");
        let members: Vec<_> = audit::WRITTEN.into_iter().chain(["user_id"]).collect();
        let rows_of = self.dialect.syntax().json_rows(&members);
        let sql = format!(
            "insert into audit_events ({names}) select v.{values} \
             from {rows_of} v cross join new_users n where n.tenant_id = ? and n.id = v.user_id"
        );
        let row = |new: &&NewUser| {
            let mut row = audit::written(&new.change.log, &new.change.event)?;
            row["user_id"] = json!(new.user.id);
            Ok(row)
        };
        let rows = self.users.iter().map(row);
        let rows = rows.collect::<Result<Vec<_>, SqlError>>()?;
        Ok(Statement::new(sql).bind_json(&rows)?.bind(self.tenant))
    }

    fn rows(&self) -> Result<Vec<Json>, SqlError> {
        let row = |new: &&NewUser| {
            let user = &new.user;
            Ok(json!({
                "id": user.id,
                "username": user.username.as_str(),
                "username_key": user.username.key(),
                "status": user.status,
                "details": encode(&user.details)?,
                "version": user.version,
                "created_at": user.created_at,
                "updated_at": user.updated_at,
            }))
        };
        self.users.iter().map(row).collect()
    }

    fn passwords(&self) -> Vec<Json> {
        let passwords = self.users.iter().filter_map(|new| new.password.as_ref());
        let row = |password: &iam_model::PasswordCredential| {
            json!({
                "user_id": password.user_id,
                "id": password.id,
                "kind": "password",
                "hash": password.hash.expose(),
                "updated_at": password.updated_at,
            })
        };
        passwords.map(row).collect()
    }

    fn emails(&self) -> Vec<Json> {
        self.each(
            |new| new.user.details.emails.iter(),
            |user, email| json!({ "user_id": user, "email_key": email.address.key() }),
        )
    }

    fn external_ids(&self) -> Vec<Json> {
        self.each(
            |new| new.user.details.external_ids.iter(),
            |user, (system, id)| {
                json!({ "user_id": user, "system_name": system, "external_id": id })
            },
        )
    }

    fn roles(&self) -> Vec<Json> {
        self.each(
            |new| new.roles.iter().collect::<BTreeSet<_>>(),
            |user, role| json!({ "user_id": user, "role_id": role }),
        )
    }

    fn groups(&self) -> Vec<Json> {
        self.each(
            |new| new.groups.iter().collect::<BTreeSet<_>>(),
            |user, group| json!({ "user_id": user, "group_id": group }),
        )
    }

    /// A row for each of the things that each user has.
    fn each<I: IntoIterator>(
        &self,
        things: impl Fn(&'a NewUser) -> I,
        row: impl Fn(&UserId, I::Item) -> Json,
    ) -> Vec<Json> {
        let users = self.users.iter();
        let rows = users.flat_map(|new| {
            things(new)
                .into_iter()
                .map(|thing| row(&new.user.id, thing))
        });
        rows.collect()
    }
}
