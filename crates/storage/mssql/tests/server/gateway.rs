//! A gateway in front of one server.

use std::{collections::BTreeMap, future::pending, net::Ipv4Addr, rc::Rc};

use iam_config::Endpoint;
use iam_gateway::{Gateway, GatewaySettings};
use iam_host_native::NativePlatform;
use iam_storage_mssql::SqlServerTransport;
use tokio::select;

/// Runs `test` to its end.
pub(crate) fn block_on(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(test);
}

/// Runs `test` with ways to the database at `target`.
pub(crate) async fn with(target: &str, test: impl AsyncFnOnce(&dyn Fn() -> SqlServerTransport)) {
    serve(target, async |endpoint| {
        let platform = Rc::new(NativePlatform::new(BTreeMap::new()));
        let transport = || {
            let database = "default".to_owned();
            SqlServerTransport::new(platform.clone(), endpoint, database, None)
        };
        test(&transport).await;
    })
    .await;
}

/// Runs `test` with a gateway that calls the database at `target` the default one.
pub(crate) async fn serve(target: &str, test: impl AsyncFnOnce(&Endpoint)) {
    let settings = GatewaySettings {
        targets: BTreeMap::from([("default".to_owned(), target.parse().unwrap())]),
        ..GatewaySettings::at((Ipv4Addr::LOCALHOST, 0).into())
    };
    let gateway = Gateway::bind(settings).await.unwrap();
    let endpoint = Endpoint::parse(&format!("http://{}", gateway.local_addr())).unwrap();
    select! {
        _ = gateway.serve(pending()) => panic!("the gateway stops by itself"),
        () = test(&endpoint) => {}
    }
}
