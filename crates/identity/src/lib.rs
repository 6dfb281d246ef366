//! Use cases that manage tenants, users, roles and clients.
//!
//! One entity, one file. A use case knows nothing of HTTP and fails with an [`IdentityError`].

mod client;
mod error;
mod ports;
mod role;
mod tenant;
mod user;

pub use client::{NewClient, register_client};
pub use error::IdentityError;
pub use ports::IdentityPorts;
pub use role::{assign_role, create_role};
pub use tenant::create_tenant;
pub use user::create_user;
