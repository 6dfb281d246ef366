use std::{fmt, str::FromStr};

use iam_model::Secret;
use mongodb::options::{ConnectionString, HostInfo, ServerAddress};

use crate::InvalidTarget;

/// Where a MongoDB is, and as whom to speak to it: `mongodb://user:password@host:27017/database`.
///
/// It is spoken to by TLS unless all its hosts are this machine or `tls=false` is asked for. What
/// would take any certificate is refused.
#[derive(Clone)]
pub struct MongoTarget {
    /// The connection string, with the password.
    pub(crate) url: Secret<String>,
    pub(crate) database: String,
    pub(crate) tls: bool,
    hosts: String,
}

const INVALID: InvalidTarget = InvalidTarget {
    wants: "is written mongodb://user:password@host:27017/database, with options of MongoDB that \
            do not weaken TLS",
};

impl FromStr for MongoTarget {
    type Err = InvalidTarget;

    fn from_str(text: &str) -> Result<Self, InvalidTarget> {
        if !text.starts_with("mongodb://") {
            return Err(INVALID);
        }
        let parsed = ConnectionString::parse(text).map_err(|_| INVALID)?;
        let database = parsed.default_database.filter(|name| !name.is_empty());
        let database = database.ok_or(INVALID)?;
        let options = text.split_once('?').map_or("", |(_, options)| options);
        let options = options
            .split('&')
            .filter_map(|option| option.split_once('='));
        let mut asked = None;
        for (name, value) in options {
            match (name.to_ascii_lowercase().as_str(), value) {
                ("tls" | "ssl", "true") => asked = Some(true),
                ("tls" | "ssl", "false") => asked = Some(false),
                ("tlsinsecure" | "tlsallowinvalidcertificates" | "tlsallowinvalidhostnames", _) => {
                    return Err(INVALID);
                }
                _ => {}
            }
        }
        let HostInfo::HostIdentifiers(hosts) = parsed.host_info else {
            return Err(INVALID);
        };
        let local = hosts.iter().all(is_this_machine);
        let hosts: Vec<_> = hosts.iter().map(ToString::to_string).collect();
        Ok(Self {
            url: Secret::new(text.to_owned()),
            database,
            tls: asked.unwrap_or(!local),
            hosts: hosts.join(","),
        })
    }
}

/// Shows no user and no password.
impl fmt::Display for MongoTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mongodb://{}/{}", self.hosts, self.database)
    }
}

impl fmt::Debug for MongoTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn is_this_machine(host: &ServerAddress) -> bool {
    match host {
        ServerAddress::Tcp { host, .. } => {
            matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1" | "[::1]")
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::MongoTarget;

    fn parse(text: &str) -> Option<MongoTarget> {
        text.parse().ok()
    }

    #[test]
    fn a_target_is_encrypted_unless_it_is_this_machine_or_says_otherwise() {
        let tls = |text| parse(text).unwrap().tls;
        assert!(tls("mongodb://u:p@db.example/iam"));
        assert!(tls("mongodb://127.0.0.1,db.example/iam"));
        assert!(!tls("mongodb://127.0.0.1:27018/iam"));
        assert!(tls("mongodb://localhost/iam?tls=true"));
        assert!(!tls("mongodb://db.example/iam?tls=false"));
    }

    #[test]
    fn what_is_not_understood_or_weakens_tls_is_refused() {
        for bad in [
            "postgres://u@h/d",
            "mongodb://h",
            "mongodb://",
            "mongodb+srv://cluster.example/iam",
            "mongodb://h/iam?tlsInsecure=true",
            "mongodb://h/iam?tls=true&tlsAllowInvalidCertificates=true",
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let target = parse("mongodb://user:hunter2@h1,h2:27018/iam").unwrap();
        assert_eq!(target.to_string(), "mongodb://h1:27017,h2:27018/iam");
        assert!(!format!("{target} {target:?}").contains("hunter2"));
    }
}
