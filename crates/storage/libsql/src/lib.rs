//! SQL transport to libSQL by Hrana 3 over HTTP.
