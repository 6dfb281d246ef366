//! Redis commands over HTTP, as Upstash speaks them: `POST /`, `POST /pipeline` and
//! `POST /multi-exec`, in front of a Redis or of this program's memory.
//!
//! The memory is for development. Everything is gone when the gateway stops, and keys may go
//! earlier than a Redis would let them: never. A store that is full refuses what would make it
//! larger, as a Redis does whose policy is `noeviction`.

mod allowed;
mod arguments;
mod commands;
mod error;
mod expire;
mod numbers;
mod reply;
mod rest;
mod server;
mod set;
mod store;
mod target;

pub use self::target::{InvalidRedisUrl, RedisServer, RedisTarget};
pub(crate) use self::{
    reply::Encoding,
    rest::{Endpoint, Redis},
};
