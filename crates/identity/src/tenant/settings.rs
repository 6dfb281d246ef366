//! What a tenant can decide.

use iam_model::{Pages, RedirectUri, TenantSettings};

use crate::{IdentityError, attributes::ensure_is_schema};

/// The most bytes of the address of a page: a code is added to it, and mail programs cut long links.
const MAX_PAGE: usize = 1024;

/// Refuses settings that cannot be had.
pub(super) fn ensure_settings(settings: &TenantSettings) -> Result<(), IdentityError> {
    let lifetimes = &settings.token_lifetimes;
    within(
        "token_lifetimes/access_token",
        lifetimes.access_token,
        60,
        86_400,
    )?;
    within("token_lifetimes/id_token", lifetimes.id_token, 60, 86_400)?;
    within(
        "token_lifetimes/refresh_token",
        lifetimes.refresh_token,
        300,
        31_536_000,
    )?;
    within(
        "password/min_length",
        settings.password.min_length.into(),
        8,
        64,
    )?;
    if let Some(days) = settings.password.max_age_days {
        within("password/max_age_days", days.into(), 1, 3650)?;
    }
    within("retention_days", settings.retention_days.into(), 0, 3650)?;
    ensure_pages(&settings.pages)?;
    match &settings.attribute_schema {
        Some(schema) => ensure_is_schema(schema),
        None => Ok(()),
    }
}

fn within(pointer: &str, value: u32, least: u32, most: u32) -> Result<(), IdentityError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let detail = format!("must be from {least} to {most}");
    Err(IdentityError::invalid(
        format!("/settings/{pointer}"),
        detail,
    ))
}

fn ensure_pages(pages: &Pages) -> Result<(), IdentityError> {
    let named = [
        ("login_uri", &pages.login_uri),
        ("consent_uri", &pages.consent_uri),
        ("logout_uri", &pages.logout_uri),
        ("error_uri", &pages.error_uri),
        ("invitation_uri", &pages.invitation_uri),
        ("recovery_uri", &pages.recovery_uri),
        ("verification_uri", &pages.verification_uri),
    ];
    let is_long = |uri: &Option<RedirectUri>| uri.iter().any(|uri| uri.as_str().len() > MAX_PAGE);
    match named.into_iter().find(|(_, uri)| is_long(uri)) {
        Some((name, _)) => Err(IdentityError::invalid(
            format!("/settings/pages/{name}"),
            format!("is too long: at most {MAX_PAGE} bytes"),
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use iam_model::TenantSettings;
    use serde_json::{Value, json};

    use super::ensure_settings;
    use crate::IdentityError;

    #[track_caller]
    fn check(settings: Value, expected: Option<&str>) {
        let settings: TenantSettings = serde_json::from_value(settings).unwrap();
        let pointer = match ensure_settings(&settings) {
            Ok(()) => None,
            Err(IdentityError::Invalid(wrong)) => Some(wrong[0].pointer.clone()),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(pointer.as_deref(), expected);
    }

    #[test]
    fn settings_have_their_bounds() {
        check(json!({}), None);
        check(
            json!({ "password": { "min_length": 8, "max_age_days": 1 } }),
            None,
        );
        let age = "/settings/password/max_age_days";
        check(json!({ "password": { "max_age_days": 0 } }), Some(age));
        check(json!({ "password": { "max_age_days": 3651 } }), Some(age));
        check(
            json!({ "password": { "min_length": 7 } }),
            Some("/settings/password/min_length"),
        );
        check(
            json!({ "self_service": { "registration": true, "recovery": false } }),
            None,
        );
    }

    #[test]
    fn a_page_is_an_address_of_some_length() {
        let page = |uri: String| json!({ "pages": { "recovery_uri": uri } });
        check(page("https://app.example/recover".to_owned()), None);
        check(page("com.example.app:/recover".to_owned()), None);
        let long = format!("https://app.example/{}", "a".repeat(1024));
        check(page(long), Some("/settings/pages/recovery_uri"));
    }
}
