//! Short-lived values.

use std::time::Duration;

use futures_util::future::{LocalBoxFuture, join_all};
use iam_storage_ports::{Count, Counter, Entry, EphemeralError, EphemeralStore};

use crate::fixture::random;

/// Lets this much time pass, for the store too.
pub type Wait = dyn Fn(Duration) -> LocalBoxFuture<'static, ()>;

/// Longer than any case takes.
const LONG: Duration = Duration::from_mins(1);

/// How many take or add at once.
const MANY: usize = 100;

/// The first increment starts a window, later ones do not lengthen it, and then it starts again.
pub async fn a_counter_counts_one_window(store: &dyn EphemeralStore, wait: &Wait) {
    let key = key();
    let window = Duration::from_secs(2);
    assert_eq!(store.increment(&key, window).await.unwrap(), 1);
    assert_eq!(store.increment(&key, LONG).await.unwrap(), 2);
    wait(Duration::from_millis(1200)).await;
    assert_eq!(store.increment(&key, window).await.unwrap(), 3);
    wait(Duration::from_millis(1200)).await;
    assert_eq!(store.increment(&key, window).await.unwrap(), 1);
}

/// A counter can be read, taken and put like any value.
pub async fn a_counter_is_a_value_too(store: &dyn EphemeralStore, _: &Wait) {
    let key = key();
    store.put(&key, "41", LONG).await.unwrap();
    assert_eq!(store.increment(&key, LONG).await.unwrap(), 42);
    let text = Some("42".to_owned());
    assert_eq!(store.lookup(&key).await.unwrap(), text);
    assert_eq!(store.take(&key).await.unwrap(), text);
    assert_eq!(store.increment(&key, LONG).await.unwrap(), 1);
}

/// Many counters are counted on and read at once; what is only read is not counted and not made.
pub async fn many_counters_are_asked_for_at_once(store: &dyn EphemeralStore, wait: &Wait) {
    let (counted, read, absent) = (key(), key(), key());
    store.put(&read, "7", LONG).await.unwrap();
    let counters = [
        counter(&counted, Some(LONG)),
        counter(&read, None),
        counter(&absent, None),
        counter(&counted, Some(LONG)),
    ];
    for round in 0..2 {
        let counts = store.count(&counters).await.unwrap();
        let values: Vec<_> = counts.iter().map(|count| count.value).collect();
        assert_eq!(values, [2 * round + 1, 7, 0, 2 * round + 2]);
        for alive in [counts[0], counts[1], counts[3]] {
            let left = alive.expires_in;
            assert!(left > Duration::ZERO && left <= LONG, "{left:?}");
        }
        assert_eq!(counts[2], Count::default());
    }
    assert_eq!(store.lookup(&absent).await.unwrap(), None);
    assert_eq!(store.count(&[]).await.unwrap(), []);
    let window = Duration::from_millis(100);
    let short = [counter(&absent, Some(window))];
    assert_eq!(store.count(&short).await.unwrap()[0].value, 1);
    wait(2 * window).await;
    assert_eq!(store.count(&short).await.unwrap()[0].value, 1);
}

/// What is no counter is neither counted nor read among counters.
pub async fn among_counters_a_value_that_is_none_is_an_error(store: &dyn EphemeralStore, _: &Wait) {
    let key = key();
    store.put(&key, "a", LONG).await.unwrap();
    for count in [None, Some(LONG)] {
        let outcome = store.count(&[counter(&key, count)]).await;
        assert!(
            matches!(outcome, Err(EphemeralError::Internal(_))),
            "{outcome:?}"
        );
    }
}

/// Some values go and others come, in one request.
pub async fn values_are_replaced_together(store: &dyn EphemeralStore, _: &Wait) {
    let (old, new, never) = (key(), key(), key());
    store.put(&old, "old", LONG).await.unwrap();
    let kept = |value: &str| Entry {
        key: new.clone(),
        value: value.to_owned(),
        ttl: LONG,
    };
    let removed = [old.clone(), never];
    for value in ["first", "second"] {
        store.replace(&removed, &[kept(value)]).await.unwrap();
        assert_eq!(store.lookup(&old).await.unwrap(), None);
        assert_eq!(store.lookup(&new).await.unwrap().as_deref(), Some(value));
    }
    store
        .replace(std::slice::from_ref(&new), &[])
        .await
        .unwrap();
    assert_eq!(store.lookup(&new).await.unwrap(), None);
    store.replace(&[], &[]).await.unwrap();
}

/// A store answers.
pub async fn a_store_answers(store: &dyn EphemeralStore, _: &Wait) {
    store.ping().await.unwrap();
}

/// A value is added where nothing is, and where something is it is left.
pub async fn a_value_is_added_once(store: &dyn EphemeralStore, _: &Wait) {
    let key = key();
    assert!(store.add(&key, "first", LONG).await.unwrap());
    assert!(!store.add(&key, "second", LONG).await.unwrap());
    assert_eq!(store.take(&key).await.unwrap().as_deref(), Some("first"));
    assert!(store.add(&key, "third", LONG).await.unwrap());
}

/// A value is put over whatever was there, and is read as often as one likes.
pub async fn a_value_is_put_over_another(store: &dyn EphemeralStore, _: &Wait) {
    let key = key();
    for value in ["first", "second"] {
        store.put(&key, value, LONG).await.unwrap();
        for _ in 0..2 {
            assert_eq!(store.lookup(&key).await.unwrap().as_deref(), Some(value));
        }
    }
}

