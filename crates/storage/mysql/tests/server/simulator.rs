//! Our adapter against an independent server of `PlanetScale`'s protocol, `ps-http-sim`, which is in
//! front of the same database server.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    rc::Rc,
    thread,
    time::Duration,
};

use futures_util::future::join_all;
use http::HeaderValue;
use iam_config::Endpoint;
use iam_host_native::NativePlatform;
use iam_storage_conformance as conformance;
use iam_storage_mysql::MySqlTransport;
use iam_storage_ports::Storage;
use iam_storage_sql::{SqlError, SqlStorage, SqlTransport as _, Statement, Value};
use iam_test_servers::free_port;

use crate::server::{MySql, run};

/// A running simulator.
struct Simulator {
    child: Child,
    port: u16,
}

/// `iam:iam`, in base64.
const IAM: HeaderValue = HeaderValue::from_static("Basic aWFtOmlhbQ==");

impl Simulator {
    fn start(server: &MySql, database: &str) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tools/ps-http-sim.sh");
        let program = Command::new("sh").arg(script).output().expect("sh");
        let program = String::from_utf8(program.stdout).unwrap();
        assert!(!program.is_empty(), "no ps-http-sim");
        let port = free_port();
        let child = Command::new(program.trim())
            .arg(format!("--listen-port={port}"))
            .arg(format!("--mysql-port={}", server.port()))
            .arg(format!("--mysql-dbname={database}"))
            .args(["--mysql-idle-timeout=2s", "--log-level=error"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("ps-http-sim");
        let simulator = Self { child, port };
        for _ in 0..400 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return simulator;
            }
            thread::sleep(Duration::from_millis(25));
        }
        panic!("ps-http-sim does not start");
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let ended = self.child.kill().and_then(|()| self.child.wait());
        if let Err(error) = ended {
            eprintln!("ps-http-sim goes on: {error}");
        }
    }
}

/// Runs `test` with ways to a database of its own through a simulator.
fn with_simulator(test: impl AsyncFnOnce(&dyn Fn() -> MySqlTransport)) {
    let server = MySql::shared();
    let simulator = Simulator::start(&server, &server.new_database());
    let endpoint = Endpoint::parse(&format!("http://127.0.0.1:{}", simulator.port)).unwrap();
    let platform = Rc::new(NativePlatform::new(BTreeMap::new()));
    run(test(&|| {
        MySqlTransport::new(platform.clone(), &endpoint, IAM)
    }));
}

#[test]
fn a_unit_is_done_whole_or_not_at_all() {
    with_simulator(async |transport| {
        let transport = transport();
        let create = "create table t (n bigint primary key, at bigint not null default 0)";
        transport.execute(&[Statement::new(create)]).await.unwrap();
        let fill = Statement::new("insert into t (n) values (1), (2)").exactly(2);
        let read = Statement::new("select n, 'é\u{1f389}', null from t order by n");
        let answers = transport.execute(&[fill, read]).await.unwrap();
        let row = [Value::from(1), "é\u{1f389}".into(), Value::Null];
        assert_eq!(answers[1][0].values(), row);
        let unit = [
            Statement::new("delete from t where n = 1").exactly(1),
            Statement::new("update t set at = at + 1 where n = 2").exactly(1),
            Statement::new("insert into t (n) values (?)").bind(2),
        ];
        assert_eq!(
            transport.execute(&unit).await.map(drop),
            Err(SqlError::Unique)
        );
        let guarded = [
            Statement::new("delete from t where n = 1").exactly(1),
            Statement::new("delete from t where n = 7").exactly(1),
        ];
        assert_eq!(
            transport.execute(&guarded).await.map(drop),
            Err(SqlError::Guard)
        );
        let count = [Statement::new("select count(*) from t")];
        let rows = transport.execute(&count).await.unwrap();
        assert_eq!(rows[0][0].values(), [Value::from(2)]);
    });
}

#[test]
fn of_many_units_at_once_each_is_done_as_if_it_were_alone() {
    with_simulator(async |transport| {
        let create = "create table t (n bigint primary key, at bigint not null)";
        SqlStorage::new(transport()).migrate().await.unwrap();
        transport()
            .execute(&[Statement::new(create)])
            .await
            .unwrap();
        let fill = Statement::new("insert into t values (1, 0)");
        transport().execute(&[fill]).await.unwrap();
        let add = || async {
            let unit = [
                Statement::new("select at from t"),
                Statement::new("update t set at = at + 1 where n = 1").exactly(1),
            ];
            transport().execute(&unit).await.map(drop)
        };
        for outcome in join_all((0..10).map(|_| add())).await {
            outcome.unwrap();
        }
        let read = Statement::new("select at from t");
        let rows = transport().execute(&[read]).await.unwrap();
        assert_eq!(rows[0][0].values(), [Value::from(10)]);
    });
}

#[test]
fn who_logs_in_is_found_with_all_they_hold() {
    with_simulator(async |transport| {
        let storage = SqlStorage::new(transport());
        storage.migrate().await.unwrap();
        storage.ping().await.unwrap();
        conformance::principal::a_login_reads_all_it_needs(&storage).await;
        conformance::principal::a_login_that_finds_nothing_says_what_it_did_not_find(&storage)
            .await;
        conformance::user_attribute::users_are_listed_by_attribute(&storage).await;
    });
}
