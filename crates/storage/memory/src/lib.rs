//! Both stores in memory: for tests and as the model that other adapters are held to.
