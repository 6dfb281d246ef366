//! Runs the components that a spin.toml names, as Spin would, on an embedded wasmtime.
