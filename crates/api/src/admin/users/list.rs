//! `GET /admin/v1/users`: the tenant's users.

use bytes::Bytes;
use http::Response;
use iam_identity::users;
use iam_model::Username;
use iam_storage_ports::UserFilter;

use super::wire::{EXAMPLE, UserView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Parameter, Payload},
    },
    problem::Problem,
    query::Query,
};

admin_route!(GET "/admin/v1/users", Access::Tenant("iam.users.read"), handle);

/// The longest value that is looked for, in bytes.
const MAX_VALUE: usize = 1024;

pub(crate) const OPERATION: Operation = Operation {
    id: "listUsers",
    summary: "List users",
    description: "In the order they were made; those for whom all that is asked for holds. The deleted are listed with `status=deleted` only.",
    kind: Kind::List,
    query: &[
        Parameter {
            name: "status",
            description: "`active`, `deleted`, `disabled`, `invited` or `locked`.",
            example: "active",
        },
        Parameter {
            name: "username",
            description: "How the username begins; upper and lower case are alike.",
            example: "al",
        },
        Parameter {
            name: "email",
            description: "One of the addresses.",
            example: "carol@example.com",
        },
        Parameter {
            name: "attributes.department",
            description: "An attribute of the top level, here `department`, that is this text, number or truth value.",
            example: "sales",
        },
        Parameter {
            name: "external_id",
            description: "The name of another system, a colon, and the user's id there.",
            example: "hr:4711",
        },
        Parameter {
            name: "group",
            description: "The id of a group they are in themselves.",
            example: "01990a5d-ac96-774b-bcce-b302099a8059",
        },
        Parameter {
            name: "role",
            description: "The id of a role they were given themselves.",
            example: "01990a5d-ac96-774b-bcce-b302099a8057",
        },
    ],
    request: None,
    response: Some(Payload::json::<UserView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let filter = filter(&mut call.query);
    let page = call.query.page();
    call.query.finish()?;
    call.many::<_, UserView>(users(&call.admin(), &filter, &page).await?)
}

fn filter(query: &mut Query) -> UserFilter {
    let username = query.optional::<Username>("username");
    UserFilter {
        status: query.optional("status"),
        username_prefix: username.map(|name| name.key().to_owned()),
        email: query.optional("email"),
        attribute: attribute(query),
        external_id: external_id(query),
        group: query.optional("group"),
        role: query.optional("role"),
    }
}

fn attribute(query: &mut Query) -> Option<(String, String)> {
    let mut asked = query.starting_with("attributes.").into_iter();
    let (name, value) = asked.next()?;
    let parameter = format!("attributes.{name}");
    if asked.next().is_some() {
        query.error(
            &parameter,
            "cannot be asked for together with another attribute",
        );
    } else if name.is_empty() || !is_searchable(&name) || !is_searchable(&value) {
        query.error(
            &parameter,
            "is no attribute and value that can be looked for",
        );
    }
    Some((name, value))
}

fn external_id(query: &mut Query) -> Option<(String, String)> {
    let text = query.text("external_id")?;
    match text.split_once(':') {
        Some((system, id)) if is_searchable(&text) => Some((system.to_owned(), id.to_owned())),
        _ => {
            query.error("external_id", "is not a system and an id such as hr:4711");
            None
        }
    }
}

/// Whether a database can be asked for `text`: not all take U+0000.
fn is_searchable(text: &str) -> bool {
    text.len() <= MAX_VALUE && !text.contains('\0')
}

#[cfg(test)]
mod tests {
    use iam_model::UserStatus;

    use super::filter;
    use crate::query::Query;

    #[test]
    fn users_are_found_by_what_is_known_of_them() {
        let text = "status=locked&username=AL&email=a%40example.com&attributes.cost_center=7&external_id=hr%3A47%3A11";
        let mut query = Query::new(Some(text));
        let filter = filter(&mut query);
        assert!(query.finish().is_ok());
        assert_eq!(filter.status, Some(UserStatus::Locked));
        assert_eq!(filter.username_prefix.as_deref(), Some("al"));
        assert_eq!(
            filter.email.map(|email| email.to_string()).as_deref(),
            Some("a@example.com")
        );
        assert_eq!(
            filter.attribute,
            Some(("cost_center".to_owned(), "7".to_owned()))
        );
        assert_eq!(
            filter.external_id,
            Some(("hr".to_owned(), "47:11".to_owned()))
        );
        assert_eq!((filter.group, filter.role), (None, None));
    }

    #[test]
    fn what_nobody_can_look_for_is_refused() {
        for text in [
            "status=gone",
            "username=a%20b",
            "email=a",
            "attributes.=1",
            "attributes.a=1&attributes.b=2",
            "attributes.a=%00",
            "external_id=4711",
            "group=1",
            "role=clerk",
        ] {
            let mut query = Query::new(Some(text));
            filter(&mut query);
            assert!(query.finish().is_err(), "{text}");
        }
    }
}
