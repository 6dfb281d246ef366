use iam_model::{CredentialId, Outcome, ResourceKind, Tenant, TotpCredential, User, UserId};
use iam_security::{Keyring, RecoveryCode, Totp};
use iam_storage_ports::{AuditFilter, Page, Storage};

use super::{Resealed, reseal_in_batches, reseal_secrets};
use crate::{
    IdentityError,
    testing::{Bench, now},
};

/// A keyring with a key for each letter.
fn keyring(ids: &str) -> Keyring {
    let key = |id: char| format!("{id}:{}", id.to_string().repeat(42) + "A");
    let keys: Vec<_> = ids.chars().map(key).collect();
    keys.join(",").parse().unwrap()
}

/// Gives a new user of `tenant` a key that is sealed with `keyring`, and gives it in base32.
fn enrol(bench: &Bench, tenant: &Tenant, keyring: &Keyring) -> (UserId, String) {
    let admin = bench.admin();
    let admin = admin.on(tenant);
    let id = admin.id(UserId::generate);
    let user = User::new(id, format!("u{id}").parse().unwrap(), admin.now());
    let change = || admin.change("user.created", ResourceKind::User, id);
    let store = admin.store();
    now(store.users().add(&user, None, &change())).unwrap();
    let totp = Totp::generate(&*bench.world);
    let credential = TotpCredential {
        id: admin.id(CredentialId::generate),
        user_id: id,
        secret: totp.seal(keyring, &*bench.world, &tenant.id, &id),
        last_step: 0,
        updated_at: admin.now(),
    };
    let (_, codes) = RecoveryCode::generate_set(&*bench.world, &id);
    let enrolled = store.credentials();
    now(enrolled.enroll_totp(&credential, &codes, &change())).unwrap();
    (id, totp.secret().expose().clone())
}

/// Calls it until it is done; how often, and what it did together.
fn reseal(bench: &Bench, keyring: &Keyring) -> (usize, Resealed) {
    reseal_all(async |next| reseal_secrets(&bench.admin(), keyring, next).await)
}

fn reseal_all(
    call: impl AsyncFn(Option<String>) -> Result<Resealed, IdentityError>,
) -> (usize, Resealed) {
    let (mut calls, mut total) = (0, Resealed::default());
    loop {
        let part = now(call(total.next)).unwrap();
        calls += 1;
        assert!(calls < 100, "it has an end");
        total = Resealed {
            resealed: total.resealed + part.resealed,
            unopenable: total.unopenable + part.unopenable,
            next: part.next,
        };
        if total.next.is_none() {
            return (calls, total);
        }
    }
}

fn opened(bench: &Bench, tenant: &Tenant, user: UserId, keyring: &Keyring) -> Option<String> {
    let client = "no-such-client".parse().unwrap();
    let storage: &dyn Storage = &bench.storage;
    let found = now(storage.principals().lookup(&tenant.name, &user, &client));
    let totp = found.unwrap().principal.unwrap().totp.unwrap();
    let totp = Totp::open(keyring, &totp.secret, &tenant.id, &user).ok()?;
    Some(totp.secret().expose().clone())
}

#[test]
fn after_a_rotation_the_old_key_is_not_needed_any_more() {
    let bench = Bench::new();
    let (old, both, new) = (keyring("a"), keyring("ba"), keyring("b"));
    let tenants = [bench.tenant.clone(), bench.add_tenant("other")];
    let enrolled = tenants.each_ref().map(|tenant| {
        let keys = [&old, &both].map(|keyring| enrol(&bench, tenant, keyring));
        keys.map(|(user, secret)| (tenant, user, secret))
    });
    let (_, done) = reseal(&bench, &both);
    assert_eq!((done.resealed, done.unopenable), (2, 0));
    for (tenant, user, secret) in enrolled.iter().flatten() {
        let opened = opened(&bench, tenant, *user, &new);
        assert_eq!(opened.as_ref(), Some(secret));
    }
    assert_eq!(reseal(&bench, &both), (1, Resealed::default()));
    assert_eq!(reseal(&bench, &new), (1, Resealed::default()));
}

