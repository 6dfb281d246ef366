//! `/auth`: headless login with its steps, refresh and logout.

pub mod consent;
pub mod login;
pub mod logout;
pub mod mfa;
mod outcome;
pub mod password;
pub(crate) mod ports;
mod proof;
pub mod refresh;
mod step;
mod tokens;
