//! Native sidecar: serves Hrana 3 over a libSQL file and Upstash REST over memory.
