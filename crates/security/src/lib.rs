//! Password hashing, PKCE and random tokens.
