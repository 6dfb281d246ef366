//! A gateway in this process, with a folder for its file.

use std::{
    collections::BTreeMap,
    fs,
    future::pending,
    hash::{BuildHasher, Hasher, RandomState},
    path::{Path, PathBuf},
    rc::Rc,
};

use iam_gateway::{Gateway, GatewaySettings, RedisTarget};
use iam_host_native::NativePlatform;
use iam_model::Secret;
use iam_platform::Platform;

/// What a gateway of ours wants to see.
pub(crate) const TOKEN: &str = "t0ken";

/// A folder for a database, gone with the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let id = RandomState::new().build_hasher().finish();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("gateway-{id:016x}"));
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} is left behind: {error}", self.0.display());
        }
    }
}

/// Runs `test` to its end, with `host:port` of a gateway over the database in `folder` and over
/// memory.
pub(crate) fn serve(folder: &Folder, test: impl AsyncFnOnce(&str)) {
    let settings = GatewaySettings {
        database: Some(folder.0.join("iam.db")),
        redis: Some(RedisTarget::Memory),
        ..settings()
    };
    run(settings, test);
}

/// A gateway that has nothing behind it.
pub(crate) fn settings() -> GatewaySettings {
    GatewaySettings {
        token: Some(Secret::new(TOKEN.to_owned())),
        ..GatewaySettings::at(([127, 0, 0, 1], 0).into())
    }
}

/// Runs `test` to its end, with `host:port` of a gateway with these `settings`.
pub(crate) fn run(settings: GatewaySettings, test: impl AsyncFnOnce(&str)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let gateway = Gateway::bind(settings).await.unwrap();
        let authority = gateway.local_addr().to_string();
        tokio::select! {
            _ = gateway.serve(pending()) => panic!("the gateway stops by itself"),
            () = test(&authority) => {}
        }
    });
}

/// A host that reaches it.
pub(crate) fn platform() -> Rc<dyn Platform> {
    Rc::new(NativePlatform::new(BTreeMap::new()))
}
