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
    AlreadyExists "already_exists" CONFLICT
        "There is one with this id, name, address or external id already.";
    AssuranceRequired "assurance_required" FORBIDDEN
        "A second factor is required: a password alone is not enough here.";
    AssuranceUnavailable "assurance_unavailable" FORBIDDEN
        "The login cannot be made as strong as is asked for: the tenant has no second factor, or acr_values names no level that is known here.";
    BeyondOwnPermissions "beyond_own_permissions" FORBIDDEN
        "Nobody can grant what they do not hold.";
    Cycle "cycle" CONFLICT
        "Something would contain or include itself.";
    DatabaseUnavailable "database_unavailable" SERVICE_UNAVAILABLE
        "The database cannot be reached. Try again later.";
    EphemeralUnavailable "ephemeral_unavailable" SERVICE_UNAVAILABLE
        "The store of unfinished logins and counters cannot be reached. Try again later.";
    HasherUnavailable "hasher_unavailable" SERVICE_UNAVAILABLE
        "Too many logins are being verified at once. Try again later.";
    IdempotencyKeyReused "idempotency_key_reused" UNPROCESSABLE_ENTITY
        "This Idempotency-Key came with another request before. Use a new key for a new request.";
    InsufficientScope "insufficient_scope" FORBIDDEN
        "The token was not granted the scope that this takes.";
    InUse "in_use" CONFLICT
        "Others still refer to it: remove those, or the reference, first.";
    Internal "internal" INTERNAL_SERVER_ERROR
        "Something went wrong on our side. Give the trace_id to the operator.";
    InvalidChallenge "invalid_challenge" BAD_REQUEST
        "The challenge is unknown, expired, already used, or of another step. Start again at the app.";
    InvalidCode "invalid_code" UNAUTHORIZED
        "The code is wrong, expired or was used before. Try again with the token in step; if there is none, log in again.";
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
    InvalidStep "invalid_step" UNAUTHORIZED
        "No login waits for this token: it is unknown, expired, of another step or was used before, or the user has changed meanwhile. Log in again.";
    InvitationPending "invitation_pending" FORBIDDEN
        "The user was invited and has to set a password of their own: send it with the token in step to /auth/password/change.";
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED
        "The resource does not have this method: see the Allow header.";
    MfaEnrollmentRequired "mfa_enrollment_required" FORBIDDEN
        "The user has to enrol a second factor: send the token in step to /auth/mfa/enroll.";
    MfaRequired "mfa_required" FORBIDDEN
        "The user has to prove their second factor: send a code with the token in step to /auth/mfa/verify.";
    NotFound "not_found" NOT_FOUND
        "There is no such resource.";
    OauthUnavailable "oauth_unavailable" SERVICE_UNAVAILABLE
        "The OAuth2 server cannot be reached. Try again later.";
    PasswordChangeRequired "password_change_required" FORBIDDEN
        "The password has to be changed first: send a new one with the token in step to /auth/password/change.";
    PasswordExpired "password_expired" FORBIDDEN
        "The password is older than the tenant allows: send a new one with the token in step to /auth/password/change.";
    PayloadTooLarge "payload_too_large" PAYLOAD_TOO_LARGE
        "The request body is larger than 65536 bytes, or that of a bulk import larger than 10485760.";
    PermissionDenied "permission_denied" FORBIDDEN
        "You are known, but may not do this.";
    PolicyDenied "policy_denied" FORBIDDEN
        "The tenant's policy says no.";
    PolicyFailed "policy_failed" FORBIDDEN
        "The tenant's policy could not be evaluated, so nobody gets in: its audit log says why.";
    PreconditionFailed "precondition_failed" PRECONDITION_FAILED
        "Somebody else has changed it since you read it. Read it again, and decide again.";
    PreconditionRequired "precondition_required" PRECONDITION_REQUIRED
        "Send the ETag of what you read as If-Match, or If-Match: * to overwrite what others may have changed.";
    ProofRequired "proof_required" FORBIDDEN
        "The password is not enough for this: send a code of your authenticator app, or a recovery code, as code.";
    SelfServiceDisabled "self_service_disabled" FORBIDDEN
        "The tenant does not let its users do this themselves.";
    TenantSuspended "tenant_suspended" FORBIDDEN
        "The tenant is suspended.";
    TooManyRequests "too_many_requests" TOO_MANY_REQUESTS
        "This was tried too often. Wait as many seconds as the Retry-After header says.";
    Unauthenticated "unauthenticated" UNAUTHORIZED
        "Send an access token or an API key as `Authorization: Bearer …`. What came was missing, expired or unknown.";
    UnauthorizedClient "unauthorized_client" FORBIDDEN
        "Only a first-party client may send a password. Use the authorization code flow.";
    UnknownClient "unknown_client" BAD_REQUEST
        "The tenant has no client with this client_id.";
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE
        "The request body is of another media type than this resource takes.";
    UserDisabled "user_disabled" FORBIDDEN
        "The user is disabled.";
    UserInvited "user_invited" FORBIDDEN
        "The user was invited and has not accepted yet.";
    UserLocked "user_locked" FORBIDDEN
        "The user is locked.";
    WrongState "wrong_state" CONFLICT
        "The object has a status in which this cannot be done.";
}

/// The page of the documentation that lists all codes: `docs/errors.md`.
#[must_use]
pub fn catalogue() -> String {
    let mut page = String::from(
        "# Error codes\n\n\
         <!-- Generated from crates/api/src/problem/code.rs by `make docs`; do not edit. -->\n\n\
         Every error of `/auth`, `/admin/v1` and of the internal routes is a problem of RFC 9457\n\
         (`application/problem+json`) with a stable `code`, and a `trace_id` that is also in the\n\
         log. `errors[].pointer` (RFC 6901) names the fields that are wrong,\n\
         `errors[].parameter` the parameters of the query.\n\
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
