//! The first password of who was invited or has registered.

pub(super) mod accept;
