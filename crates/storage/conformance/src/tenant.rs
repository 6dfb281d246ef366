//! Tenants.

use futures_util::future::join_all;
use iam_model::{Tenant, TenantStatus, Timestamp};
use iam_storage_ports::{Page, Storage, TenantFilter};
use serde_json::json;

use crate::{
    assert::{assert_error, is_known, is_stale, only_winner},
    fixture::{Here, LATER, MANY, change, pages, tenant},
};

/// A change is returned as it is stored, counts a version, and leaves the id, the name and the
/// time the tenant was made.
pub async fn a_change_counts_a_version(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut before = here.tenant.clone();
    "Other".clone_into(&mut before.display_name);
    before.status = TenantStatus::Suspended;
    before.settings.retention_days = 7;
    before.settings.allowed_scopes = Some("openid order.read".parse().unwrap());
    before.updated_at = LATER;
    let asked = Tenant {
        name: tenant().name,
        created_at: LATER,
        ..before.clone()
    };
    let tenants = storage.tenants();
    let after = tenants.change(asked, &here.change()).await.unwrap();
    let expected = Tenant {
        version: 2,
        ..before
    };
    assert_eq!(after, expected);
    let found = tenants.lookup(&after.id).await.unwrap();
    assert_eq!(found, Some(after.clone()));
    let again = tenants.change(after, &here.change()).await.unwrap();
    assert_eq!(again.version, 3);
}

/// A tenant is found by its id and by its name, and by no other.
pub async fn a_tenant_is_found_by_its_id_and_by_its_name(storage: &dyn Storage) {
    let (here, absent) = (Here::new(storage).await.tenant, tenant());
    let tenants = storage.tenants();
    assert_eq!(tenants.lookup(&absent.id).await.unwrap(), None);
    assert_eq!(tenants.find_by_name(&absent.name).await.unwrap(), None);
    let found = tenants.lookup(&here.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&here));
    let found = tenants.find_by_name(&here.name).await.unwrap();
    assert_eq!(found, Some(here));
}

/// A tenant that has changed since it was read, or is not there, is stale and left alone.
pub async fn a_tenant_that_has_changed_is_stale(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let tenants = storage.tenants();
    let old = here.tenant.clone();
    let new = tenants.change(old.clone(), &here.change()).await.unwrap();
    let never = Tenant {
        version: 9,
        ..new.clone()
    };
    for stale in [old, never, tenant()] {
        let gone = tenants.remove(&stale, &here.change()).await;
        assert_error!(gone, Stale);
        let changed = Tenant {
            status: TenantStatus::Suspended,
            updated_at: LATER,
            ..stale
        };
        assert_error!(tenants.change(changed, &here.change()).await, Stale);
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
        let tenants = storage.tenants();
        tenants.add(&tenant, &change(tenant.id)).await.unwrap();
        let found = tenants.lookup(&tenant.id).await.unwrap();
        let found = found.map(|tenant| tenant.display_name);
        assert_eq!(found.as_deref(), Some(text));
    }
}

/// Settings come back as they were, whatever schema is among them.
pub async fn any_settings_are_kept_as_they_are(storage: &dyn Storage) {
    let schema = json!({
        "type": "object",
        "properties": { "a.b'\"%": { "const": 9_007_199_254_740_993_i64 } },
        "examples": [null, true, "", 0.1, -1, { "": [] }],
    });
    let mut tenant = tenant();
    tenant.settings.attribute_schema = Some(schema);
    tenant.settings.password.min_length = 20;
    let tenants = storage.tenants();
    tenants.add(&tenant, &change(tenant.id)).await.unwrap();
    assert_eq!(tenants.lookup(&tenant.id).await.unwrap(), Some(tenant));
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
        let tenants = storage.tenants();
        tenants.add(&tenant, &change(tenant.id)).await.unwrap();
        assert_eq!(tenants.lookup(&tenant.id).await.unwrap(), Some(tenant));
    }
}

/// Of many who add one name at once, one succeeds.
pub async fn of_many_who_add_one_name_one_succeeds(storage: &dyn Storage) {
    let name = tenant().name;
    let rival = |_| Tenant {
        name: name.clone(),
        ..tenant()
    };
    let rivals: Vec<_> = (0..MANY).map(rival).collect();
    let changes: Vec<_> = rivals.iter().map(|tenant| change(tenant.id)).collect();
    let adds = rivals.iter().zip(&changes);
    let adds = adds.map(|(tenant, change)| storage.tenants().add(tenant, change));
    let winner = &rivals[only_winner(join_all(adds).await, is_known)];
    let found = storage.tenants().find_by_name(&name).await.unwrap();
    assert_eq!(found.as_ref(), Some(winner));
}

/// Of many who change one version at once, one succeeds.
pub async fn of_many_who_change_one_version_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let changes = here.changes();
    let change = |change| storage.tenants().change(here.tenant.clone(), change);
    let outcomes = join_all(changes.iter().map(change)).await;
    only_winner(outcomes, is_stale);
    let found = storage.tenants().lookup(&here.tenant.id).await.unwrap();
    assert_eq!(found.map(|tenant| tenant.version), Some(2));
}

/// No two tenants have one id or one name, and who comes second changes nothing.
pub async fn tenant_ids_and_names_are_unique(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let same_id = Tenant {
        id: here.tenant.id,
        ..tenant()
    };
    let same_name = Tenant {
        name: here.tenant.name.clone(),
        ..tenant()
    };
    let tenants = storage.tenants();
    for second in [same_id, same_name] {
        let change = change(second.id);
        assert_error!(tenants.add(&second, &change).await, AlreadyExists);
    }
    let found = tenants.lookup(&here.tenant.id).await.unwrap();
    assert_eq!(found, Some(here.tenant));
}

/// Tenants are listed by id, as the filter says: without the deleted if it names no status, and
/// with a name that begins with the prefix.
pub async fn tenants_are_listed_as_the_filter_says(storage: &dyn Storage) {
    let prefix = tenant().name;
    let mut all = Vec::new();
    for (n, status) in TenantStatus::ALL
        .iter()
        .chain(TenantStatus::ALL)
        .enumerate()
    {
        let mut tenant = tenant();
        tenant.name = format!("{prefix}-{n}").parse().unwrap();
        tenant.status = *status;
        let tenants = storage.tenants();
        tenants.add(&tenant, &change(tenant.id)).await.unwrap();
        all.push(tenant);
    }
    all.sort_by_key(|tenant| tenant.id);
    let deleted = TenantStatus::Deleted;
    for status in TenantStatus::ALL.iter().copied().map(Some).chain([None]) {
        let filter = TenantFilter {
            status,
            name_prefix: Some(prefix.to_string()),
        };
        let page = async |page| storage.tenants().list(&filter, &page).await.unwrap();
        let found = pages(1, page, |tenant: &Tenant| tenant.id.to_string()).await;
        let wanted = |t: &&Tenant| status.map_or(t.status != deleted, |wanted| t.status == wanted);
        let expected: Vec<_> = all.iter().filter(wanted).cloned().collect();
        assert_eq!(found, expected, "{status:?}");
    }
    let filter = TenantFilter {
        status: None,
        name_prefix: Some("%".to_owned()),
    };
    let page = Page::first(1);
    let none = storage.tenants().list(&filter, &page).await.unwrap();
    assert_eq!((none.items, none.next), (vec![], None));
}
