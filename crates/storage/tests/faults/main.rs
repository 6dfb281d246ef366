//! What becomes of units of work whose connection breaks or whose server dies, on every engine that
//! there is a server of.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod engine;

use iam_storage_conformance::{
    fault::{Effort, Wires},
    restart::Mortal,
};

use crate::engine::{Engine, Link, Way};

/// The tests of one engine.
macro_rules! engine {
    ($name:ident: $engine:expr, $($module:ident: $link:expr),+) => {
        mod $name {
            use super::*;

            static ENGINE: Engine = $engine;

            $(mod $module {
                use super::*;

                iam_storage_conformance::fault_conformance!(with_wires);

                fn with_wires(case: impl AsyncFnOnce(&Wires<'_>)) {
                    ENGINE.with_wires($link, case);
                }
            })+

            iam_storage_conformance::restart_conformance!(with_mortal);

            fn with_mortal(case: impl AsyncFnOnce(&Mortal<'_>)) {
                ENGINE.with_mortal(case);
            }
        }
    };
}

engine! { ferretdb:
    // To the gateway goes one request, whatever the unit: what is cut there is all or nothing.
    Engine::new("ferretdb", &[], Way::Gateway("mongodb", "mongodb://127.0.0.1:PORT/iam"),
        Effort::LITTLE),
    to_the_database: Link::ToDatabase
}

engine! { mariadb:
    Engine::new("mariadb", &["--innodb-flush-log-at-trx-commit=1"],
        Way::Gateway("mysql", "mysql://iam:iam@127.0.0.1:PORT/iam"), Effort::FULL),
    to_the_gateway: Link::ToGateway, to_the_database: Link::ToDatabase
}

engine! { postgres:
    // What it says is done has to be outside of the process.
    Engine::new("postgres", &["-c", "synchronous_commit=on"],
        Way::Gateway("postgres", "postgres://iam:iam@127.0.0.1:PORT/iam"), Effort::FULL),
    to_the_gateway: Link::ToGateway, to_the_database: Link::ToDatabase
}

engine! { sqld:
    Engine::new("sqld", &[], Way::Direct("libsql"), Effort::DIRECT),
    to_the_server: Link::ToDatabase
}
