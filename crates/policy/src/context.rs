use std::net::IpAddr;

use iam_model::Timestamp;

/// What is known of a request for tokens.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RequestContext {
    /// How the tokens are asked for.
    pub grant: Grant,
    /// The address of who asks; `None` where a server asks for them, as at a refresh.
    pub ip: Option<IpAddr>,
    /// The `User-Agent` of who asks, likewise.
    pub user_agent: Option<String>,
    /// When they are asked for.
    pub time: Timestamp,
}

/// How tokens are asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Grant {
    /// By a client, for itself.
    ClientCredentials,
    /// With a password.
    Password,
    /// With a refresh token.
    RefreshToken,
    /// By a client, with a token that was issued to somebody.
    TokenExchange,
}

impl Grant {
    /// The word that a policy sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientCredentials => "client_credentials",
            Self::Password => "password",
            Self::RefreshToken => "refresh_token",
            Self::TokenExchange => "token_exchange",
        }
    }
}
