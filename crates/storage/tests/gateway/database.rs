//! The database: a libSQL file behind Hrana 3.

use futures_util::future::join_all;
use iam_config::StoreUrl;
use iam_storage::open;
use iam_storage_ports::{Storage, StorageError};

use crate::gateway::{Folder, TOKEN, platform, serve};

iam_storage_conformance::storage_conformance!(with_storage);

fn with_storage(case: impl AsyncFnOnce(&dyn Storage)) {
    serve(&Folder::new(), async |authority| {
        let storage = open(platform(), &url(authority, TOKEN)).unwrap();
        storage.migrate().await.unwrap();
        case(&*storage).await;
    });
}

#[test]
fn a_new_file_has_no_schema_and_programs_that_migrate_it_at_once_all_succeed() {
    serve(&Folder::new(), async |authority| {
        let program = || open(platform(), &url(authority, TOKEN)).unwrap();
        assert!(matches!(program().ping().await, Err(StorageError::Schema)));
        let programs: Vec<_> = (0..8).map(|_| program()).collect();
        for outcome in join_all(programs.iter().map(|program| program.migrate())).await {
            outcome.unwrap();
        }
        program().ping().await.unwrap();
    });
}

#[test]
fn what_is_stored_is_there_when_the_gateway_comes_back() {
    let folder = Folder::new();
    serve(&folder, async |authority| {
        let storage = open(platform(), &url(authority, TOKEN)).unwrap();
        storage.migrate().await.unwrap();
    });
    serve(&folder, async |authority| {
        let storage = open(platform(), &url(authority, TOKEN)).unwrap();
        storage.ping().await.unwrap();
    });
}

#[test]
fn who_shows_another_token_gets_nothing() {
    serve(&Folder::new(), async |authority| {
        let storage = open(platform(), &url(authority, "hunter2")).unwrap();
        let Err(StorageError::Internal(text)) = storage.migrate().await else {
            panic!("let in");
        };
        assert!(text.contains("401") && !text.contains("hunter2"), "{text}");
    });
}

fn url(authority: &str, token: &str) -> StoreUrl {
    let url = format!("libsql+http://{authority}");
    let lookup = |name: &str| match name {
        "database_url" => Some(url.clone()),
        _ => Some(token.to_owned()),
    };
    StoreUrl::database(&lookup).unwrap()
}
