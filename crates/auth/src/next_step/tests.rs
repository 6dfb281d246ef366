use iam_model::{
    Acr, ActivePolicy, Client, ClientDetails, CredentialId, MfaPolicy, PasswordCredential,
    PasswordHash, PolicyId, Principal, Sealed, Tenant, TenantId, TenantStatus, Timestamp,
    TotpCredential, User, UserId, UserStatus,
};
use iam_policy::{Assurance, Denial};

use super::{Next, next_step};
use crate::{
    Device, Sender,
    progress::{Mode, Progress, Subject, context},
};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn now() -> Timestamp {
    Timestamp::from_millis(20_000 * DAY)
}

/// A login as it is about to go on.
struct Case {
    principal: Principal,
    client: Client,
    acr_values: &'static str,
    assurance: Assurance,
}

fn case() -> Case {
    let tenant = TenantId::generate(now(), [1; 10]);
    let user = UserId::generate(now(), [2; 10]);
    Case {
        principal: Principal {
            tenant: Tenant::new(tenant, "demo".parse().unwrap(), "Demo".to_owned(), now()),
            user: User::new(user, "alice".parse().unwrap(), now()),
            password: Some(PasswordCredential {
                id: CredentialId::generate(now(), [3; 10]),
                user_id: user,
                hash: PasswordHash::new(String::new()),
                updated_at: now(),
            }),
            totp: None,
            groups: Vec::new(),
            roles: Vec::new(),
            permissions: Vec::new(),
            policy: None,
        },
        client: Client {
            id: "web".parse().unwrap(),
            tenant_id: tenant,
            first_party: true,
            redirect_uris: Vec::new(),
            scope: "openid pay".parse().unwrap(),
            details: ClientDetails::default(),
            version: 1,
            created_at: now(),
            updated_at: now(),
        },
        acr_values: "",
        assurance: Assurance::password(),
    }
}

impl Case {
    fn mfa(mut self, policy: MfaPolicy) -> Self {
        self.principal.tenant.settings.mfa = policy;
        self
    }

    fn with_factor(mut self) -> Self {
        let user_id = self.principal.user.id;
        self.principal.totp = Some(TotpCredential {
            id: CredentialId::generate(now(), [4; 10]),
            user_id,
            secret: Sealed::new(String::new()),
            last_step: 0,
            updated_at: now(),
        });
        self
    }

    fn asked(self, acr_values: &'static str) -> Self {
        Self { acr_values, ..self }
    }

    fn after_code(self) -> Self {
        Self {
            assurance: self.assurance.and_one_time_code(),
            ..self
        }
    }

    fn ruled(mut self, rules: &str) -> Self {
        self.principal.policy = Some(ActivePolicy {
            id: PolicyId::generate(now(), [5; 10]),
            number: 1,
            source: format!("package iam.policy\n{rules}\n"),
        });
        self
    }

    /// What comes next, in a word.
    fn next(&self) -> String {
        let subject = Subject {
            principal: &self.principal,
            client: &self.client,
        };
        let wishes = (self.acr_values.parse().unwrap(), Device::default());
        let scope = self.client.scope.clone();
        let mut progress = Progress::new(subject, scope, Mode::Direct, wishes);
        progress.assurance = self.assurance.clone();
        match next_step(subject, &progress, &context(&Sender::default(), now())) {
            Next::Complete(claims) => claims.access_token.acr.to_string(),
            Next::Denied(denial) => denial.code().to_owned(),
            Next::Step(kind) => format!("{kind:?}"),
            Next::Unavailable => "unavailable".to_owned(),
        }
    }

    #[track_caller]
    fn check(&self, expected: &str) {
        assert_eq!(self.next(), expected);
    }
}

#[test]
fn who_has_a_factor_is_asked_for_it_unless_the_tenant_has_none() {
    for policy in [MfaPolicy::Optional, MfaPolicy::Required] {
        case().with_factor().mfa(policy).check("Mfa");
        case().with_factor().mfa(policy).after_code().check("mfa");
    }
    case().with_factor().mfa(MfaPolicy::Off).check("pwd");
}

