//! Redis commands over HTTP, as Upstash speaks them, over memory: `POST /`, `POST /pipeline` and
//! `POST /multi-exec`.
//!
//! Everything is gone when the gateway stops, and keys may go earlier than a Redis would let them:
//! never. A store that is full refuses what would make it larger, as a Redis does whose policy is
//! `noeviction`.

mod arguments;
mod commands;
mod error;
mod expire;
mod numbers;
mod reply;
mod rest;
mod set;
mod store;

pub(crate) use self::{
    reply::Encoding,
    rest::{Endpoint, respond},
    store::Store,
};
