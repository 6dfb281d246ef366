//! Tenants.

use futures_util::future::join_all;
use iam_model::{Tenant, TenantStatus, Timestamp};
use iam_storage_ports::Storage;

use crate::{
    assert::{assert_error, is_known, is_stale, only_winner},
    fixture::{LATER, MANY, NOW, new_tenant, tenant},
};

/// A status change is returned as it is stored, and counts a version.
pub async fn a_status_change_counts_a_version(storage: &dyn Storage) {
    let before = new_tenant(storage).await;
    let tenants = storage.tenants();
    let suspended = TenantStatus::Suspended;
    let after = tenants
        .change_status(before.clone(), suspended, LATER)
        .await;
    let after = after.unwrap();
    let expected = Tenant {
        status: suspended,
        version: 2,
        updated_at: LATER,
        ..before
    };
    assert_eq!(after, expected);
    assert_eq!(
        tenants.lookup(&after.id).await.unwrap(),
        Some(after.clone())
    );
    let again = tenants
        .change_status(after, TenantStatus::Active, LATER)
        .await;
    assert_eq!(again.unwrap().version, 3);
}

/// A tenant is found by its id and by its name, and by no other.
pub async fn a_tenant_is_found_by_its_id_and_by_its_name(storage: &dyn Storage) {
    let (here, absent) = (new_tenant(storage).await, tenant());
    let tenants = storage.tenants();
    assert_eq!(tenants.lookup(&absent.id).await.unwrap(), None);
    assert_eq!(tenants.find_by_name(&absent.name).await.unwrap(), None);
    assert_eq!(
        tenants.lookup(&here.id).await.unwrap().as_ref(),
        Some(&here)
    );
    assert_eq!(tenants.find_by_name(&here.name).await.unwrap(), Some(here));
}

/// A tenant that has changed since it was read, or is not there, is stale and left alone.
pub async fn a_tenant_that_has_changed_is_stale(storage: &dyn Storage) {
    let old = new_tenant(storage).await;
    let tenants = storage.tenants();
    let suspended = TenantStatus::Suspended;
    let new = tenants
        .change_status(old.clone(), suspended, NOW)
        .await
        .unwrap();
    let never = Tenant {
        version: 9,
        ..new.clone()
    };
    for stale in [old, never, tenant()] {
        let active = TenantStatus::Active;
        assert_error!(tenants.change_status(stale, active, LATER).await, Stale);
    }
    assert_eq!(tenants.lookup(&new.id).await.unwrap(), Some(new));
}

/// Whatever a display name holds, it comes back byte by byte.
pub async fn any_display_name_is_kept_as_it_is(storage: &dyn Storage) {
    let long = "ö".repeat(10_000);
    for text in [
        "",
        " Acme ",
        "'; drop table tenants; --",
        "\" or 1=1 /* ? $1 :x @p1 %s {} \\' \\",
        "{\"a\": [null]}",
        "null",
        "𠀋 👩‍👩‍👧 e\u{301} \u{200b}\r\n\t",
        &long,
    ] {
        let tenant = Tenant {
            display_name: text.to_owned(),
            ..tenant()
        };
        storage.tenants().add(&tenant).await.unwrap();
        let found = storage.tenants().lookup(&tenant.id).await.unwrap();
        assert_eq!(
            found.map(|tenant| tenant.display_name).as_deref(),
            Some(text)
        );
    }
}

/// Times before the epoch and beyond 2^53 come back to the millisecond.
pub async fn any_time_is_kept_as_it_is(storage: &dyn Storage) {
    for millis in [i64::MIN, -1, 0, (1 << 53) + 1, i64::MAX] {
        let time = Timestamp::from_millis(millis);
        let tenant = Tenant {
            created_at: time,
            updated_at: time,
            ..tenant()
        };
        storage.tenants().add(&tenant).await.unwrap();
        let found = storage.tenants().lookup(&tenant.id).await.unwrap();
        assert_eq!(found, Some(tenant));
    }
}

/// Of many who add one name at once, one succeeds.
pub async fn of_many_who_add_one_name_one_succeeds(storage: &dyn Storage) {
    let name = tenant().name;
    let rivals: Vec<_> = (0..MANY)
        .map(|_| Tenant {
            name: name.clone(),
            ..tenant()
        })
        .collect();
    let outcomes = join_all(rivals.iter().map(|tenant| storage.tenants().add(tenant))).await;
    let winner = &rivals[only_winner(outcomes, is_known)];
    let found = storage.tenants().find_by_name(&name).await.unwrap();
    assert_eq!(found.as_ref(), Some(winner));
}

/// Of many who change one version at once, one succeeds.
pub async fn of_many_who_change_one_version_one_succeeds(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let change = |_| {
        let tenants = storage.tenants();
        tenants.change_status(tenant.clone(), TenantStatus::Suspended, LATER)
    };
    let outcomes = join_all((0..MANY).map(change)).await;
    only_winner(outcomes, is_stale);
    let found = storage.tenants().lookup(&tenant.id).await.unwrap();
    assert_eq!(found.map(|tenant| tenant.version), Some(2));
}

/// No two tenants have one id or one name, and who comes second changes nothing.
pub async fn tenant_ids_and_names_are_unique(storage: &dyn Storage) {
    let first = new_tenant(storage).await;
    let same_id = Tenant {
        id: first.id,
        ..tenant()
    };
    assert_error!(storage.tenants().add(&same_id).await, AlreadyExists);
    let same_name = Tenant {
        name: first.name.clone(),
        ..tenant()
    };
    assert_error!(storage.tenants().add(&same_name).await, AlreadyExists);
    let found = storage.tenants().lookup(&first.id).await.unwrap();
    assert_eq!(found, Some(first));
}
