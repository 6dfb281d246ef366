use std::net::SocketAddr;

use serde_json::{Value, json};

/// How our Hydra is set up. Written as JSON, which is YAML too.
pub(crate) struct HydraConfig<'a> {
    /// Its database; `None` for a SQLite file.
    pub(crate) dsn: Option<&'a str>,
    pub(crate) issuer: &'a str,
    pub(crate) public: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) token_hook_url: &'a str,
    pub(crate) token_hook_key: &'a str,
    pub(crate) system_secret: &'a str,
}

impl HydraConfig<'_> {
    pub(crate) fn to_json(&self) -> Value {
        let page = |name: &str| format!("{}/oauth2/{name}", self.issuer);
        json!({
            "dsn": self.dsn.unwrap_or(SQLITE),
            "serve": {
                "public": listen(self.public),
                "admin": listen(self.admin),
            },
            "urls": {
                "self": { "issuer": self.issuer },
                "login": page("login"),
                "consent": page("consent"),
                "logout": page("logout"),
                "error": page("error"),
                // Where a browser ends up whose logout names no page to go on to.
                "post_logout_redirect": page("logout"),
            },
            // What the `aud` of a client assertion may be beside the token endpoint: RFC 7523 §3
            // leaves both. Nobody reads Hydra's own discovery document.
            "webfinger": { "oidc_discovery": { "token_url": self.issuer } },
            "secrets": { "system": [self.system_secret] },
            "strategies": {
                "access_token": "jwt",
                "scope": "exact",
                // RFC 9068 §2.2.3: `scope` is one string.
                "jwt": { "scope_claim": "string" },
            },
            "oauth2": {
                "allowed_top_level_claims":
                    ["tenant", "roles", "permissions", "acr", "amr", "act", "claims"],
                "mirror_top_level_claims": false,
                // A client that names no scope gets all of its own (RFC 6749 §3.3).
                "client_credentials": { "default_grant_allowed_scope": true },
                // A refresh token is rotated, and of those that ask with the old one at once, as
                // the tabs of a browser do, all get tokens. Later the same is a reuse, which
                // revokes the family (RFC 9700 §4.14.2).
                "grant": { "refresh_token": { "rotation_grace_period": "10s" } },
                // RFC 9700 §2.1.1.
                "pkce": { "enforced": true, "enforced_for_public_clients": true },
                "token_hook": {
                    "url": self.token_hook_url,
                    "auth": {
                        "type": "api_key",
                        "config": {
                            "in": "header",
                            "name": "X-Token-Hook-Key",
                            "value": self.token_hook_key,
                        },
                    },
                },
            },
            "ttl": {
                "access_token": "15m",
                "id_token": "15m",
                "refresh_token": "720h",
                // A code is redeemed by the server that got it, in the same moment.
                "auth_code": "1m",
                "login_consent_request": "5m",
            },
            "log": { "level": "warn", "leak_sensitive_values": false },
            "sqa": { "opt_out": true },
        })
    }
}

/// A file in the folder that Hydra runs in.
///
/// Hydra insists on foreign keys. With WAL and NORMAL a login does not wait for the disk, and a
/// crash of the machine can cost the last tokens, whose owners log in again. The rest lets more
/// than one request work at once: `lock=false` turns off a mutex of Hydra's database library that
/// deadlocks with SQLite's own lock, `_txlock=immediate` has a transaction wait for that lock
/// where it otherwise fails, and since Hydra uses a second connection inside a transaction, there
/// must be connections to spare.
const SQLITE: &str = "sqlite://hydra.db?_fk=true&_journal_mode=WAL&_synchronous=NORMAL\
    &_busy_timeout=10000&lock=false&_txlock=immediate&max_conns=300&max_idle_conns=300";

fn listen(at: SocketAddr) -> Value {
    json!({
        "host": at.ip().to_string(),
        "port": at.port(),
        "request_log": { "disable_for_health": true },
        // TLS ends in front of us; only loopback may say so.
        "tls": { "allow_termination_from": ["127.0.0.0/8", "::1/128"] },
    })
}

#[cfg(test)]
mod tests {
    use super::HydraConfig;

    #[test]
    fn tokens_are_signed_under_our_name_and_carry_our_claims() {
        let config = HydraConfig {
            dsn: None,
            issuer: "https://id.example",
            public: ([127, 0, 0, 1], 4444).into(),
            admin: ([127, 0, 0, 1], 4445).into(),
            token_hook_url: "http://127.0.0.1:8080/internal/token-hook",
            token_hook_key: "key",
            system_secret: "secret",
        };
        let config = config.to_json();
        assert_eq!(config["urls"]["self"]["issuer"], "https://id.example");
        assert_eq!(config["strategies"]["access_token"], "jwt");
        assert_eq!(config["serve"]["admin"]["host"], "127.0.0.1");
        assert_eq!(config["oauth2"]["pkce"]["enforced"], true);
    }
}
