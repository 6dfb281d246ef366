//! What cases end with.

use iam_storage_ports::StorageError;

/// Asserts that a result is the error of this name.
macro_rules! assert_error {
    ($result:expr, $variant:ident) => {
        match $result {
            Err(iam_storage_ports::StorageError::$variant) => {}
            other => panic!("{} gave {other:?}", stringify!($result)),
        }
    };
}
pub(crate) use assert_error;

/// The place of the one success among these outcomes, of which all others should be `expected`.
pub(crate) fn only_winner<T>(
    outcomes: Vec<Result<T, StorageError>>,
    expected: fn(&StorageError) -> bool,
) -> usize {
    let mut winners = Vec::new();
    for (place, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(_) => winners.push(place),
            Err(error) => assert!(expected(&error), "a loser got {error:?}"),
        }
    }
    assert_eq!(winners.len(), 1, "how many won");
    winners[0]
}

pub(crate) const fn is_known(error: &StorageError) -> bool {
    matches!(error, StorageError::AlreadyExists)
}

pub(crate) const fn is_stale(error: &StorageError) -> bool {
    matches!(error, StorageError::Stale)
}
