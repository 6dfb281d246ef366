use iam_model::{CodePurpose, Email, EmailAddress, UserDetails};
use iam_storage_ports::StorageError;

use crate::{
    AccountError, AccountPorts,
    code::{CodeBearer, too_late},
};

/// Takes note that an address is read by its user. One that is not theirs yet takes the place of
/// the first: they asked for it with their password.
pub async fn confirm_email(
    ports: &AccountPorts<'_>,
    bearer: &CodeBearer<'_>,
) -> Result<(), AccountError> {
    let brought = bearer.open(ports, CodePurpose::EmailVerification).await?;
    let address = brought.address().ok_or(AccountError::InvalidCode)?;
    let mut user = brought.verified_user(ports);
    replace_first(&mut user.details, address);
    let change = brought.change(ports, "account.email_verified");
    let store = ports.storage.tenant(brought.tenant.id);
    match store.users().change(user, &change).await {
        Ok(_) => Ok(()),
        // Somebody else has taken the address since.
        Err(StorageError::AlreadyExists) => Err(AccountError::InvalidCode),
        Err(error) => Err(too_late(error)),
    }
}

fn replace_first(details: &mut UserDetails, address: Email) {
    if details
        .emails
        .iter()
        .any(|own| own.address.key() == address.key())
    {
        return;
    }
    let verified = EmailAddress {
        address,
        verified: true,
    };
    match details.emails.first_mut() {
        Some(first) => *first = verified,
        None => details.emails.push(verified),
    }
}

#[cfg(test)]
mod tests {
    use iam_model::UserDetails;
    use serde_json::{Value, json};

    use super::replace_first;

    #[track_caller]
    fn check(emails: &Value, expected: &[(&str, bool)]) {
        let details = json!({ "emails": emails });
        let mut details: UserDetails = serde_json::from_value(details).unwrap();
        replace_first(&mut details, "new@example.com".parse().unwrap());
        let emails = details.emails.iter();
        let found: Vec<_> = emails.map(|e| (e.address.as_str(), e.verified)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_new_address_takes_the_place_of_the_first() {
        check(&json!([]), &[("new@example.com", true)]);
        let two = json!([{ "address": "a@example.com" }, { "address": "b@example.com" }]);
        check(&two, &[("new@example.com", true), ("b@example.com", false)]);
        let own = json!([{ "address": "a@example.com" }, { "address": "NEW@example.com", "verified": true }]);
        check(&own, &[("a@example.com", false), ("NEW@example.com", true)]);
    }
}
