//! MongoDB's commands over HTTP: `POST /mongo`.
//!
//! There is no protocol of others to speak: the Data API of Atlas ended in 2025. So this passes on
//! database commands as the manual of MongoDB describes them, in canonical Extended JSON v2, for
//! those that are on a list, and adds the three things that make one request enough for a client
//! that has no connection:
//!
//! - A request has many commands, which run one after the other on one database:
//!   `{"database": alias, "commands": [{"find": "users", "filter": {…}}, …]}` is answered by
//!   `{"results": [{"documents": […]}, …], "stopped": false}`.
//! - `{"$from": [{"step": 0, "path": "roles"}]}` stands for the values that the field `roles` has
//!   in the documents that command 0 found, as an array, so that `{"$in": {"$from": …}}` joins.
//! - `"must": true` ends the request after a command that did not do what it was asked: a
//!   `findAndModify` that found nothing, or a write of which a part was refused.
//!
//! There is one command more, `closure`, which is what `$graphLookup` does, without an aggregation:
//! the documents whose `connectToField` is in `startWith`, and those that their `connectFromField`
//! names, and so on, each once.
//!
//! A client names a database by its alias and never by an address. What could run code in the
//! database (`$where` and the like) is refused. Writes wait for a majority, and reads see only
//! what a majority has.

mod closure;
mod command;
mod database;
mod endpoint;
mod error;
mod reference;
mod target;

pub(crate) use endpoint::Mongo;
pub use target::MongoTarget;
