use std::fmt::Write;

use http::StatusCode;

macro_rules! codes {
    ($($name:ident $text:literal $status:ident $detail:literal;)+) => {
        /// The stable code of a problem: what a program tells problems apart by.
        #[expect(clippy::doc_markdown, reason = "the texts are those of the wire")]
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum Code {
            $(#[doc = $detail] $name,)+
        }

        impl Code {
            const ALL: &[Self] = &[$(Self::$name,)+];

            /// The code as it stands in a problem.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The HTTP status it comes with.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            /// What it means, for a developer.
            #[must_use]
            pub const fn detail(self) -> &'static str {
                match self { $(Self::$name => $detail,)+ }
            }
        }
    };
}

codes! {
    DatabaseUnavailable "database_unavailable" SERVICE_UNAVAILABLE
        "The database cannot be reached. Try again later.";
    HasherUnavailable "hasher_unavailable" SERVICE_UNAVAILABLE
        "Too many logins are being verified at once. Try again later.";
    Internal "internal" INTERNAL_SERVER_ERROR
        "Something went wrong on our side. Give the trace_id to the operator.";
    InvalidCredentials "invalid_credentials" UNAUTHORIZED
        "The tenant has no such user, or the password is another one.";
    InvalidGrant "invalid_grant" UNAUTHORIZED
        "The refresh token is unknown, expired, revoked or already used, or its user may not log in any more. Log in again.";
    InvalidJson "invalid_json" BAD_REQUEST
        "The request body is not a JSON object.";
    InvalidRequest "invalid_request" BAD_REQUEST
        "Fields of the request are missing or wrong: see errors.";
    InvalidScope "invalid_scope" BAD_REQUEST
        "The client may not ask for this scope.";
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED
        "The resource does not have this method: see the Allow header.";
    NotFound "not_found" NOT_FOUND
        "There is no such resource.";
    OauthUnavailable "oauth_unavailable" SERVICE_UNAVAILABLE
        "The OAuth2 server cannot be reached. Try again later.";
    PayloadTooLarge "payload_too_large" PAYLOAD_TOO_LARGE
        "The request body is larger than 65536 bytes.";
    TenantSuspended "tenant_suspended" FORBIDDEN
        "The tenant is suspended.";
    UnauthorizedClient "unauthorized_client" FORBIDDEN
        "Only a first-party client may send a password. Use the authorization code flow.";
    UnknownClient "unknown_client" BAD_REQUEST
        "The tenant has no client with this client_id.";
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE
        "The request body is of another media type than this resource takes.";
    UserDisabled "user_disabled" FORBIDDEN
        "The user is disabled.";
    UserLocked "user_locked" FORBIDDEN
        "The user is locked.";
}

/// The page of the documentation that lists all codes: `docs/errors.md`.
#[must_use]
pub fn catalogue() -> String {
    let mut page = String::from(
        "# Error codes\n\n\
         <!-- Generated from crates/api/src/problem/code.rs by `make docs`; do not edit. -->\n\n\
         Every error of `/auth` and of the internal routes is a problem of RFC 9457\n\
         (`application/problem+json`) with a stable `code`, and a `trace_id` that is also in the\n\
         log. `errors[].pointer` (RFC 6901) names the fields that are wrong.\n\
         `/oauth2` answers with the errors of RFC 6749 §5.2 instead.\n\n\
         | code | status | meaning |\n|---|---|---|\n",
    );
    for code in Code::ALL {
        let (text, status, detail) = (code.as_str(), code.status().as_u16(), code.detail());
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| `{text}` | {status} | {detail} |");
    }
    page.push_str(
        "\n`iam up` itself answers for paths that no component has (`not_found`), for requests\n\
         that it cannot take on (`overloaded`, 503 with `Retry-After`), that are not HTTP\n\
         (`bad_request`) or too large (`payload_too_large`), and for components that take too long\n\
         (`timeout`, 504) or fail (`internal`): the same form, without a `trace_id`.\n",
    );
    page
}

#[cfg(test)]
mod tests {
    use super::catalogue;

    #[test]
    fn the_page_of_codes_is_current() {
        let committed = include_str!("../../../../docs/errors.md");
        assert_eq!(committed, catalogue(), "run `make docs`");
    }
}
