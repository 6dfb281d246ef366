use std::{fmt, path::PathBuf, str::FromStr};

use iam_model::Secret;
use url::Url;

use crate::{
    InvalidTarget,
    target::{self, is_this_machine},
};

/// Where a SQL Server is, and as whom to speak to it: `sqlserver://user:password@host:port/database`.
///
/// It is spoken to over TLS unless the host is this machine: the server's certificate must be of a
/// known authority and for this host. `encrypt=false` and `encrypt=true` are taken for what they
/// say, and `ca=/path/of.pem` is the authority to know instead, for a server that has its own.
#[derive(Clone, Debug)]
pub struct SqlServerTarget {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: String,
    pub(crate) password: Secret<String>,
    pub(crate) database: String,
    pub(crate) tls: bool,
    pub(crate) authority: Option<PathBuf>,
}

const INVALID: InvalidTarget = InvalidTarget {
    wants: "is written sqlserver://user:password@host:1433/database, with encrypt=false or \
            encrypt=true and ca=/path/of/authority.pem",
};

impl FromStr for SqlServerTarget {
    type Err = InvalidTarget;

    fn from_str(text: &str) -> Result<Self, InvalidTarget> {
        let url = Url::parse(text).map_err(|_| INVALID)?;
        if url.scheme() != "sqlserver" || url.fragment().is_some() {
            return Err(INVALID);
        }
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or(INVALID)?.trim_matches(['[', ']']).to_owned();
        let user = decoded(url.username())?;
        let database = decoded(url.path().trim_start_matches('/'))?;
        let password = url.password().ok_or(INVALID)?;
        if user.is_empty() || database.is_empty() || database.contains('/') {
            return Err(INVALID);
        }
        let (mut tls, mut authority) = (!is_this_machine(&host), None);
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("encrypt", "true") => tls = true,
                ("encrypt", "false") => tls = false,
                ("ca", path) if !path.is_empty() => authority = Some(PathBuf::from(path)),
                _ => return Err(INVALID),
            }
        }
        Ok(Self {
            host,
            port: url.port().unwrap_or(1433),
            password: Secret::new(decoded(password)?),
            database,
            user,
            tls,
            authority,
        })
    }
}

/// Shows no user and no password.
impl fmt::Display for SqlServerTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "sqlserver://{}:{}/{}",
            self.host, self.port, self.database
        )
    }
}

fn decoded(text: &str) -> Result<String, InvalidTarget> {
    target::decoded(text).ok_or(INVALID)
}

#[cfg(test)]
mod tests {
    use super::SqlServerTarget;

    fn parse(text: &str) -> Option<SqlServerTarget> {
        text.parse().ok()
    }

    #[test]
    fn a_target_is_encrypted_unless_it_is_this_machine_or_says_otherwise() {
        let tls = |text| parse(text).unwrap().tls;
        assert!(tls("sqlserver://sa:p@db.example/iam"));
        assert!(!tls("sqlserver://sa:p@127.0.0.1:14330/iam"));
        assert!(!tls("sqlserver://sa:p@[::1]/iam"));
        assert!(tls("sqlserver://sa:p@localhost/iam?encrypt=true&ca=/a.pem"));
        assert!(!tls("sqlserver://sa:p@db.example/iam?encrypt=false"));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for bad in [
            "mssql://u:p@h/d",
            "sqlserver://h/d",
            "sqlserver://u@h/d",
            "sqlserver://u:p@h",
            "sqlserver://u:p@h/a/b",
            "sqlserver://u:p@h/d?encrypt=maybe",
            "sqlserver://u:p@h/d?trustServerCertificate=true",
            "sqlserver://u:p@h/d?ca=",
            "sqlserver://u:p@h/%ff",
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_password_is_decoded_and_never_shown() {
        let target = parse("sqlserver://sa:p%40ss@h/d").unwrap();
        assert_eq!(target.password.expose(), "p@ss");
        let shown = format!("{target} {target:?}");
        assert!(!shown.contains("p@ss"), "{shown}");
    }
}
