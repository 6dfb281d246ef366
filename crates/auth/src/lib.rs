//! Use cases of authentication: login, refresh, logout and the token hook.
