//! Databases for commands that work on them.

use std::{future::pending, path::Path, rc::Rc};

use iam_config::StoreUrl;
use iam_gateway::{Gateway, GatewaySettings};
use iam_host_native::NativePlatform;
use iam_storage::{open, open_transfer};
use iam_storage_conformance::fill;
use iam_storage_ports::{Cell, Record, Storage, TABLES, Table, Transfer};
use tokio::{runtime, select};

/// Runs `test` with what is in a libSQL file, which is made and migrated if it is not there.
pub(crate) fn with(file: &Path, test: impl AsyncFnOnce(&dyn Storage, &dyn Transfer)) {
    let settings = GatewaySettings {
        database: Some(file.to_owned()),
        ..GatewaySettings::at(([127, 0, 0, 1], 0).into())
    };
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(async {
        let gateway = Gateway::bind(settings).await.unwrap();
        let url = format!("libsql+http://{}", gateway.local_addr());
        let lookup = |name: &str| (name == "database_url").then(|| url.clone());
        let url = StoreUrl::database(&lookup).unwrap();
        let platform = Rc::new(NativePlatform::default());
        let storage = open(platform.clone(), &url).unwrap();
        let transfer = open_transfer(platform, &url).unwrap();
        let test = async {
            storage.migrate().await.unwrap();
            test(&*storage, &*transfer).await;
        };
        select! {
            _ = gateway.serve(pending()) => panic!("the gateway stops by itself"),
            () = test => {}
        }
    });
}

/// A file with something of everything in it, and so many rows more.
pub(crate) fn filled(file: &Path, more: usize) {
    with(file, async |storage, transfer| {
        fill(storage).await;
        let table = table("permissions");
        let row = transfer.export(table, None, 1).await.unwrap().remove(0);
        let rows: Vec<_> = (0..more)
            .map(|number| {
                let mut cells = row.cells().to_vec();
                cells[1] = Cell::Text(format!("more.{number}"));
                Record::new(table, cells).unwrap()
            })
            .collect();
        for rows in rows.chunks(1_000) {
            transfer.import(table, rows).await.unwrap();
        }
    });
}

pub(crate) fn table(name: &str) -> &'static Table {
    TABLES.iter().find(|table| table.name == name).unwrap()
}
