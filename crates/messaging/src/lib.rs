//! Use cases of mail and SMS.
//!
//! A request never sends. It queues: [`Outbox::message`] makes a message that is written in one
//! unit of work with the change it tells of ([`Change::messages`]), and [`Outbox::queue`] queues
//! one by itself. [`deliver`] sends what is due, for whoever calls it again and again: `iam up`, a
//! cron job, a Worker's trigger. Many may call it at once.
//!
//! What a message is made of is sealed while it waits, since a code in it is as good as a password.
//! [`IssuedCode`] is such a code: the message gets the code, the storage its digest.
//!
//! # Adding a kind of message
//! A word of `iam_model::MessageKind`, and its text in `text.rs`; the compiler asks for it.
//!
//! # Deliberately absent
//! HTML and templates of tenants. An app that wants its own mails takes the webhook, which gives
//! it all parts of a message.
//!
//! [`Change::messages`]: iam_storage_ports::Change::messages

mod backoff;
mod code;
mod content;
mod deliver;
mod mail;
mod moment;
mod news;
mod outbox;
#[cfg(test)]
mod testing;
mod text;
mod transport;
mod webhook;

pub use code::{IssuedCode, code_digest, link};
pub use content::Notice;
pub use deliver::{DeliverError, Delivered, DeliveryPorts, MAX_LIMIT, deliver};
pub use outbox::{Outbox, QueueError};
