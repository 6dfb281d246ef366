//! The platform port for native programs: hyper, the system clock and the kernel randomness.
