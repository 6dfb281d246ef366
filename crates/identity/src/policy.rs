use iam_model::{Line, Policy, PolicyActivation, PolicyId, ResourceKind};
use iam_policy::{Limits, PolicyDraft};
use iam_storage_ports::{Listing, Page};

use crate::{Admin, IdentityError, admin::WithDetails};

/// A policy to be uploaded.
pub struct PolicySpec {
    /// What it changes.
    pub description: Line,
    /// The Rego module, with its tests.
    pub source: String,
}

/// Adds a version of the tenant's policy, if it compiles and passes its own tests. It decides
/// nothing until it is activated.
pub async fn upload_policy(admin: &Admin<'_>, spec: PolicySpec) -> Result<Policy, IdentityError> {
    check(&spec.source)?;
    let policy = Policy {
        id: admin.id(PolicyId::generate),
        number: 0,
        description: spec.description,
        source: spec.source,
        created_at: admin.now(),
    };
    let change = admin.creation("policy.uploaded", ResourceKind::Policy, policy.id);
    Ok(admin.store().policies().add(policy, &change).await?)
}

/// That `source` is a policy that can be relied on.
fn check(source: &str) -> Result<(), IdentityError> {
    let refused = |detail: String| IdentityError::invalid("/source", detail);
    let draft = PolicyDraft::compile(source).map_err(|error| refused(error.to_string()))?;
    let report = draft.test(Limits::default());
    if report.is_success() {
        return Ok(());
    }
    let failed = report.failed.iter().map(|test| match &test.error {
        Some(error) => format!("{}: {error}", test.name),
        None => test.name.clone(),
    });
    let failed: Vec<_> = failed.collect();
    Err(refused(format!(
        "has tests that fail: {}",
        failed.join("; ")
    )))
}

/// The version with this id.
pub async fn policy(admin: &Admin<'_>, id: &PolicyId) -> Result<Policy, IdentityError> {
    let found = admin.store().policies().lookup(id).await?;
    found.ok_or(IdentityError::NotFound)
}

/// The versions, in the order they were uploaded.
pub async fn policies(admin: &Admin<'_>, page: &Page) -> Result<Listing<Policy>, IdentityError> {
    Ok(admin.store().policies().list(page).await?)
}

/// Which version is active.
pub async fn policy_activation(admin: &Admin<'_>) -> Result<PolicyActivation, IdentityError> {
    Ok(admin.store().policies().activation().await?)
}

/// Makes a version decide at logins and refreshes from now on.
pub async fn activate_policy(
    admin: &Admin<'_>,
    id: PolicyId,
) -> Result<PolicyActivation, IdentityError> {
    activate(admin, "policy.activated", |_| Some(id)).await
}

/// Lets no policy decide: roles alone do.
pub async fn deactivate_policy(admin: &Admin<'_>) -> Result<PolicyActivation, IdentityError> {
    activate(admin, "policy.deactivated", |_| None).await
}

/// Returns to the version that was active before, or to none if there was none.
pub async fn roll_back_policy(admin: &Admin<'_>) -> Result<PolicyActivation, IdentityError> {
    activate(admin, "policy.rolled_back", |current| current.previous).await
}

async fn activate(
    admin: &Admin<'_>,
    action: &str,
    choose: impl Fn(&PolicyActivation) -> Option<PolicyId>,
) -> Result<PolicyActivation, IdentityError> {
    let store = admin.store();
    let current = store.policies().activation().await?;
    let chosen = choose(&current);
    if chosen == current.active {
        return Ok(current);
    }
    let text = |id: Option<PolicyId>| id.map(|id| id.to_string());
    let change = admin
        .change(
            action,
            ResourceKind::Policy,
            text(chosen).unwrap_or_default(),
        )
        .with("before", text(current.active));
    Ok(store.policies().activate(current, chosen, &change).await?)
}

/// Removes a version that is neither active nor what a roll-back returns to.
pub async fn remove_policy(admin: &Admin<'_>, id: &PolicyId) -> Result<(), IdentityError> {
    let change = admin.change("policy.removed", ResourceKind::Policy, id);
    Ok(admin.store().policies().remove(id, &change).await?)
}