/// Who takes a value leaves none.
pub async fn a_value_is_taken_once(store: &dyn EphemeralStore, _: &Wait) {
    let (key, other) = (key(), key());
    store.put(&key, "one", LONG).await.unwrap();
    store.put(&other, "other", LONG).await.unwrap();
    assert_eq!(store.take(&key).await.unwrap().as_deref(), Some("one"));
    assert_eq!(store.take(&key).await.unwrap(), None);
    assert_eq!(store.lookup(&key).await.unwrap(), None);
    assert_eq!(
        store.lookup(&other).await.unwrap().as_deref(),
        Some("other")
    );
}

/// What is not a number, or the greatest, cannot be counted on and is left as it is.
pub async fn a_value_that_is_no_counter_is_left_as_it_is(store: &dyn EphemeralStore, _: &Wait) {
    for value in ["a", "", "1.5", "9223372036854775807"] {
        let key = key();
        store.put(&key, value, LONG).await.unwrap();
        let outcome = store.increment(&key, LONG).await;
        assert!(
            matches!(outcome, Err(EphemeralError::Internal(_))),
            "{value:?} gave {outcome:?}"
        );
        assert_eq!(store.lookup(&key).await.unwrap().as_deref(), Some(value));
    }
}

/// Whatever keys and values hold, they come back byte by byte.
pub async fn any_key_and_value_are_kept_as_they_are(store: &dyn EphemeralStore, _: &Wait) {
    let long = "ö".repeat(100_000);
    for text in [
        "",
        "OK",
        "T0s=",
        "null",
        "0",
        "{\"result\":null}",
        "a b\r\nGET x\r\n",
        "' \" \\ / ? % \u{0} \u{7f}",
        "👩‍👩‍👧 𠀋 e\u{301}",
        &long,
    ] {
        let key = format!("{} {text}", key());
        store.put(&key, text, LONG).await.unwrap();
        assert_eq!(store.lookup(&key).await.unwrap().as_deref(), Some(text));
        assert_eq!(store.take(&key).await.unwrap().as_deref(), Some(text));
    }
}

/// Of many increments at once, none is lost.
pub async fn many_who_count_at_once_are_all_counted(store: &dyn EphemeralStore, _: &Wait) {
    let key = key();
    let counts = join_all((0..MANY).map(|_| store.increment(&key, LONG))).await;
    let mut counts: Vec<_> = counts.into_iter().map(Result::unwrap).collect();
    counts.sort_unstable();
    assert!(counts.into_iter().eq(1..=100), "each count is given once");
}

/// Of many who add one key at once, one succeeds.
pub async fn of_many_who_add_one_key_one_succeeds(store: &dyn EphemeralStore, _: &Wait) {
    let key = key();
    let values: Vec<_> = (0..MANY).map(|n| n.to_string()).collect();
    let added = join_all(values.iter().map(|value| store.add(&key, value, LONG))).await;
    let winners = values.into_iter().zip(added);
    let winners: Vec<_> = winners
        .filter(|(_, added)| *added.as_ref().unwrap())
        .collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(
        store.lookup(&key).await.unwrap().as_ref(),
        Some(&winners[0].0)
    );
}

/// Of many who take one value at once, one gets it.
pub async fn of_many_who_take_one_value_one_gets_it(store: &dyn EphemeralStore, _: &Wait) {
    let key = key();
    store.put(&key, "once", LONG).await.unwrap();
    let taken = join_all((0..MANY).map(|_| store.take(&key))).await;
    let taken: Vec<_> = taken.into_iter().filter_map(Result::unwrap).collect();
    assert_eq!(taken, ["once"]);
}

/// What was never there is absent, and so is what has a key much like it.
pub async fn what_is_not_there_is_absent(store: &dyn EphemeralStore, _: &Wait) {
    let key = key();
    store.put(&key, "value", LONG).await.unwrap();
    for other in [format!("{key} "), key.to_uppercase(), key[1..].to_owned()] {
        assert_eq!(store.lookup(&other).await.unwrap(), None);
        assert_eq!(store.take(&other).await.unwrap(), None);
    }
}

/// What is put over another value has the time to live that it was given itself.
pub async fn what_is_put_over_another_lives_its_own_time(store: &dyn EphemeralStore, wait: &Wait) {
    let (longer, shorter) = (key(), key());
    let short = Duration::from_millis(100);
    store.put(&longer, "short", short).await.unwrap();
    store.put(&longer, "long", LONG).await.unwrap();
    store.put(&shorter, "long", LONG).await.unwrap();
    store.put(&shorter, "short", short).await.unwrap();
    wait(2 * short).await;
    assert_eq!(
        store.lookup(&longer).await.unwrap().as_deref(),
        Some("long")
    );
    assert_eq!(store.lookup(&shorter).await.unwrap(), None);
}

/// What is older than its time to live is gone: it cannot be read, taken or counted on, and its
/// key is free.
pub async fn what_is_too_old_is_gone(store: &dyn EphemeralStore, wait: &Wait) {
    let (read, taken, added, counted) = (key(), key(), key(), key());
    let short = Duration::from_millis(100);
    for key in [&read, &taken, &added, &counted] {
        store.put(key, "7", short).await.unwrap();
    }
    let instant = key();
    store.put(&instant, "gone", Duration::ZERO).await.unwrap();
    wait(2 * short).await;
    assert_eq!(store.lookup(&read).await.unwrap(), None);
    assert_eq!(store.take(&taken).await.unwrap(), None);
    assert!(store.add(&added, "8", LONG).await.unwrap());
    assert_eq!(store.increment(&counted, LONG).await.unwrap(), 1);
    assert_eq!(store.lookup(&instant).await.unwrap(), None);
}

fn counter(key: &str, count: Option<Duration>) -> Counter {
    Counter {
        key: key.to_owned(),
        count,
    }
}

/// A key that no other case has.
fn key() -> String {
    format!("conformance:{:016x}", random())
}
