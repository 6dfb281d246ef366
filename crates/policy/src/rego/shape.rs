//! What is wrong with a source before it is parsed. The parser tries a literal in brackets as a
//! comprehension first and then once more, so that its time doubles with each level, and it
//! recurses into chains of operators. Neither is bounded by the limits of an evaluation.

use super::{Diagnostic, PolicyError};

/// The most bytes of a source.
const MAX_BYTES: usize = 64 << 10;
/// The most tokens that may have to be read again.
const MAX_REREAD: u64 = 32 << 10;
/// The most operators and selectors in one expression.
const MAX_CHAIN: u32 = 200;

/// Refuses a source that would take long to parse.
pub(super) fn check(source: &str) -> Result<(), PolicyError> {
    if source.len() > MAX_BYTES {
        let message = format!("a policy has at most {MAX_BYTES} bytes");
        return Err(PolicyError::Source(Diagnostic::of_all(message)));
    }
    let mut shape = Shape::default();
    for token in Tokens::new(source) {
        if let Err(message) = shape.take(&token) {
            let diagnostic = Diagnostic::at(token.line, token.column, message);
            return Err(PolicyError::Source(diagnostic));
        }
    }
    Ok(())
}

/// A word, a string, or one character of anything else.
struct Token<'a> {
    text: &'a str,
    line: u32,
    column: u32,
    /// Whether it is the first of its line.
    leads: bool,
}

struct Tokens<'a> {
    rest: &'a str,
    line: u32,
    column: u32,
    leads: bool,
}

impl<'a> Tokens<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            rest: source,
            line: 1,
            column: 1,
            leads: true,
        }
    }

    fn skip(&mut self, bytes: usize) -> &'a str {
        let (text, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        for c in text.chars() {
            if c == '\n' {
                self.line += 1;
                self.column = 1;
                self.leads = true;
            } else {
                self.column += 1;
            }
        }
        text
    }

    fn skip_blanks(&mut self) {
        loop {
            let blanks = self.rest.len() - self.rest.trim_start().len();
            self.skip(blanks);
            if !self.rest.starts_with('#') {
                return;
            }
            let comment = self.rest.find('\n').unwrap_or(self.rest.len());
            self.skip(comment);
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_blanks();
        let first = self.rest.chars().next()?;
        let (line, column, leads) = (self.line, self.column, self.leads);
        let bytes = match first {
            '"' | '`' => string(self.rest, first),
            c if is_word(c) => self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len()),
            c => c.len_utf8(),
        };
        let text = self.skip(bytes);
        self.leads = false;
        Some(Token {
            text,
            line,
            column,
            leads,
        })
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the string that `text` begins with, or of the rest of an unfinished one.
fn string(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A bracket that is open.
#[derive(Clone, Copy, Default)]
struct Level {
    /// How often what stands in it is read, beyond the first time.
    again: u64,
    /// Whether the first element goes on, for which that doubles with the next bracket.
    first: bool,
    /// How long the chain was where it opened.
    chain: u32,
}

#[derive(Default)]
struct Shape {
    levels: Vec<Level>,
    reread: u64,
    /// The operators and selectors around this place.
    chain: u32,
    /// Whether the last token was an operator, so that the expression goes on in the next line.
    open: bool,
    /// Whether the last token ended a term, so that a bracket after it is a selector.
    term: bool,
}

impl Shape {
    fn take(&mut self, token: &Token<'_>) -> Result<(), &'static str> {
        let first = token.text.chars().next().unwrap_or_default();
        let operator = "+-*/%&|<>=!.".contains(first) || token.text == "in";
        let top = self.levels.last().copied().unwrap_or_default();
        self.reread += top.again;
        let continues = self.open || operator || first == '[';
        if ",;".contains(first) || (token.leads && !continues) {
            self.chain = top.chain;
        }
        if operator || (first == '[' && self.term) {
            self.chain += 1;
        }
        match first {
            '[' | '{' | '(' => self.open_bracket(first, top),
            ']' | '}' | ')' => self.chain = self.levels.pop().unwrap_or_default().chain,
            ',' | ';' | '|' | '=' | '<' | '>' | '+' | '*' | '/' | '&' | '%' => self.end_first(),
            _ => {}
        }
        self.open = operator;
        self.term = is_word(first) || "])}\"`".contains(first);
        match () {
            () if self.reread > MAX_REREAD => Err("literals are nested too deep"),
            () if self.chain > MAX_CHAIN => Err("an expression has too many operators"),
            () => Ok(()),
        }
    }

    fn open_bracket(&mut self, bracket: char, top: Level) {
        let literal = bracket != '(' && !self.term;
        let doubles = literal && (top.first || self.levels.is_empty());
        let again = if doubles {
            top.again * 2 + 1
        } else {
            top.again
        };
        self.levels.push(Level {
            // No more than it takes to be refused: it must not overflow.
            again: again.min(MAX_REREAD + 1),
            first: literal || top.first,
            chain: self.chain,
        });
    }

    /// What comes after the first element is read no more often than the bracket itself.
    fn end_first(&mut self) {
        if let Some(top) = self.levels.last_mut() {
            top.first = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[track_caller]
    fn refused(source: &str, why: &str) {
        let error = check(source).expect_err("must be refused").to_string();
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn what_would_take_long_to_parse_is_refused() {
        let nested = |open: &str, close: &str| {
            let (open, close) = (open.repeat(20), close.repeat(20));
            format!("package iam.policy\na := {open}1{close}\n")
        };
        refused(&nested("[", "]"), "nested too deep");
        refused(&nested("{", "}"), "nested too deep");
        refused(&nested("([", "])"), "nested too deep");
        refused(&nested("f([", "])"), "nested too deep");
        refused(&nested("[x[", "]]"), "nested too deep");
        refused(&nested(r#"{"a": "#, "}"), "nested too deep");
        let many = "a := [[[[[[[[1]]]]]]]]\n".repeat(2500);
        refused(&many, "nested too deep");
    }

    #[test]
    fn a_long_chain_of_operators_is_refused() {
        refused(&format!("a := 1{}", "\n + 1".repeat(1000)), "operators");
        refused(&format!("a := 1{}", " +\n1".repeat(1000)), "operators");
        refused(&format!("a := x{}", "[\n0]".repeat(1000)), "operators");
        refused(&format!("a := x{}", "\n.b".repeat(1000)), "operators");
        refused(&format!("a := x{}", "\nin x".repeat(1000)), "operators");
    }

    #[test]
    fn a_source_has_a_size() {
        refused(&"# \n".repeat(30_000), "bytes");
    }

    #[test]
    fn a_place_is_a_line_and_a_column() {
        let error = check(&format!("# [[[\na := \"[\\\"[\" {}", "[".repeat(40))).unwrap_err();
        assert!(error.to_string().starts_with("line 2, column "), "{error}");
    }

    #[test]
    fn what_people_write_is_not_refused() {
        let test = r#"
test_x if allow with input as {
    "user": {"groups": ["eng"], "attributes": {"a": {"b": [1, 2, {"c": "d"}]}}},
    "roles": [{"name": "x"}], "permissions": [], "request": {"time": {"hour": 9}},
}
deny contains "x" if {
    input.user.attributes.department == "[[[[[["
    count([r | some r in input.roles; startswith(r, "a")]) > 3 * 4 - 1
    not input.client.first_party
}
"#;
        check(&test.repeat(100)).unwrap();
    }
}
