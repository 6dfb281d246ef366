//! The ephemeral store over Redis by Upstash REST.
