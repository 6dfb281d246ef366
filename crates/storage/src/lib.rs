//! Opens the database and the ephemeral store that a URL names.
