use iam_model::{
    CredentialId, PasswordCredential, PasswordHash, PasswordPolicy, Tenant, TenantId, Timestamp,
    UserDetails, UserId,
};

use super::{
    PasswordOwner,
    PasswordWeakness::{self, Common, Names, Repeats, Sequence, TooLong, TooShort},
    password_expired, weakness,
};

fn weakness_at(min_length: u8, password: &str) -> Option<PasswordWeakness> {
    let now = Timestamp::default();
    let id = TenantId::generate(now, [1; 10]);
    let mut tenant = Tenant::new(id, "acme".parse().unwrap(), "Acme Rockets".to_owned(), now);
    tenant.settings.password.min_length = min_length;
    let details = serde_json::json!({
        "emails": [{ "address": "wile.coyote@example.com" }],
        "profile": { "given_name": "Al" },
    });
    let details: UserDetails = serde_json::from_value(details).unwrap();
    let owner = PasswordOwner {
        tenant: &tenant,
        username: &"Quokkaman".parse().unwrap(),
        details: &details,
    };
    weakness(&owner, password)
}

#[track_caller]
fn check(password: &str, expected: Option<PasswordWeakness>) {
    assert_eq!(weakness_at(8, password), expected, "{password}");
}

#[test]
fn a_password_has_a_length_in_characters_and_needs_no_kinds_of_them() {
    let long = "kühle grüße an alle ".repeat(60);
    let first = |count| long.chars().take(count).collect::<String>();
    assert_eq!(weakness_at(15, &first(15)), None);
    assert_eq!(weakness_at(15, &first(14)), Some(TooShort(15)));
    assert_eq!(weakness_at(15, ""), Some(TooShort(15)));
    assert_eq!(weakness_at(15, &first(1025)), Some(TooLong));
    check("correct horse battery staple", None);
    check("hdkeurntlshw", None);
}

#[test]
fn a_common_password_is_refused_however_it_is_typed() {
    for common in [
        "password1",
        "PassWord1",
        "ｐａｓｓｗｏｒｄ１",
        " password1 ",
        "trustno1x".get(..8).unwrap(),
    ] {
        check(common, Some(Common));
    }
}

#[test]
fn names_that_others_know_do_not_make_a_password() {
    for known in [
        "quokkaman",
        "QuokkaMan2024",
        "acme-quokkaman",
        "wile.coyote@example.com",
        "Wile.Coyote!1",
        "acme rockets!",
    ] {
        check(known, Some(Names));
    }
    // With a common password beside it is no better.
    check(
        "quokkaman-password1".replace('-', "").as_str(),
        Some(Common),
    );
    check("quokkaman likes long roads", None);
    // A short name is in many words.
    check("all aluminium alloys", None);
}

#[test]
fn repetitions_and_sequences_are_refused() {
    check("xyzwxyzwxyzwxyzw", Some(Repeats(8)));
    check("abcdefghijklmnop", Some(Sequence));
    check("kkkkkkkkkkkkkkkkk", Some(Sequence));
    assert_eq!(weakness_at(15, "tgb7uhm2tgb7uhm2"), Some(Repeats(15)));
}

#[test]
fn a_weakness_says_what_to_do_and_not_what_the_password_is() {
    let detail = TooShort(15).to_string();
    assert_eq!(detail, "is too short: at least 15 characters");
    assert_eq!(TooShort(15).code(), "password_too_short");
}

#[test]
fn a_password_expires_only_where_the_tenant_says_so() {
    let day = 24 * 60 * 60 * 1000;
    let set = Timestamp::from_millis(day);
    let password = PasswordCredential {
        id: CredentialId::generate(set, [1; 10]),
        user_id: UserId::generate(set, [1; 10]),
        hash: PasswordHash::new(String::new()),
        updated_at: set,
    };
    let expired = |max_age_days, now| {
        let policy = PasswordPolicy {
            max_age_days,
            ..PasswordPolicy::default()
        };
        password_expired(&password, &policy, Timestamp::from_millis(now))
    };
    assert!(!expired(None, i64::MAX));
    assert!(!expired(Some(30), 31 * day - 1));
    assert!(expired(Some(30), 31 * day));
}