#[test]
fn the_secrets_of_a_deleted_tenant_are_resealed_too() {
    let bench = Bench::new();
    let (old, both, new) = (keyring("a"), keyring("ba"), keyring("b"));
    let gone = bench.add_tenant("gone");
    let (user, secret) = enrol(&bench, &gone, &old);
    let gone = now(crate::delete_tenant(&bench.admin(), gone)).unwrap();
    let (_, done) = reseal(&bench, &both);
    assert_eq!(done.resealed, 1);
    assert_eq!(opened(&bench, &gone, user, &new), Some(secret));
}

#[test]
fn large_tenants_are_done_in_parts() {
    let bench = Bench::new();
    let (old, both, new) = (keyring("a"), keyring("ba"), keyring("b"));
    let tenants = [bench.tenant.clone(), bench.add_tenant("other")];
    let mut enrolled = Vec::new();
    for tenant in &tenants {
        for n in 0..30 {
            let keyring = if n % 2 == 0 { &old } else { &keyring("c") };
            enrolled.push((tenant, enrol(&bench, tenant, keyring), n % 2 == 0));
        }
    }
    // Five times three secrets in a call.
    let part = async |next| reseal_in_batches(&bench.admin(), &both, next, 3).await;
    let (calls, done) = reseal_all(part);
    assert_eq!((done.resealed, done.unopenable), (30, 30));
    assert_eq!(calls, 4);
    for (tenant, (user, secret), good) in enrolled {
        let expected = good.then_some(secret);
        assert_eq!(opened(&bench, tenant, user, &new), expected);
    }
}

#[test]
fn what_no_key_opens_is_left_and_its_user_is_named_in_the_log() {
    let bench = Bench::new();
    let (lost, other) = (keyring("c"), bench.add_tenant("other"));
    let (user, secret) = enrol(&bench, &other, &lost);
    let (_, done) = reseal(&bench, &keyring("ba"));
    assert_eq!((done.resealed, done.unopenable), (0, 1));
    assert_eq!(opened(&bench, &other, user, &lost), Some(secret));
    let admin = bench.admin();
    let admin = admin.on(&other);
    let (store, page) = (admin.store(), Page::first(Page::MAX));
    let log = now(store.audit().list(&AuditFilter::default(), &page)).unwrap();
    let warnings: Vec<_> = log
        .items
        .iter()
        .filter(|sealed| sealed.event.outcome == Outcome::Warning)
        .collect();
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].event.action, "user.credential_unreadable");
    assert_eq!(warnings[0].event.target.id, user.to_string());
    let own = bench.events();
    let event = own.iter().find(|event| event.action == "secrets.resealed");
    let details = &event.unwrap().details;
    assert_eq!(
        (&details["resealed"], &details["unopenable"]),
        (&0.into(), &1.into())
    );
}

#[test]
fn a_tenant_that_goes_in_between_takes_no_other_with_it() {
    let mut bench = Bench::new();
    let (old, both, new) = (keyring("a"), keyring("ba"), keyring("b"));
    let next = bench.add_tenant("next");
    let (user, secret) = enrol(&bench, &next, &old);
    let gone = std::mem::replace(&mut bench.tenant, next.clone());
    for _ in 0..30 {
        enrol(&bench, &gone, &old);
    }
    let part = async |after| reseal_in_batches(&bench.admin(), &both, after, 3).await;
    let first = now(part(None)).unwrap();
    assert_eq!(first.resealed, 15);
    now(crate::erase_tenant(&bench.admin(), &gone)).unwrap();
    let rest = now(part(first.next)).unwrap();
    assert_eq!((rest.resealed, rest.next), (1, None));
    assert_eq!(opened(&bench, &next, user, &new), Some(secret));
}
