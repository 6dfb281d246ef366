//! The platform port for WASI components under Spin.
