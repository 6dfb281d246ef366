use std::time::Duration;

use mysql_async::{Conn, OptsBuilder, SslOpts, prelude::Queryable as _};
use tokio::time::Instant;
use tokio_rustls::rustls::crypto::ring;

use super::{connection::Connection, error::MySqlError, target::MySqlTarget};
use crate::{Limits, pool::Driver};

/// How connections to one MySQL or `MariaDB` are made.
pub(crate) struct MySql {
    pub(crate) target: MySqlTarget,
    pub(crate) limits: Limits,
}

/// How long a connection is taken for alive without asking.
const FRESH: Duration = Duration::from_secs(1);

/// How long a statement waits for a lock: shorter than a client waits for an answer, so that it hears
/// of it and can try again.
const LOCK_SECONDS: u64 = 5;

/// Longer than the lists that `MariaDB` makes of a group may be; MySQL does not ask.
const GROUP_BYTES: u64 = 1024 * 1024 * 1024;

impl MySql {
    /// What every session begins with. A comment with `!` is for MySQL, one with `M!` for
    /// `MariaDB`.
    fn settings(&self) -> String {
        let limit = self.limits.statement_timeout;
        format!(
            "set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,\
             ERROR_FOR_DIVISION_BY_ZERO', time_zone = '+00:00', \
             innodb_lock_wait_timeout = {}, group_concat_max_len = {GROUP_BYTES} \
             /*!80000 , max_execution_time = {} */ /*M! , max_statement_time = {} */",
            limit.as_secs().clamp(1, LOCK_SECONDS),
            limit.as_millis(),
            limit.as_secs_f64(),
        )
    }
}

/// The server's certificate must be good for its host, and of the authority if one is named.
fn encryption(target: &MySqlTarget) -> SslOpts {
    // The driver takes that of the process. It is set once; to set it again changes nothing.
    let _ = ring::default_provider().install_default();
    match &target.authority {
        Some(path) => SslOpts::default()
            .with_root_certs(vec![path.clone().into()])
            .with_disable_built_in_roots(true),
        None => SslOpts::default(),
    }
}

impl Driver for MySql {
    type Connection = Connection;
    type Error = MySqlError;

    async fn open(&self) -> Result<Connection, MySqlError> {
        let target = &self.target;
        let options = OptsBuilder::default()
            .ip_or_hostname(target.host.as_str())
            .tcp_port(target.port)
            .user(Some(target.user.as_str()))
            .pass(
                target
                    .password
                    .as_ref()
                    .map(|password| password.expose().as_str()),
            )
            .db_name(Some(target.database.as_str()))
            .ssl_opts(target.tls.then(|| encryption(target)))
            .prefer_socket(false)
            .client_found_rows(true)
            .setup(vec![
                self.settings(),
                "set session transaction isolation level repeatable read".to_owned(),
                "set names utf8mb4".to_owned(),
            ]);
        // Why is the operator's business: it names the user of the database.
        let conn = Conn::new(options).await;
        Ok(Connection::new(conn.map_err(|_| MySqlError::Connection)?))
    }

    async fn is_quiet(&self, connection: &mut Connection) -> bool {
        let is_fresh = connection.used.elapsed() < FRESH;
        is_fresh || self.ping(connection).await.is_ok()
    }

    async fn ping(&self, connection: &mut Connection) -> Result<(), MySqlError> {
        connection.conn.ping().await?;
        connection.used = Instant::now();
        Ok(())
    }

    async fn close(&self, connection: Connection) {
        // It ends either way.
        let _ = connection.conn.disconnect().await;
    }
}
