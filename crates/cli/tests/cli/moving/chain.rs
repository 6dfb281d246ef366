use iam_test_servers::Server;

use super::content;
use crate::{databases::filled, program::Home};

/// An engine by its server, if it has one, and the URL of an empty database there.
type Engine = (Option<&'static str>, &'static str);

const POSTGRES: Engine = (Some("postgres"), "postgres://iam:iam@127.0.0.1:PORT/iam");
const MYSQL: Engine = (Some("mysql"), "mysql://iam:iam@127.0.0.1:PORT/iam");
const MARIADB: Engine = (Some("mariadb"), "mysql://iam:iam@127.0.0.1:PORT/iam");
const MONGODB: Engine = (Some("ferretdb"), "mongodb://127.0.0.1:PORT/iam");
const LIBSQL: Engine = (None, "NAME.db");

/// What an installation goes through, from the first to the last.
const CHAIN: [Engine; 6] = [POSTGRES, MYSQL, LIBSQL, MONGODB, MARIADB, POSTGRES];

#[test]
fn an_installation_that_goes_through_all_engines_is_what_it_was() {
    let home = Home::new();
    filled(&home.file("first.db"), 1_200);
    home.run(&["export", "first.ndjson", "--database-url", "first.db"])
        .assert_code(0);
    let first = content(&home.file("first.ndjson"));
    assert!(first.lines().count() > 1_300, "{}", first.lines().count());
    let mut file = "first.ndjson".to_owned();
    for (number, (server, url)) in CHAIN.into_iter().enumerate() {
        let server = server.map(|engine| Server::start(engine, &[]));
        let port = server.as_ref().map_or(0, Server::port).to_string();
        let url = url
            .replace("PORT", &port)
            .replace("NAME", &number.to_string());
        let imported = home.run(&["import", "installation", &file, "--database-url", &url]);
        let imported = imported.assert_code(0);
        assert!(imported.err.contains("verified: "), "{imported:?}");
        file = format!("{number}.ndjson");
        home.run(&["export", &file, "--database-url", &url])
            .assert_code(0);
        assert!(
            content(&home.file(&file)) == first,
            "{url} gives another content"
        );
        home.run(&["migrate", "status", "--database-url", &url])
            .assert_code(0);
    }
}
