//! The API of an installation: where it is, as whom it is asked, and how.

mod api;
mod config;
mod credentials;
mod http;
mod options;
mod problem;
mod session;
mod target;
mod tokens;

pub(crate) use api::{Answer, Api, Call, segment};
pub(crate) use config::{credentials_file, lock};
pub(crate) use credentials::{Credentials, Held, Login};
pub(crate) use options::Remote;
pub(crate) use problem::Problem;
pub(crate) use session::Session;
pub(crate) use target::base_url;
pub(crate) use tokens::Tokens;
