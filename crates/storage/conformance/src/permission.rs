//! A tenant's permission catalogue.

use futures_util::future::join_all;
use iam_model::{CatalogueEntry, Role};
use iam_storage_ports::{Page, Storage};

use crate::{
    assert::{assert_error, is_known, is_stale, only_winner},
    fixture::{Here, LATER, NOW, entry, pages, permissions, sorted},
};

/// A change is returned as it is stored and counts a version; the permission and the time the
/// entry was made stay.
pub async fn an_entry_is_changed_and_removed(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let catalogue = here.permissions();
    let (before, other) = (here.entry("dc.read").await, here.entry("dc.write").await);
    let found = catalogue.lookup(&before.permission).await.unwrap();
    assert_eq!(found.as_ref(), Some(&before));
    let asked = CatalogueEntry {
        description: "Lesen '); drop table permissions; -- 📖".parse().unwrap(),
        created_at: LATER,
        updated_at: LATER,
        ..before
    };
    let after = catalogue.change(asked.clone(), &here.change()).await;
    let after = after.unwrap();
    let expected = CatalogueEntry {
        version: 2,
        created_at: NOW,
        ..asked
    };
    assert_eq!(after, expected);
    let found = catalogue.lookup(&after.permission).await.unwrap();
    assert_eq!(found.as_ref(), Some(&after));
    catalogue.remove(&after, &here.change()).await.unwrap();
    assert_eq!(catalogue.lookup(&after.permission).await.unwrap(), None);
    let found = catalogue.lookup(&other.permission).await.unwrap();
    assert_eq!(found, Some(other));
    catalogue.add(&after, &here.change()).await.unwrap();
}

/// A tenant that is not there has no catalogue.
pub async fn an_entry_needs_a_tenant(storage: &dyn Storage) {
    let absent = Here::absent(storage);
    let entry = entry("dc.read");
    let catalogue = absent.permissions();
    assert_error!(catalogue.add(&entry, &absent.change()).await, NotFound);
    assert_eq!(catalogue.lookup(&entry.permission).await.unwrap(), None);
    let wanted = permissions(&["dc.*", "dc.read"]);
    assert_eq!(catalogue.missing(&wanted).await.unwrap(), wanted);
}

/// An entry that has changed since it was read, or is gone, is stale and left alone.
pub async fn an_entry_that_has_changed_is_stale(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let old = here.entry("dc.read").await;
    let catalogue = here.permissions();
    let new = catalogue.change(old.clone(), &here.change()).await.unwrap();
    for stale in [old, entry("dc.write")] {
        assert_error!(catalogue.remove(&stale, &here.change()).await, Stale);
        assert_error!(catalogue.change(stale, &here.change()).await, Stale);
    }
    let found = catalogue.lookup(&new.permission).await.unwrap();
    assert_eq!(found, Some(new));
}

/// An entry that a role names stays until none does; a wildcard names no entry.
pub async fn an_entry_that_a_role_names_is_in_use(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let catalogue = here.permissions();
    let entry = here.entry("dc.read").await;
    other.role("reader", &["dc.read"]).await;
    here.role("all", &["dc.*"]).await;
    let reader = here.role("reader", &["dc.read", "dc.write"]).await;
    assert_error!(catalogue.remove(&entry, &here.change()).await, InUse);
    let found = catalogue.lookup(&entry.permission).await.unwrap();
    assert_eq!(found.as_ref(), Some(&entry));
    let writer = Role {
        permissions: permissions(&["dc.write"]),
        ..reader
    };
    here.roles().change(writer, &here.change()).await.unwrap();
    catalogue.remove(&entry, &here.change()).await.unwrap();
}

/// Another tenant's entry is absent, and an entry of one permission may be in both.
pub async fn another_tenants_entry_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let entry = theirs.entry("dc.read").await;
    let (catalogue, change) = (ours.permissions(), ours.change());
    assert_eq!(catalogue.lookup(&entry.permission).await.unwrap(), None);
    let wanted = permissions(&["dc.*", "dc.read"]);
    assert_eq!(catalogue.missing(&wanted).await.unwrap(), wanted);
    assert_error!(catalogue.change(entry.clone(), &change).await, Stale);
    assert_error!(catalogue.remove(&entry, &change).await, Stale);
    let own = ours.entry("dc.read").await;
    catalogue.remove(&own, &ours.change()).await.unwrap();
    let found = theirs.permissions().lookup(&entry.permission).await;
    assert_eq!(found.unwrap(), Some(entry));
}

/// Entries are listed by permission, those only that begin with the prefix as it is spelled.
pub async fn entries_are_listed_by_prefix(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let all = [
        "dc.read",
        "dc.rack.read",
        "dc-x.read",
        "d_c.read",
        "order.read",
        "0.0",
    ];
    for permission in all {
        here.entry(permission).await;
    }
    for prefix in [
        None,
        Some(""),
        Some("dc"),
        Some("dc."),
        Some("d_"),
        Some("%"),
        Some("DC"),
    ] {
        let list = async |page| here.permissions().list(prefix, &page).await.unwrap();
        let found = pages(2, list, |entry| entry.permission.to_string()).await;
        let found = found.into_iter().map(|entry| entry.permission.to_string());
        let begins = |text: &&str| text.starts_with(prefix.unwrap_or_default());
        let expected = sorted(all.into_iter().filter(begins));
        assert_eq!(found.collect::<Vec<_>>(), expected, "{prefix:?}");
    }
    let page = Page {
        after: Some("dc.".to_owned()),
        limit: 1,
    };
    let listing = here.permissions().list(Some("dc"), &page).await.unwrap();
    assert_eq!(listing.items[0].permission.as_str(), "dc.rack.read");
    assert_eq!(listing.next.as_deref(), Some("dc.rack.read"));
}

/// What the catalogue does not have is missing; a wildcard is had if it covers an entry, on
/// whatever level.
pub async fn missing_permissions_are_named(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    for permission in ["dc.rack.read", "order.read", "o_x.read"] {
        here.entry(permission).await;
    }
    for (asked, missing) in [
        (&[][..], &[][..]),
        (&["order.read", "order.*"], &[]),
        (&["dc.*", "dc.rack.*", "dc.rack.read"], &[]),
        (
            &["d.*", "dc.read", "dc.ra.*"],
            &["d.*", "dc.ra.*", "dc.read"],
        ),
        (
            &["order.read.*", "order.write"],
            &["order.read.*", "order.write"],
        ),
        (&["oax.*", "oax.read", "order.read"], &["oax.*", "oax.read"]),
    ] {
        let found = here.permissions().missing(&permissions(asked)).await;
        assert_eq!(sorted(found.unwrap()), permissions(missing), "{asked:?}");
    }
    let many: Vec<_> = (0..300).map(|n| format!("many.p{n:03}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let found = here.permissions().missing(&permissions(&many)).await;
    assert_eq!(sorted(found.unwrap()), permissions(&many));
}

/// Of many who add or change one entry at once, one succeeds.
pub async fn of_many_who_add_or_change_one_entry_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let entry = entry("dc.read");
    let catalogue = here.permissions();
    let changes = here.changes();
    let adds = changes.iter().map(|change| catalogue.add(&entry, change));
    only_winner(join_all(adds).await, is_known);
    let changes = here.changes();
    let change = |change| catalogue.change(entry.clone(), change);
    only_winner(join_all(changes.iter().map(change)).await, is_stale);
    let found = catalogue.lookup(&entry.permission).await.unwrap();
    assert_eq!(found.map(|entry| entry.version), Some(2));
}
