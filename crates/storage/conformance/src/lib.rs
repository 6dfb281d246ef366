//! What every adapter of the storage ports must do, as tests over the ports.
