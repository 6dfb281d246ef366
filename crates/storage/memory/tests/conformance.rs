//! The suite over the model itself.

mod database {
    use futures_util::FutureExt;
    use iam_storage_memory::MemoryStorage;
    use iam_storage_ports::Storage;

    iam_storage_conformance::storage_conformance!(with_storage);

    fn with_storage(case: impl AsyncFnOnce(&dyn Storage)) {
        let done = case(&MemoryStorage::new()).now_or_never();
        assert!(done.is_some(), "nothing in memory waits");
    }
}

mod values {
    use std::{cell::Cell, rc::Rc};

    use futures_util::{
        FutureExt,
        future::{LocalBoxFuture, ready},
    };
    use iam_model::Timestamp;
    use iam_storage_conformance::ephemeral::Wait;
    use iam_storage_memory::MemoryEphemeral;
    use iam_storage_ports::EphemeralStore;

    iam_storage_conformance::ephemeral_conformance!(with_store);

    fn with_store(case: impl AsyncFnOnce(&dyn EphemeralStore, &Wait)) {
        let now = Rc::new(Cell::new(Timestamp::default()));
        let clock = now.clone();
        let store = MemoryEphemeral::new(move || clock.get());
        let wait = move |duration| -> LocalBoxFuture<'static, ()> {
            now.set(now.get().plus(duration));
            ready(()).boxed_local()
        };
        let done = case(&store, &wait).now_or_never();
        assert!(done.is_some(), "nothing in memory waits");
    }
}
