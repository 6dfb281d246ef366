//! `/account`: what users do for themselves.
//!
//! # Who may call it
//! A user, with an access token of ours as `Authorization: Bearer`, of a first-party client or with
//! the scope `account`; they act on themself alone. The endpoints for who has no token are marked
//! `Access::Open`: a code that was sent to them is what they prove who they are by, and no answer
//! tells whether an account exists.
//!
//! # Adding an endpoint
//! A use case in `crates/account`, a file here with `ROUTE`, and the route in the list below.

mod call;
mod code;
mod consents;
mod email;
mod invitation;
mod mfa;
mod password;
mod profile;
mod proof;
mod recovery;
mod register;
mod sessions;

use crate::Route;

/// All of them.
pub const ROUTES: &[Route] = &[
    consents::list::ROUTE,
    consents::revoke::ROUTE,
    email::change::ROUTE,
    email::confirm::ROUTE,
    email::verify::ROUTE,
    invitation::accept::ROUTE,
    mfa::confirm::ROUTE,
    mfa::enroll::ROUTE,
    mfa::read::ROUTE,
    mfa::recovery_codes::ROUTE,
    mfa::remove::ROUTE,
    password::change::ROUTE,
    profile::change::ROUTE,
    profile::read::ROUTE,
    recovery::ask::ROUTE,
    recovery::confirm::ROUTE,
    register::ROUTE,
    sessions::list::ROUTE,
    sessions::remove::ROUTE,
    sessions::revoke_all::ROUTE,
];
