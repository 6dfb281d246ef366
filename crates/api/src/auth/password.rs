//! `/auth/password`: the steps of a login that are about its password.

pub mod change;
