//! Passwords that are one short thing over and over, or keys in a row.

/// Rows of a keyboard, beside which digits and letters have their own order.
const ROWS: [&str; 5] = [
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
];

/// The most rows of neighbours that a password consists of and is still a sequence: `abcdefgh1234`
/// is two.
const MAX_RUNS: usize = 3;

/// How many characters the thing has that `text` consists of, the last time perhaps in part; `None`
/// if it is no repetition.
pub(super) fn repeated(text: &str) -> Option<usize> {
    let chars: Vec<_> = text.chars().collect();
    let repeats = |period: &usize| chars.iter().zip(&chars[*period..]).all(|(a, b)| a == b);
    // Only what is there twice at least is repeated.
    (1..=chars.len() / 2).find(repeats)
}

/// Whether `text`, in lower case, consists of a few rows of neighbours, such as `12345678` or
/// `aaaa`.
pub(super) fn is_sequence(text: &str) -> bool {
    let chars: Vec<_> = text.chars().collect();
    let mut runs = 0;
    let mut rest = &chars[..];
    while !rest.is_empty() {
        runs += 1;
        rest = &rest[run(rest)..];
    }
    runs <= MAX_RUNS
}

/// How many of the first characters go on in one direction; one at least.
fn run(chars: &[char]) -> usize {
    let steps = |direction| {
        let pairs = chars.windows(2);
        1 + pairs
            .take_while(|pair| follows(pair[0], pair[1], direction))
            .count()
    };
    [-1, 0, 1].into_iter().map(steps).max().unwrap_or(1)
}

fn follows(a: char, b: char, direction: i32) -> bool {
    if direction == 0 {
        return a == b;
    }
    let (first, next) = if direction > 0 { (a, b) } else { (b, a) };
    let ordered = first.is_alphanumeric() && u32::from(next) == u32::from(first) + 1;
    // After the 9 comes the 0, as on a keyboard.
    let neighbours = |row: &str| row.contains(&*String::from_iter([first, next]));
    ordered || (first, next) == ('9', '0') || ROWS.iter().any(|row| neighbours(row))
}

#[cfg(test)]
mod tests {
    use super::{is_sequence, repeated};

    #[test]
    fn what_is_repeated_counts_once() {
        for (text, left) in [
            ("aaaaaaaaaaaaaaa", Some(1)),
            ("abcabcabcabcabca", Some(3)),
            ("passwordpassword", Some(8)),
            ("passwordpasswor", None),
            ("correct horse battery", None),
            ("", None),
            ("ü", None),
        ] {
            assert_eq!(repeated(text), left, "{text}");
        }
    }

    #[test]
    fn keys_in_a_row_are_a_sequence() {
        for text in [
            "123456789012345",
            "abcdefghijklmnop",
            "987654321zyxwvu",
            "qwertyuiopasdfghjkl",
            "aaaaaaaa11111111",
            "poiuytrewq",
        ] {
            assert!(is_sequence(text), "{text}");
        }
        for text in [
            "correct horse battery",
            "abcd1234 is not all",
            "qw12er34ty56",
        ] {
            assert!(!is_sequence(text), "{text}");
        }
    }
}
