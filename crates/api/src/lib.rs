//! Routes, requests, responses and problems; no business rules.
