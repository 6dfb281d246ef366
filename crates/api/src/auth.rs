//! `/auth`: headless login, refresh and logout for first-party apps.

pub mod login;
pub mod logout;
pub mod refresh;
mod tokens;
