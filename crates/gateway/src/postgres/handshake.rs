use std::time::Duration;

use fallible_iterator::FallibleIterator as _;
use iam_model::Secret;
use postgres_protocol::{
    authentication::{
        md5_hash,
        sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256},
    },
    message::{backend::Message, frontend},
};

use super::{
    connection::Connection,
    error::{PostgresError, broken},
    target::PostgresTarget,
};

/// Makes the database let `connection` in, and end each statement that takes longer than
/// `statement_timeout`.
pub(crate) async fn run(
    connection: &mut Connection,
    target: &PostgresTarget,
    statement_timeout: Duration,
) -> Result<(), PostgresError> {
    let statement_timeout = statement_timeout.as_millis().to_string();
    let parameters = [
        ("user", target.user.as_str()),
        ("database", target.database.as_str()),
        ("application_name", "iam gateway"),
        ("client_encoding", "UTF8"),
        ("DateStyle", "ISO"),
        ("TimeZone", "UTC"),
        ("statement_timeout", statement_timeout.as_str()),
        (
            "idle_in_transaction_session_timeout",
            statement_timeout.as_str(),
        ),
    ];
    frontend::startup_message(parameters, connection.output())?;
    connection.flush().await?;
    authenticate(connection, target).await?;
    loop {
        match connection.expect().await? {
            Message::BackendKeyData(_) => {}
            Message::ReadyForQuery(_) => return Ok(()),
            _ => return Err(broken("no start").into()),
        }
    }
}

async fn authenticate(
    connection: &mut Connection,
    target: &PostgresTarget,
) -> Result<(), PostgresError> {
    let password = || {
        target
            .password
            .as_ref()
            .ok_or_else(|| broken("the database wants a password"))
    };
    match connection.expect().await? {
        Message::AuthenticationOk => return Ok(()),
        Message::AuthenticationMd5Password(body) => {
            let secret = password()?.expose().as_bytes();
            let hash = md5_hash(target.user.as_bytes(), secret, body.salt());
            frontend::password_message(hash.as_bytes(), connection.output())?;
            connection.flush().await?;
        }
        // In the clear only where TLS is around it.
        Message::AuthenticationCleartextPassword if target.tls => {
            let secret = password()?.expose().as_bytes();
            frontend::password_message(secret, connection.output())?;
            connection.flush().await?;
        }
        Message::AuthenticationSasl(body) => {
            let mut mechanisms = body.mechanisms();
            if !mechanisms.any(|mechanism| Ok(mechanism == SCRAM_SHA_256))? {
                return Err(broken("the database wants another SASL mechanism").into());
            }
            scram(connection, password()?).await?;
        }
        _ => return Err(broken("the database wants another proof than a password").into()),
    }
    match connection.expect().await? {
        Message::AuthenticationOk => Ok(()),
        _ => Err(broken("no word on the password").into()),
    }
}

/// RFC 5802, RFC 7677.
async fn scram(
    connection: &mut Connection,
    password: &Secret<String>,
) -> Result<(), PostgresError> {
    let mut scram = ScramSha256::new(password.expose().as_bytes(), ChannelBinding::unsupported());
    frontend::sasl_initial_response(SCRAM_SHA_256, scram.message(), connection.output())?;
    connection.flush().await?;
    let Message::AuthenticationSaslContinue(body) = connection.expect().await? else {
        return Err(broken("SASL went no further").into());
    };
    scram.update(body.data())?;
    frontend::sasl_response(scram.message(), connection.output())?;
    connection.flush().await?;
    let Message::AuthenticationSaslFinal(body) = connection.expect().await? else {
        return Err(broken("SASL did not end").into());
    };
    Ok(scram.finish(body.data())?)
}
