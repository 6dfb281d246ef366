//! Client of ORY Hydra: its admin API and the authorization code flow, headless.
