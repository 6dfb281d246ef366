use iam_model::{ClientId, PolicyId, Scope, UserId};
use iam_policy::{Assurance, Explanation, Grant, Limits, Policy, PolicyInput, RequestContext};
use serde_json::{Map, Value};

use crate::{Admin, IdentityError, policy};

/// What a policy is tried on.
pub enum Trial {
    /// A user as they now are, who logs in through a client for all that it may ask for.
    Login {
        /// Who.
        user: UserId,
        /// Through what.
        client: ClientId,
        /// The rest of `input.request`, over what a login by password has.
        request: Map<String, Value>,
    },
    /// An input that is made up.
    MadeUp(Map<String, Value>),
}

/// What a version of the policy would say, and why. Nothing is decided by it.
pub async fn evaluate_policy(
    admin: &Admin<'_>,
    id: &PolicyId,
    trial: Trial,
) -> Result<(PolicyInput, Explanation), IdentityError> {
    let version = policy(admin, id).await?;
    let input = match trial {
        Trial::Login {
            user,
            client,
            request,
        } => login_input(admin, &user, &client, request).await?,
        Trial::MadeUp(input) => PolicyInput::made_up(input),
    };
    // It compiled when it was uploaded.
    let policy =
        Policy::load(&version.source).map_err(|error| IdentityError::Internal(error.into()))?;
    let explanation = policy.explain(&input, Limits::default());
    Ok((input, explanation))
}

async fn login_input(
    admin: &Admin<'_>,
    user: &UserId,
    client: &ClientId,
    request: Map<String, Value>,
) -> Result<PolicyInput, IdentityError> {
    // The answer tells what is known of the user.
    if !admin.actor.may("iam.users.read") {
        return Err(IdentityError::Denied);
    }
    let principals = admin.ports.storage.principals();
    let record = principals.lookup(&admin.tenant.name, user, client).await?;
    let absent = |pointer: &str| IdentityError::invalid(pointer, "is not one of this tenant");
    let principal = record.principal.ok_or_else(|| absent("/user"))?;
    let client = record.client.ok_or_else(|| absent("/client"))?;
    let context = RequestContext {
        grant: Grant::Password,
        ip: admin.origin.ip,
        user_agent: admin.origin.user_agent.clone(),
        time: admin.now(),
    };
    let (assurance, scope): (_, &Scope) = (Assurance::password(), &client.scope);
    let input = PolicyInput::new(&principal, &client, &assurance, scope, &context);
    let Value::Object(mut input) = input.as_json().clone() else {
        return Ok(input);
    };
    if let Some(Value::Object(fields)) = input.get_mut("request") {
        fields.extend(request);
    }
    Ok(PolicyInput::made_up(input))
}
