use iam_model::{Acr, MfaPolicy, Principal, Timestamp};
use iam_policy::{Claims, Denial, RequestContext, decide};
use iam_security::password_expired;

use crate::{
    StepKind,
    progress::{Progress, Subject},
};

/// What comes next in a login.
#[derive(Debug)]
pub(crate) enum Next {
    /// Nothing: it has all it needs for tokens that say this.
    Complete(Box<Claims>),
    /// It ends here.
    Denied(Denial),
    /// Its user has something to do.
    Step(StepKind),
    /// More is wanted than this user can prove here.
    Unavailable,
}

/// Decides what `progress` still lacks, always in this order: that the user may log in at all, the
/// second factor that they have, a password of their own or a new one, a second factor that they
/// need and do not have.
///
/// The factor comes before the password is changed: who knows the password alone must not get to
/// set another (NIST SP 800-63B-4 §4.1.2.1: a new authenticator is bound at the level there is).
pub(crate) fn next_step(
    subject: Subject<'_>,
    progress: &Progress,
    context: &RequestContext,
) -> Next {
    let Subject { principal, client } = subject;
    let assurance = &progress.assurance;
    let wanted = progress.acr_values.wanted(principal.tenant.settings.mfa);
    let decision = decide(principal, client, assurance, &progress.scope, context);
    match decision {
        Err(
            denial @ (Denial::TenantDeleted
            | Denial::TenantSuspended
            | Denial::UserDeleted
            | Denial::UserDisabled
            | Denial::UserLocked),
        ) => Next::Denied(denial),
        _ if wanted.is_err() => Next::Unavailable,
        _ if assurance.acr < Acr::Mfa && is_asked(principal) => Next::Step(StepKind::Mfa),
        Err(Denial::UserInvited) => Next::Step(StepKind::Invitation),
        Err(Denial::PasswordChangeRequired) => Next::Step(StepKind::PasswordChange),
        _ if has_expired(principal, context.time) => Next::Step(StepKind::PasswordExpired),
        Err(Denial::AssuranceRequired(_)) => raise(principal),
        Err(denial) => Next::Denied(denial),
        Ok(_) if wanted.is_ok_and(|acr| acr > Some(assurance.acr)) => raise(principal),
        Ok(claims) => Next::Complete(Box::new(claims)),
    }
}

/// Whether the user has a second factor and is asked for it.
fn is_asked(principal: &Principal) -> bool {
    principal.totp.is_some() && principal.tenant.settings.mfa != MfaPolicy::Off
}

/// How a user without a second factor gets to one.
fn raise(principal: &Principal) -> Next {
    match principal.tenant.settings.mfa {
        MfaPolicy::Off => Next::Unavailable,
        MfaPolicy::Optional | MfaPolicy::Required => Next::Step(StepKind::MfaEnrollment),
    }
}

/// Whether the password is older than the tenant allows.
fn has_expired(principal: &Principal, now: Timestamp) -> bool {
    let policy = &principal.tenant.settings.password;
    let password = principal.password.as_ref();
    password.is_some_and(|password| password_expired(password, policy, now))
}

#[cfg(test)]
mod tests;
