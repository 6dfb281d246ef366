use iam_model::Secret;
use thiserror::Error;

/// Text with `{{ name }}` in it, each standing for the value of an application variable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    Literal(String),
    Variable(String),
}

/// A template names a variable that `[variables]` does not have.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("`{{{{ {0} }}}}` is not declared: add `{0}` to [variables]")]
pub struct Undeclared(pub String);

impl Template {
    /// Reads a template; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, tail)) = rest.split_once("{{") {
            let (name, tail) = tail.split_once("}}").ok_or("`{{` without `}}`")?;
            let name = name.trim();
            if !is_variable_name(name) {
                return Err("between `{{` and `}}` must be the name of a variable");
            }
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            parts.push(Part::Variable(name.to_owned()));
            rest = tail;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Self(parts))
    }

    /// The text with the values that `lookup` gives.
    pub fn render<'a>(
        &self,
        lookup: impl Fn(&str) -> Option<&'a Secret<String>>,
    ) -> Result<Secret<String>, Undeclared> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Variable(name) => {
                    let value = lookup(name).ok_or_else(|| Undeclared(name.clone()))?;
                    text.push_str(value.expose());
                }
            }
        }
        Ok(Secret::new(text))
    }
}

/// Whether `name` can be a variable's: lower-case words joined by single underscores.
pub(crate) fn is_variable_name(name: &str) -> bool {
    name.split('_').all(|word| {
        word.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    }) && name.starts_with(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use iam_model::Secret;

    use super::{Template, Undeclared, is_variable_name};

    fn rendered(text: &str) -> Result<String, Undeclared> {
        let value = Secret::new("v".to_owned());
        let template = Template::parse(text).unwrap();
        let text = template.render(|name| (name == "known").then_some(&value));
        text.map(|text| text.expose().clone())
    }

    #[test]
    fn values_take_the_place_of_names() {
        assert_eq!(rendered("plain"), Ok("plain".to_owned()));
        assert_eq!(rendered(""), Ok(String::new()));
        assert_eq!(rendered("a{{known}}-{{ known }}b"), Ok("av-vb".to_owned()));
        assert_eq!(rendered("{{ other }}"), Err(Undeclared("other".to_owned())));
    }

    #[test]
    fn a_template_that_cannot_be_read_is_refused() {
        for bad in ["{{ open", "{{}}", "{{ A }}", "{{ a b }}", "{{ a-b }}"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_variable_name_is_lower_snake_case() {
        for good in ["a", "a_b", "a1_2b"] {
            assert!(is_variable_name(good), "{good}");
        }
        for bad in ["", "_a", "a_", "a__b", "A", "1a", "a-b"] {
            assert!(!is_variable_name(bad), "{bad}");
        }
    }
}
