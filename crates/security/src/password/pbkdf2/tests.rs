use super::{Foreign, Pbkdf2};
use crate::{HashKind, UnknownHash, recognize};

#[track_caller]
fn check(text: &str, right: &str) {
    let hash = Pbkdf2::parse(text).unwrap();
    assert!(hash.matches(right.as_bytes()), "{text}");
    assert!(!hash.matches(b"wrong"), "{text}");
}

#[test]
fn the_vectors_of_rfc_6070_hold() {
    check(
        "$pbkdf2-sha1$i=1,l=20$c2FsdA$DGDID5YfDnHzqbUkr2ASBi/gN6Y",
        "password",
    );
    check(
        "$pbkdf2-sha1$i=2,l=20$c2FsdA$6mwBTcctb4zNHtkqzh1B8NjeiVc",
        "password",
    );
    check(
        "$pbkdf2-sha1$i=4096,l=20$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE",
        "password",
    );
    check(
        "$pbkdf2-sha1$i=4096,l=25$c2FsdFNBTFRzYWx0U0FMVHNhbHRTQUxUc2FsdFNBTFRzYWx0$\
         PS7sT+QchJuAyNg2YsDkSospGpZM8vBwOA",
        "passwordPASSWORDpassword",
    );
    check(
        "$pbkdf2-sha1$i=4096,l=16$c2EAbHQ$Vvpqp1VICZ3MN9fwNCXgww",
        "pass\0word",
    );
}

#[test]
fn the_vector_of_rfc_7914_section_11_holds() {
    check(
        "$pbkdf2-sha256$i=1,l=64$c2FsdA$\
         VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLxJypzM8Xm2RZkWZLOdd+8xfHG4RbHjC9UJESBB06GXgw",
        "passwd",
    );
}

// Made with Python's hashlib.
#[test]
fn sha_512_is_verified_and_the_length_may_be_left_out() {
    check(
        "$pbkdf2-sha512$i=4096$c2FsdA$\
         0Zexsz2wFD4BixLz0dFHnmzevcyXxcD4f2kC4HL0V7UUPzBgJkGz1VzTNZiMs2uEN2Bg7NUy4Dm3QqI5Q0ry1Q",
        "password",
    );
}

#[test]
fn hashes_of_passlib_are_verified() {
    check(
        "$pbkdf2-sha256$1000$....//vvvv/7777/..../w$tMUp6rzjvPd3nR7RGeSqWblsJimXrP0LQ5e6nFM6t9Y",
        "password",
    );
    check(
        "$pbkdf2-sha512$1000$....//vvvv/7777/..../w$\
         pyLxbsfmqiFc5PfZ5IH5MepMFhZk6NOx2yfX2jNN7APadpOQYQ6FgWNbghAZpolTHhYG0a/kmxEFyOl8QZHnXw",
        "password",
    );
    check(
        "$pbkdf2$1000$....//vvvv/7777/..../w$Cuu8QARSXlKd0xT18y7SJNxc3uQ",
        "password",
    );
}

#[test]
fn hashes_of_django_are_verified() {
    check(
        "pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=",
        "l\u{e8}tmein",
    );
    check(
        "pbkdf2_sha1$1000$seasalt$ljleU4wBmTtz/MoG5YTwxpM0d7I=",
        "l\u{e8}tmein",
    );
}

#[test]
fn a_damaged_hash_is_refused() {
    for bad in [
        "$pbkdf2-sha256",
        "pbkdf2_sha256$1000$seasalt",
        "$pbkdf2-sha1$i=0,l=20$c2FsdA$DGDID5YfDnHzqbUkr2ASBi/gN6Y",
        "$pbkdf2-sha1$i=1,l=21$c2FsdA$DGDID5YfDnHzqbUkr2ASBi/gN6Y",
        "$pbkdf2-sha1$i=1,l=4294967295$c2FsdA$DGDID5YfDnHzqbUkr2ASBi/gN6Y",
        "$pbkdf2-sha1$i=1,k=20$c2FsdA$DGDID5YfDnHzqbUkr2ASBi/gN6Y",
        "$pbkdf2-sha1$+1$c2FsdA$DGDID5YfDnHzqbUkr2ASBi/gN6Y",
        "$pbkdf2-sha1$1$c2*sdA$DGDID5YfDnHzqbUkr2ASBi/gN6Y",
        "$pbkdf2-sha1$1$c2FsdA$DGDID5YfDnHzqbUkr2AS",
        "$pbkdf2-sha1$1$c2FsdA$",
        "$pbkdf2-sha1$1$c2FsdA$DGDID5YfDnHzqbUkr2ASBi/gN6Y$",
    ] {
        let refused = recognize(bad).unwrap_err();
        let kind = HashKind::Pbkdf2;
        assert!(
            matches!(refused, UnknownHash::Malformed { kind: k, .. } if k == kind),
            "{bad}: {refused}"
        );
    }
}

#[test]
fn a_cost_that_could_take_the_server_down_is_refused() {
    let of = |iterations: u32, bytes: usize| {
        let hash = "A".repeat(bytes * 4 / 3);
        recognize(&format!("$pbkdf2-sha256${iterations}$c2FsdA${hash}"))
    };
    assert!(of(2_000_000, 30).is_ok());
    assert!(of(25_000, 510).is_ok());
    for (iterations, bytes) in [
        (2_000_001, 30),
        (1_000_001, 33),
        (125_001, 510),
        (u32::MAX, 30),
    ] {
        let told = of(iterations, bytes).unwrap_err().to_string();
        assert!(
            told.contains("PBKDF2") && told.contains("2,000,000"),
            "{told}"
        );
    }
}
