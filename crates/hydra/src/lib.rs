//! Client of ORY Hydra: its admin API and the authorization code flow, headless.
//!
//! Hydra does OAuth2 and OIDC and nothing else, and no client ever reaches it: what comes back
//! from it is parsed here into our own types, and its texts stay in our logs.
//!
//! One file per thing Hydra is asked for. [`Hydra::begin`] and [`CodeFlow::finish`] walk the code
//! flow with PKCE inside the server, as a browser would, with a cookie jar that lives as long as
//! the flow.

mod clients;
mod error;
mod flow;
mod health;
mod http;
mod jar;
mod jwks;
mod token;

pub use clients::{ClientRegistration, PUBLIC_CLIENT};
pub use error::{HydraError, OAuthError};
pub use flow::{AuthorizationRequest, CodeFlow, Grant};
pub use http::Hydra;
pub use token::{TokenRequest, Tokens};
