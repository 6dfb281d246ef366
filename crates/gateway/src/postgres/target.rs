use std::{fmt, path::PathBuf, str::FromStr};

use iam_model::Secret;
use url::Url;

use crate::{
    InvalidTarget,
    target::{self, is_this_machine},
};

/// Where a Postgres is, and as whom to speak to it: `postgres://user:password@host:port/database`.
///
/// `sslmode` is `verify-full` unless the host is this machine: the server's certificate must be of
/// a known authority and for this host. `sslrootcert=/path/of.pem` is the authority to know
/// instead, for a server that has its own. `sslmode=disable` is taken for what it says.
#[derive(Clone, Debug)]
pub struct PostgresTarget {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: String,
    pub(crate) password: Option<Secret<String>>,
    pub(crate) database: String,
    pub(crate) tls: bool,
    pub(crate) authority: Option<PathBuf>,
}

const INVALID: InvalidTarget = InvalidTarget {
    wants: "is written postgres://user:password@host:5432/database, with sslmode=disable, or \
            sslmode=verify-full and sslrootcert=/path/of/authority.pem",
};

impl FromStr for PostgresTarget {
    type Err = InvalidTarget;

    fn from_str(text: &str) -> Result<Self, InvalidTarget> {
        let url = Url::parse(text).map_err(|_| INVALID)?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(INVALID);
        }
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or(INVALID)?.trim_matches(['[', ']']).to_owned();
        let user = decoded(url.username())?;
        let database = decoded(url.path().trim_start_matches('/'))?;
        let known = !user.is_empty() && !database.contains('/');
        let (mut tls, mut authority) = (!is_this_machine(&host), None);
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("sslmode", "disable") => tls = false,
                ("sslmode", "verify-full") => tls = true,
                ("sslrootcert", path) if !path.is_empty() => authority = Some(path.into()),
                _ => return Err(INVALID),
            }
        }
        if !known {
            return Err(INVALID);
        }
        Ok(Self {
            host,
            port: url.port().unwrap_or(5432),
            password: url.password().map(decoded).transpose()?.map(Secret::new),
            database: if database.is_empty() {
                user.clone()
            } else {
                database
            },
            user,
            tls,
            authority,
        })
    }
}

/// Shows no password, and nothing else either: who reads it knows what they set.
impl fmt::Display for PostgresTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "postgres://{}:{}/{}",
            self.host, self.port, self.database
        )
    }
}

fn decoded(text: &str) -> Result<String, InvalidTarget> {
    target::without_zero(text).ok_or(INVALID)
}

#[cfg(test)]
mod tests {
    use super::PostgresTarget;

    fn parse(text: &str) -> Option<PostgresTarget> {
        text.parse().ok()
    }

    #[test]
    fn a_target_is_encrypted_unless_it_is_this_machine_or_says_otherwise() {
        let tls = |text| parse(text).unwrap().tls;
        assert!(tls("postgres://u:p@db.example/iam"));
        assert!(!tls("postgres://u:p@127.0.0.1:5433/iam"));
        assert!(!tls("postgres://u@[::1]/iam"));
        assert!(tls("postgres://u@localhost/iam?sslmode=verify-full"));
        assert!(!tls("postgresql://u@db.example/iam?sslmode=disable"));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for bad in [
            "mysql://u@h/d",
            "postgres://h/d",
            "postgres://u@h/d?sslmode=prefer",
            "postgres://u@h/d?options=-c",
            "postgres://u@h/d?sslrootcert=",
            "postgres://u@h/a/b",
            "postgres://u%00@h/d",
            "postgres://u@h/%ff",
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_password_is_decoded_and_never_shown() {
        let target = parse("postgres://u:p%40ss@h/d").unwrap();
        assert_eq!(target.password.as_ref().unwrap().expose(), "p@ss");
        let shown = format!("{target} {target:?}");
        assert!(!shown.contains("p@ss"), "{shown}");
    }
}
