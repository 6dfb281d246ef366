//! Routes, requests, responses and problems; no business rules.
//!
//! A host builds a [`Request`](http::Request) with a [`Body`], names the [`Route`]s it serves and
//! calls [`serve`]; it gets a complete response, whatever happens. One endpoint, one file: the file
//! holds the request as it comes over the wire, the handler and the response.
//!
//! # Adding an endpoint
//! 1. A use case, if there is none, in `crates/auth`.
//! 2. A file here with a `pub const ROUTE` and a handler that parses, calls the use case and
//!    answers. Fields are read through [`Fields`](fields::Fields), so that one answer names every
//!    mistake of a request.
//! 3. What can go wrong as a [`Code`](problem::Code); `docs/errors.md` is generated from them.
//! 4. The route in a component and in `spin.toml`.

mod body;
mod call;
mod fields;
mod origin;
mod problem;
mod query;
mod rate_limit;
mod route;
mod trace;

pub mod account;
pub mod admin;
pub mod auth;
pub mod health;
pub mod messages;
pub mod oauth2;
pub mod openapi;
pub mod password;
pub mod token_hook;

pub use body::{Body, MAX_BODY_BYTES, MAX_IMPORT_BYTES};
pub use problem::{Code, catalogue};
pub use route::{Access, Route, body_limit, serve};
