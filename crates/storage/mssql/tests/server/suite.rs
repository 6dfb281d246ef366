//! The suite over the stand-in, which ends a statement with a deadlock now and then.

use iam_storage_ports::Storage;
use iam_storage_sql::SqlStorage;

use crate::{
    gateway::{block_on, with},
    golden,
    stand_in::StandIn,
};

iam_storage_conformance::storage_conformance!(with_storage);

fn with_storage(case: impl AsyncFnOnce(&dyn Storage)) {
    block_on(async {
        let server = StandIn::new(false);
        with(&server.listen().await, async |transport| {
            let storage = SqlStorage::new(transport());
            storage.migrate().await.unwrap();
            server.deadlock_every(17);
            case(&storage).await;
        })
        .await;
        golden::check(&server.told());
    });
}

mod moving {
    use iam_storage_ports::{Storage, Transfer};
    use iam_storage_sql::SqlStorage;

    use crate::{
        gateway::{block_on, with},
        golden,
        stand_in::StandIn,
    };

    iam_storage_conformance::transfer_conformance!(with_transfer);

    fn with_transfer(case: impl AsyncFnOnce(&dyn Storage, &dyn Transfer)) {
        block_on(async {
            let server = StandIn::new(false);
            with(&server.listen().await, async |transport| {
                let storage = SqlStorage::new(transport());
                storage.migrate().await.unwrap();
                case(&storage, &storage).await;
            })
            .await;
            golden::check(&server.told());
        });
    }
}
