//! Holds the invariants of `ARCHITECTURE.md`; see `tests/`.
