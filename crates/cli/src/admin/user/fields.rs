use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::{NewPassword, USER};
use crate::{
    admin::{
        args::{From, Pair},
        body::Body,
        group::GROUP,
        role::ROLE,
    },
    remote::Session,
};

#[derive(Args)]
pub(crate) struct Create {
    /// Its login name, unique in the tenant.
    username: String,
    #[command(flatten)]
    fields: Fields,
    /// The status: active or invited. If nothing is said, who has a password is active.
    #[arg(long)]
    status: Option<String>,
    /// A role it is given; may be repeated.
    #[arg(long)]
    role: Vec<String>,
    /// A group it is put into; may be repeated.
    #[arg(long)]
    group: Vec<String>,
    #[command(flatten)]
    password: NewPassword,
}

#[derive(Args)]
pub(crate) struct Change {
    /// Its name, e-mail address or id.
    user: String,
    /// Its new login name.
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    #[command(flatten)]
    fields: Fields,
}

/// What is known of a user. An empty text takes a field away.
#[derive(Args)]
struct Fields {
    /// An e-mail address, in place of those there are; may be repeated, the first is written to.
    #[arg(long, value_name = "ADDRESS")]
    email: Vec<String>,
    /// An e-mail address of which it is known that the user reads it; goes before the others.
    #[arg(long, value_name = "ADDRESS")]
    verified_email: Vec<String>,
    /// The phone number, as in +4930123456.
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// The whole name, as it is shown.
    #[arg(long, value_name = "NAME")]
    full_name: Option<String>,
    /// The given name.
    #[arg(long, value_name = "NAME")]
    given_name: Option<String>,
    /// The family name.
    #[arg(long, value_name = "NAME")]
    family_name: Option<String>,
    /// What friends call it.
    #[arg(long, value_name = "NAME")]
    nickname: Option<String>,
    /// The URL of a picture.
    #[arg(long, value_name = "URL")]
    picture: Option<String>,
    /// The language, as in en or de-AT.
    #[arg(long, value_name = "TAG")]
    locale: Option<String>,
    /// The time zone, as in Europe/Berlin.
    #[arg(long, value_name = "NAME")]
    zoneinfo: Option<String>,
    /// An attribute; its value is JSON or else text; may be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    attribute: Vec<Pair>,
    /// The id in another system; may be repeated.
    #[arg(long, value_name = "SYSTEM=ID")]
    external_id: Vec<Pair>,
    /// What apps keep of it and it may see; may be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    public_metadata: Vec<Pair>,
    /// What only operators see; may be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    private_metadata: Vec<Pair>,
    #[command(flatten)]
    from: From,
}

impl Create {
    pub(super) async fn run(self, session: &Session) -> Result<()> {
        let roles = session.keys_of_all(&ROLE, &self.role).await?;
        let groups = session.keys_of_all(&GROUP, &self.group).await?;
        let password = self.password.read()?;
        let required = self.password.require_password_change.then_some(true);
        let body = self
            .fields
            .body()?
            .text("username", Some(self.username))
            .text("status", self.status)
            .list("roles", &roles)
            .list("groups", &groups)
            .value(
                "password",
                password.map(|password| password.expose().clone()),
            )
            .value("password_change_required", required);
        session.create(&USER, body).await
    }
}

impl Change {
    pub(super) async fn run(self, session: &Session) -> Result<()> {
        let body = self.fields.body()?.text("username", self.username);
        session.change(&USER, &self.user, |_| Ok(body)).await
    }
}

impl Fields {
    fn body(self) -> Result<Body> {
        let emails = emails(&self.verified_email, &self.email);
        Ok(Body::from(&self.from)?
            .value("emails", emails)
            .text("phone", self.phone)
            .text("profile.name", self.full_name)
            .text("profile.given_name", self.given_name)
            .text("profile.family_name", self.family_name)
            .text("profile.nickname", self.nickname)
            .text("profile.picture", self.picture)
            .text("profile.locale", self.locale)
            .text("profile.zoneinfo", self.zoneinfo)
            .pairs("attributes", &self.attribute, Pair::json)
            .pairs("external_ids", &self.external_id, Pair::text)
            .pairs("public_metadata", &self.public_metadata, Pair::json)
            .pairs("private_metadata", &self.private_metadata, Pair::json))
    }
}

/// The addresses, if any were given; one that is empty is none.
fn emails(verified: &[String], others: &[String]) -> Option<Vec<Value>> {
    let of =
        |verified: bool| move |address: &String| json!({"address": address, "verified": verified});
    let there = |address: &&String| !address.is_empty();
    let all = verified.iter().filter(there).map(of(true));
    let all = all.chain(others.iter().filter(there).map(of(false)));
    (verified.len() + others.len() > 0).then(|| all.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::emails;

    #[test]
    fn verified_addresses_go_first_and_an_empty_one_is_none() {
        let texts = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        assert_eq!(emails(&[], &[]), None);
        assert_eq!(emails(&[], &texts(&[""])), Some(vec![]));
        let found = json!(emails(&texts(&["a@x.io"]), &texts(&["b@x.io"])));
        let expected = json!([{"address": "a@x.io", "verified": true}, {"address": "b@x.io", "verified": false}]);
        assert_eq!(found, expected);
    }
}
