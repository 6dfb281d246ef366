//! Use cases that manage tenants, users, roles and clients.
