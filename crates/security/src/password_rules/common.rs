//! Passwords that attackers try first (NIST SP 800-63B-4 §3.1.1.2: "commonly used, expected, or
//! compromised").

/// Sorted by bytes, in NFKC and lower case. Where they come from: `README.md` beside it.
const COMMON: &str = include_str!("common_passwords.txt");

/// Whether `folded`, in NFKC and lower case, is one of them. The list is searched as it lies there:
/// nothing is built for a check that is made once per new password.
pub(super) fn is_common(folded: &str) -> bool {
    let mut rest = COMMON;
    while !rest.is_empty() {
        let (before, line, after) = middle(rest);
        match folded.cmp(line) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => rest = before,
            std::cmp::Ordering::Greater => rest = after,
        }
    }
    false
}

/// The line in the middle of `text`, and what is before and after it.
fn middle(text: &str) -> (&str, &str, &str) {
    let at = text.floor_char_boundary(text.len() / 2);
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let (before, rest) = text.split_at(start);
    let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
    (before, line, after)
}

#[cfg(test)]
mod tests {
    use super::{COMMON, is_common};

    #[test]
    fn the_list_is_sorted_and_each_of_it_is_found() {
        let lines: Vec<_> = COMMON.lines().collect();
        assert!(lines.is_sorted() && lines.len() > 20_000);
        assert!(lines.iter().all(|line| is_common(line)));
        assert!(lines.iter().all(|line| line.chars().count() >= 8));
    }

    #[test]
    fn what_is_not_on_the_list_is_not_found() {
        for other in [
            "",
            "\n",
            "passwor",
            "password\n",
            "zzzzzzzzzzzzzzzzz",
            "\u{10ffff}",
        ] {
            assert!(!is_common(other), "{other:?}");
        }
    }
}
