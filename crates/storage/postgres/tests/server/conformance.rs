//! The suite over one server, in whose database the cases meet.

use iam_storage_ports::Storage;
use iam_storage_sql::SqlStorage;

use crate::server::Postgres;

iam_storage_conformance::storage_conformance!(with_storage);

fn with_storage(case: impl AsyncFnOnce(&dyn Storage)) {
    Postgres::shared().with("iam", async |transport| {
        let storage = SqlStorage::new(transport());
        storage.migrate().await.unwrap();
        case(&storage).await;
    });
}

mod moving {
    use iam_storage_ports::{Storage, Transfer};
    use iam_storage_sql::SqlStorage;

    use crate::server::Postgres;

    iam_storage_conformance::transfer_conformance!(with_transfer);

    fn with_transfer(case: impl AsyncFnOnce(&dyn Storage, &dyn Transfer)) {
        Postgres::shared().with("iam", async |transport| {
            let storage = SqlStorage::new(transport());
            storage.migrate().await.unwrap();
            case(&storage, &storage).await;
        });
    }
}
