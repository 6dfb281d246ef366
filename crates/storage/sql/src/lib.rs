//! The repositories over any SQL database: statements, schema and a transport port.
