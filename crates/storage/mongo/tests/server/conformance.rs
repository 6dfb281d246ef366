//! The suite, each case in a database of its own: `FerretDB` v1 reads all of a collection for every
//! query that is not for an `_id` alone.

use iam_storage_ports::Storage;

use crate::server::with_database;

iam_storage_conformance::storage_conformance!(with_storage);

fn with_storage(case: impl AsyncFnOnce(&dyn Storage)) {
    with_database(async |database| {
        let storage = database.storage();
        storage.migrate().await.unwrap();
        case(&storage).await;
    });
}

mod moving {
    use iam_storage_ports::{Storage, Transfer};

    use crate::server::with_database;

    iam_storage_conformance::transfer_conformance!(with_transfer);

    fn with_transfer(case: impl AsyncFnOnce(&dyn Storage, &dyn Transfer)) {
        with_database(async |database| {
            let storage = database.storage();
            storage.migrate().await.unwrap();
            case(&storage, &storage).await;
        });
    }
}
