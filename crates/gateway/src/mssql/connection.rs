use std::{io, net};

use futures_util::TryStreamExt as _;
use tiberius::{AuthMethod, Client, Config, EncryptionLevel, Query, QueryItem};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt as _};

use super::{
    error::SqlServerError,
    request::{Answer, Statement},
    target::SqlServerTarget,
    tls::encrypt,
    value,
};
use crate::{Limits, hrana::Value};

/// What a session is like. An error ends the transaction it is in; texts are as long as they are; a
/// column of a new table can be null unless it says otherwise; and the rest is what SQL Server asks
/// of who writes to a table with an index over an expression.
const SESSION: &str = "\
    set ansi_nulls, ansi_null_dflt_on, ansi_padding, ansi_warnings, arithabort, \
    concat_null_yields_null, quoted_identifier on; \
    set numeric_roundabort, implicit_transactions off; \
    set xact_abort on; set textsize 2147483647; \
    set transaction isolation level serializable";

/// What a connection runs over.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection that the database has let in.
pub(crate) struct Connection {
    client: Client<Compat<Box<dyn Stream>>>,
    /// The same socket, to look at.
    socket: net::TcpStream,
}

impl Connection {
    /// A new connection to `target`.
    pub(super) async fn open(
        target: &SqlServerTarget,
        limits: Limits,
    ) -> Result<Self, SqlServerError> {
        let stream = TcpStream::connect((target.host.as_str(), target.port)).await?;
        stream.set_nodelay(true)?;
        let stream = stream.into_std()?;
        let socket = stream.try_clone()?;
        let stream = TcpStream::from_std(stream)?;
        let stream: Box<dyn Stream> = if target.tls {
            Box::new(encrypt(stream, &target.host, target.authority.as_deref()).await?)
        } else {
            Box::new(stream)
        };
        let mut config = Config::new();
        config.host(&target.host);
        config.port(target.port);
        config.database(&target.database);
        config.application_name("iam gateway");
        config.command_timeout(Some(limits.statement_timeout));
        // What was to be encrypted is.
        config.encryption(EncryptionLevel::NotSupported);
        let password = target.password.expose();
        config.authentication(AuthMethod::sql_server(&target.user, password));
        let client = Client::connect(config, stream.compat_write()).await;
        // Who is not let in has no connection, whatever the reason.
        let client = client.map_err(|_| io::Error::from(io::ErrorKind::PermissionDenied))?;
        let mut connection = Self { client, socket };
        connection.order(SESSION).await?;
        Ok(connection)
    }

    /// Whether nothing has come that nobody asked for, such as the end of the connection.
    pub(super) fn is_quiet(&self) -> bool {
        let looked = self.socket.peek(&mut [0]);
        looked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Runs what has no parameters and no rows.
    pub(super) async fn order(&mut self, sql: &'static str) -> Result<(), SqlServerError> {
        let answer = self.client.simple_query(sql).await?;
        Ok(answer.into_results().await.map(drop)?)
    }

    /// Runs a statement, whose answer may take no more than the bytes that are `left`.
    pub(super) async fn run(
        &mut self,
        statement: Statement,
        left: &mut usize,
    ) -> Result<(Answer, u64), SqlServerError> {
        let mut query = Query::new(statement.sql);
        for parameter in statement.params {
            query.bind(Parameter(value::parameter(parameter)));
        }
        if statement.rows.is_some() {
            let changed = query.execute(&mut self.client).await?;
            return Ok((Answer::default(), changed.total()));
        }
        let mut answer = Answer::default();
        let mut items = query.query(&mut self.client).await?;
        while let Some(item) = items.try_next().await? {
            let QueryItem::Row(row) = item else {
                continue;
            };
            let row: Vec<_> = row
                .into_iter()
                .map(value::column)
                .collect::<Result<_, _>>()?;
            let size = row.iter().map(Value::json_size).sum();
            *left = left.checked_sub(size).ok_or(SqlServerError::TooLarge)?;
            answer.rows.push(row);
        }
        Ok((answer, 0))
    }

    /// Says good-bye.
    pub(super) async fn close(self) {
        // Whether it is heard makes no difference.
        let _ = self.client.close().await;
    }
}

/// A value that has its type.
struct Parameter(tiberius::ColumnData<'static>);

impl<'a> tiberius::IntoSql<'a> for Parameter {
    fn into_sql(self) -> tiberius::ColumnData<'a> {
        self.0
    }
}
