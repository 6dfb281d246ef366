use std::{cell::Cell, panic, sync::Once};

thread_local! {
    static PANICS: Cell<usize> = const { Cell::new(0) };
}

/// How many panics there were on this thread since the first call: also those that a runtime keeps
/// to itself, because they ended a task that nobody waits for.
pub(crate) fn panics() -> usize {
    static COUNTED: Once = Once::new();
    COUNTED.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANICS.set(PANICS.get() + 1);
            hook(info);
        }));
    });
    PANICS.get()
}
