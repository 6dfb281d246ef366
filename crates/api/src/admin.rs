//! `/admin/v1`: all that an operator does.
//!
//! # Who may call it
//! Users by an access token of ours, service accounts by an API key; both as `Authorization:
//! Bearer`. A request acts on the caller's own tenant; administrators of the operator's tenant name
//! another with the parameter `tenant`. Another tenant's object is 404.
//!
//! # Adding an endpoint
//! 1. A use case in `crates/identity`.
//! 2. A file here with `ROUTE`, made by [`admin_route!`](call::admin_route), which checks the
//!    caller's permission before the handler runs; `OPERATION`, from which the OpenAPI document is
//!    made; and the handler.
//! 3. Both in the list at the end of this file. The tests that go through that list find a route
//!    that lacks a case.
//!
//! The request and the answer of an entity are in its `wire.rs`.

mod api_keys;
mod audit;
mod bundles;
pub(crate) mod call;
mod clients;
mod encryption_keys;
mod groups;
mod listing;
mod me;
pub(crate) mod moment;
mod operation;
mod permissions;
mod policies;
pub(crate) mod precondition;
mod roles;
mod signing_keys;
mod tenants;
mod users;
mod view;

pub use operation::{Kind, Operation, Parameter, Payload};

use crate::Route;

/// Lists the endpoints: their routes for the hosts, and their operations for the documentation.
macro_rules! endpoints {
    ($($($module:ident)::+;)+) => {
        /// The routes of the admin API.
        pub const ROUTES: &[Route] = &[$($($module)::+::ROUTE,)+];

        /// The routes of the admin API, each with what the documentation says of it.
        #[must_use]
        pub fn operations() -> Vec<(Route, Operation)> {
            vec![$(($($module)::+::ROUTE, $($module)::+::OPERATION),)+]
        }
    };
}

endpoints! {
    api_keys::change;
    api_keys::create;
    api_keys::list;
    api_keys::read;
    api_keys::remove;
    api_keys::revoke;
    audit::export;
    audit::list;
    audit::verify;
    bundles::read;
    clients::change;
    clients::create;
    clients::list;
    clients::read;
    clients::remove;
    clients::rotate_secret;
    encryption_keys::reseal;
    groups::add_member;
    groups::assign_role;
    groups::change;
    groups::create;
    groups::list;
    groups::read;
    groups::remove;
    groups::remove_member;
    groups::unassign_role;
    me;
    permissions::change;
    permissions::create;
    permissions::list;
    permissions::read;
    permissions::remove;
    policies::activate;
    policies::create;
    policies::deactivate;
    policies::evaluate;
    policies::list;
    policies::read;
    policies::remove;
    policies::rollback;
    roles::change;
    roles::create;
    roles::list;
    roles::read;
    roles::remove;
    signing_keys::advance;
    signing_keys::list;
    signing_keys::rotate;
    tenants::activate;
    tenants::change;
    tenants::create;
    tenants::erase;
    tenants::export;
    tenants::list;
    tenants::purge;
    tenants::read;
    tenants::remove;
    tenants::restore;
    tenants::suspend;
    users::assign_role;
    users::change;
    users::create;
    users::credentials;
    users::disable;
    users::enable;
    users::erase;
    users::export;
    users::import;
    users::invite;
    users::list;
    users::lock;
    users::read;
    users::remove;
    users::remove_credential;
    users::require_password_change;
    users::reset_password;
    users::restore;
    users::revoke_sessions;
    users::unassign_role;
    users::unlock;
}
