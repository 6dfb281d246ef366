use regorus::Value;

use super::{pattern, text};

/// `glob.match(pattern, delimiters, value)`. No delimiters stand for `.`, and null for none at all.
pub(super) fn matches(args: &[Value]) -> Option<Value> {
    let (glob, value) = (text(args, 0)?, text(args, 2)?);
    let delimiters = match args.get(1)? {
        Value::Null => String::new(),
        list => delimiters(list)?,
    };
    let regex = pattern::compile(&to_regex(glob, &delimiters)?, value)?;
    Some(Value::from(regex.is_match(value)))
}

fn delimiters(list: &Value) -> Option<String> {
    let list = list.as_array().ok()?;
    let mut all = String::new();
    for delimiter in list {
        all.push_str(delimiter.as_string().ok()?);
    }
    Some(if list.is_empty() { ".".to_owned() } else { all })
}

/// The glob as a regular expression; `None` if a bracket in it is not closed.
fn to_regex(glob: &str, delimiters: &str) -> Option<String> {
    let single = match delimiters {
        "" => ".".to_owned(),
        some => format!("[^{}]", escape(some)),
    };
    let mut regex = "^(?s:".to_owned();
    let mut alternatives = 0;
    let mut chars = glob.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.next_if_eq(&'*').is_some() => regex.push_str(".*"),
            '*' => regex.extend([&single, "*"]),
            '?' => regex.push_str(&single),
            '[' => regex.push_str(&class(&mut chars)?),
            '{' => {
                alternatives += 1;
                regex.push_str("(?:");
            }
            '}' if alternatives > 0 => {
                alternatives -= 1;
                regex.push(')');
            }
            ',' if alternatives > 0 => regex.push('|'),
            '\\' => regex.push_str(&escape(chars.next()?.encode_utf8(&mut [0; 4]))),
            c => regex.push_str(&escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    (alternatives == 0).then(|| regex + ")$")
}

/// A class such as `[abc]`, `[a-z]` or `[!a]`, from behind its first bracket.
fn class(chars: &mut impl Iterator<Item = char>) -> Option<String> {
    let text: String = {
        let mut closed = false;
        let text = chars.take_while(|c| {
            closed = *c == ']';
            !closed
        });
        let text = text.collect();
        closed.then_some(text)?
    };
    let (not, members) = match text.strip_prefix('!') {
        Some(members) => ("^", members),
        None => ("", &*text),
    };
    // A dash between two members is a range in both languages.
    let members = escape(members).replace("\\-", "-");
    (!members.is_empty()).then(|| format!("[{not}{members}]"))
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use regorus::Value;

    fn glob(pattern: &str, delimiters: Option<&[&str]>, value: &str) -> Option<bool> {
        let list = |all: &[&str]| all.iter().map(|d| Value::from(*d)).collect::<Vec<_>>();
        let delimiters = delimiters.map_or(Value::Null, |all| Value::from(list(all)));
        let value = super::matches(&[Value::from(pattern), delimiters, Value::from(value)])?;
        value.as_bool().ok().copied()
    }

    #[test]
    fn a_glob_matches_as_the_reference_of_opa_says() {
        // The table of https://www.openpolicyagent.org/docs/policy-reference/builtins/glob
        for (pattern, delimiters, value, expected) in [
            ("*.github.com", Some(&[][..]), "api.github.com", true),
            ("*.github.com", Some(&[]), "api.cdn.github.com", false),
            ("*hub.com", None, "api.cdn.github.com", true),
            ("*:github:com", Some(&[":"]), "api:github:com", true),
            ("api.**.com", Some(&["."]), "api.github.com", true),
            ("api.**.com", Some(&["."]), "api.cdn.github.com", true),
            ("?at", Some(&[]), "cat", true),
            ("?at", Some(&[]), "at", false),
            ("[abc]at", Some(&[]), "bat", true),
            ("[abc]at", Some(&[]), "lat", false),
            ("[!abc]at", Some(&[]), "lat", true),
            ("[a-c]at", Some(&[]), "cat", true),
            ("[!a-c]at", Some(&[]), "cat", false),
            ("{cat,bat,[fr]at}", Some(&[]), "rat", true),
            ("{cat,bat,[fr]at}", Some(&[]), "at", false),
            ("a\\*b", Some(&[]), "a*b", true),
            ("a(b)+", Some(&[]), "a(b)+", true),
        ] {
            let found = glob(pattern, delimiters, value);
            assert_eq!(found, Some(expected), "{pattern} {value}");
        }
        assert_eq!(glob("[a", None, "a"), None);
        assert_eq!(glob("{a", None, "a"), None);
    }
}
