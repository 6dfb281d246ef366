//! Use cases of authentication: login, refresh, logout and the token hook.
//!
//! One use case, one file. Each is a function over an explicit set of ports, knows nothing of
//! HTTP, and fails with an [`AuthError`] that says what a caller can act on.

mod claims;
mod error;
mod login;
mod logout;
mod refresh;

pub use claims::{RefreshedSubject, refreshed_claims};
pub use error::{AuthError, Dependency};
pub use login::{Login, LoginPorts, login};
pub use logout::logout;
pub use refresh::refresh;