#[test]
fn who_has_none_enrols_one_only_where_it_is_required() {
    case().mfa(MfaPolicy::Optional).check("pwd");
    case().mfa(MfaPolicy::Off).check("pwd");
    case().mfa(MfaPolicy::Required).check("MfaEnrollment");
}

#[test]
fn client_scope_request_and_policy_can_require_a_factor() {
    let require: [fn(&mut Case); 4] = [
        |case| case.client.details.require_acr = Some(Acr::Mfa),
        |case| {
            let scope = "pay".parse().unwrap();
            case.client.details.scope_acr.insert(scope, Acr::Mfa);
        },
        |case| case.acr_values = "mfa",
        |case| {
            case.principal.policy = case_with_policy().principal.policy;
        },
    ];
    for required in require {
        let with = |mut case: Case| {
            required(&mut case);
            case
        };
        with(case()).check("MfaEnrollment");
        with(case()).after_code().check("mfa");
        with(case().with_factor()).check("Mfa");
        with(case().mfa(MfaPolicy::Off)).check("unavailable");
        with(case().with_factor().mfa(MfaPolicy::Off)).check("unavailable");
    }
}

fn case_with_policy() -> Case {
    case().ruled("default allow := true\nacr := \"mfa\"")
}

#[test]
fn what_nobody_knows_cannot_be_reached() {
    case().asked("phr").check("unavailable");
    case().with_factor().asked("phr").check("unavailable");
    case().asked("phr pwd").check("pwd");
}

#[test]
fn the_factor_is_asked_for_before_a_password_can_be_changed() {
    let mut case = case();
    case.principal.user.details.password_change_required = true;
    case.check("PasswordChange");
    let case = case.with_factor();
    case.check("Mfa");
    case.after_code().check("PasswordChange");
}

#[test]
fn a_password_is_set_before_a_factor_is_enrolled() {
    let mut case = case().mfa(MfaPolicy::Required);
    case.principal.user.status = UserStatus::Invited;
    case.check("Invitation");
    case.principal.user.status = UserStatus::Active;
    case.principal.user.details.password_change_required = true;
    case.check("PasswordChange");
    case.principal.user.details.password_change_required = false;
    case.check("MfaEnrollment");
}

#[test]
fn a_password_is_too_old_only_where_the_tenant_says_so() {
    let mut case = case();
    case.principal.password.as_mut().unwrap().updated_at = Timestamp::from_millis(0);
    case.check("pwd");
    case.principal.tenant.settings.password.max_age_days = Some(90);
    case.check("PasswordExpired");
    case.principal.password.as_mut().unwrap().updated_at =
        Timestamp::from_millis(now().as_millis() - 89 * DAY);
    case.check("pwd");
}

#[test]
fn who_may_not_log_in_has_no_steps_to_do() {
    for (status, code) in [
        (UserStatus::Deleted, "user_deleted"),
        (UserStatus::Disabled, "user_disabled"),
        (UserStatus::Locked, "user_locked"),
    ] {
        let mut case = case().with_factor().asked("phr");
        case.principal.user.details.password_change_required = true;
        case.principal.user.status = status;
        case.check(code);
    }
    let mut case = case().with_factor();
    case.principal.tenant.status = TenantStatus::Suspended;
    case.check(Denial::TenantSuspended.code());
}

#[test]
fn a_policy_is_asked_once_the_factor_is_proved() {
    let rules = "default allow := false\nallow if input.request.acr == \"mfa\"";
    let case_of_it = || case().with_factor().ruled(rules);
    case_of_it().check("Mfa");
    case_of_it().after_code().check("mfa");
    case().ruled(rules).check("policy_denied");
    case()
        .ruled("default allow := false")
        .check("policy_denied");
}
