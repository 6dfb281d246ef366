use iam_hydra::OAuthError;

/// An error response of RFC 6749 §4.1.2.1, in words that are ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AuthorizationError {
    /// The error code.
    pub code: &'static str,
    /// What it means, for a developer.
    pub description: &'static str,
}

macro_rules! errors {
    ($($name:ident $code:literal $description:literal;)+) => {$(
        pub(crate) const $name: Self = Self::new($code, $description);
    )+};
}

impl AuthorizationError {
    errors! {
        ACCESS_DENIED "access_denied"
            "The user, or a policy, said no; or the login was not finished in time, or not in the browser that began it.";
        CONSENT_REQUIRED "consent_required"
            "The user has not agreed yet, and prompt=none allows no page that asks.";
        INTERACTION_REQUIRED "interaction_required"
            "Something has to be done by the user, and prompt=none allows no page.";
        INVALID_REQUEST "invalid_request"
            "The request is malformed, or a parameter is missing or not supported.";
        INVALID_REQUEST_URI "invalid_request_uri"
            "The request_uri is unknown, expired, already used, or of another client.";
        INVALID_SCOPE "invalid_scope"
            "The scope is missing or malformed, or the client may not ask for all of it.";
        INVALID_TARGET "invalid_target"
            "A resource is not one that the client may ask tokens for.";
        LOGIN_REQUIRED "login_required"
            "The user has to log in, and prompt=none allows no page.";
        NO_CONSENT_PAGE "server_error"
            "The client has no consent page to send the user to: its operator has to set consent_uri.";
        NO_LOGIN_PAGE "server_error"
            "The client has no login page to send the user to: its operator has to set login_uri.";
        SERVER_ERROR "server_error"
            "Something went wrong on our side.";
        TEMPORARILY_UNAVAILABLE "temporarily_unavailable"
            "The authorization server cannot answer now. Try again later.";
        UNAUTHORIZED_CLIENT "unauthorized_client"
            "The client may not use the authorization code grant.";
        UNKNOWN_CLIENT "invalid_client"
            "There is no client with this client_id.";
        UNMET "unmet_authentication_requirements"
            "The user cannot log in as strongly as is asked for.";
        UNREGISTERED_REDIRECT_URI "invalid_request"
            "The redirect_uri is missing, repeated, or not exactly one that is registered.";
        UNSUPPORTED_RESPONSE_TYPE "unsupported_response_type"
            "The only response_type is code.";
    }

    pub(crate) const fn new(code: &'static str, description: &'static str) -> Self {
        Self { code, description }
    }

    /// A malformed request, and what is wrong with it.
    pub(crate) const fn invalid_request(description: &'static str) -> Self {
        Self::new("invalid_request", description)
    }

    /// The error, as Hydra is told it: it comes back by its code.
    pub(crate) fn for_hydra(self) -> OAuthError {
        OAuthError {
            error: self.code.to_owned(),
            error_description: self.description.to_owned(),
        }
    }

    /// Hydra's error without Hydra's text.
    pub(crate) fn of_hydra(code: &str) -> Self {
        match code {
            // A login or consent that took too long, or went on in another browser.
            "access_denied" | "request_forbidden" | "request_unauthorized" => Self::ACCESS_DENIED,
            "consent_required" => Self::CONSENT_REQUIRED,
            "interaction_required" => Self::INTERACTION_REQUIRED,
            "insufficient_entropy" | "invalid_request" | "invalid_state" => Self::INVALID_REQUEST,
            "invalid_scope" => Self::INVALID_SCOPE,
            "login_required" => Self::LOGIN_REQUIRED,
            "temporarily_unavailable" => Self::TEMPORARILY_UNAVAILABLE,
            "unauthorized_client" => Self::UNAUTHORIZED_CLIENT,
            "unmet_authentication_requirements" => Self::UNMET,
            "unsupported_response_type" => Self::UNSUPPORTED_RESPONSE_TYPE,
            _ => Self::SERVER_ERROR,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AuthorizationError;

    #[test]
    fn an_error_that_no_client_knows_is_an_error_of_ours() {
        for (hydra, ours) in [
            ("login_required", "login_required"),
            ("request_forbidden", "access_denied"),
            ("insufficient_entropy", "invalid_request"),
            ("Not Found", "server_error"),
            ("misconfiguration", "server_error"),
        ] {
            assert_eq!(AuthorizationError::of_hydra(hydra).code, ours);
        }
    }
}
