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
mod problem;
mod route;
mod trace;

pub mod auth;
pub mod health;
pub mod oauth2;
pub mod password;
pub mod token_hook;

pub use body::{Body, MAX_BODY_BYTES};
pub use problem::{Code, catalogue};
pub use route::{Route, serve};
