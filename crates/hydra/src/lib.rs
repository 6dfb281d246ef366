//! Client of ORY Hydra: its admin API and the authorization code flow, headless.
//!
//! Hydra does OAuth2 and OIDC and nothing else, and no client ever reaches it: what comes back
//! from it is parsed here into our own types, and its texts stay in our logs.
//!
//! One file per thing Hydra is asked for. [`Hydra::begin`] and [`CodeFlow::finish`] walk the code
//! flow with PKCE inside the server, as a browser would, with a cookie jar that lives as long as
//! the flow. What Hydra signs for clients is signed anew on its way out, see `signing`.

mod browse;
mod challenge;
mod client_auth;
mod clients;
mod consent_request;
mod consents;
mod error;
mod flow;
mod health;
mod http;
mod introspection;
mod jar;
mod jwks;
mod login_request;
mod logout_request;
mod sessions;
mod signing;
mod token;

pub use browse::{BrowserEndpoint, Hop};
pub use client_auth::{BadCredentials, ClientCredentials};
pub use clients::{ClientRegistration, exchange_uri, has_secret, signing_algorithm};
pub use consent_request::{AcceptConsent, ConsentRequest};
pub use consents::Consent;
pub use error::{HydraError, OAuthError};
pub use flow::{AuthorizationRequest, ClientCodeFlow, CodeFlow, Grant, GrantedCode};
pub use http::Hydra;
pub use introspection::{ActiveToken, TokenUse};
pub use login_request::{AcceptLogin, LoginRequest, LoginWishes, NO_PAGES};
pub use logout_request::LogoutRequest;
pub use signing::{Advance, KeyState, Rotation, SigningKeyStatus};
pub use token::{TokenRequest, Tokens};
