//! The suite over one server, in whose database the cases meet.

use iam_storage_ports::Storage;

use crate::server::{Sqld, run};

iam_storage_conformance::storage_conformance!(with_storage);

fn with_storage(case: impl AsyncFnOnce(&dyn Storage)) {
    let server = Sqld::shared();
    run(async {
        let storage = server.storage();
        storage.migrate().await.unwrap();
        case(&storage).await;
    });
}

mod moving {
    use iam_storage_ports::{Storage, Transfer};

    use crate::server::{Sqld, run};

    iam_storage_conformance::transfer_conformance!(with_transfer);

    fn with_transfer(case: impl AsyncFnOnce(&dyn Storage, &dyn Transfer)) {
        let server = Sqld::shared();
        run(async {
            let storage = server.storage();
            storage.migrate().await.unwrap();
            case(&storage, &storage).await;
        });
    }
}
