use std::{collections::BTreeMap, fmt};

use iam_model::Secret;
use thiserror::Error;

use crate::{
    manifest::Variable,
    template::{Template, Undeclared},
};

/// The application's variables, each with its value.
#[derive(Debug)]
pub struct Variables(BTreeMap<String, Secret<String>>);

/// Variables that are required and have no value.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub struct MissingVariables(pub Vec<String>);

impl fmt::Display for MissingVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("variables without a value: set ")?;
        for (index, name) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{PREFIX}{}", name.to_uppercase())?;
        }
        Ok(())
    }
}

impl Variables {
    /// Takes the values that `given` has for the variables that are declared, and defaults for
    /// the others. A given value that is not declared is ignored, as Spin does.
    pub fn resolve(
        declared: &BTreeMap<String, Variable>,
        given: &BTreeMap<String, Secret<String>>,
    ) -> Result<Self, MissingVariables> {
        let mut values = BTreeMap::new();
        let mut missing = Vec::new();
        for (name, variable) in declared {
            let default = || variable.default.clone().map(Secret::new);
            match given.get(name).cloned().or_else(default) {
                Some(value) => {
                    values.insert(name.clone(), value);
                }
                None => missing.push(name.clone()),
            }
        }
        if missing.is_empty() {
            Ok(Self(values))
        } else {
            Err(MissingVariables(missing))
        }
    }

    /// The text of `template`.
    pub fn render(&self, template: &Template) -> Result<Secret<String>, Undeclared> {
        template.render(|name| self.0.get(name))
    }
}

/// The values that environment variables named `SPIN_VARIABLE_<NAME>` give.
pub fn spin_variables(
    environment: impl IntoIterator<Item = (String, String)>,
) -> BTreeMap<String, Secret<String>> {
    environment
        .into_iter()
        .filter_map(|(name, value)| {
            let name = name.strip_prefix(PREFIX)?.to_lowercase();
            Some((name, Secret::new(value)))
        })
        .collect()
}

const PREFIX: &str = "SPIN_VARIABLE_";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use iam_model::Secret;

    use super::{MissingVariables, Variables, spin_variables};
    use crate::{manifest::Variable, template::Template};

    fn declared(variables: &[(&str, Option<&str>)]) -> BTreeMap<String, Variable> {
        let variable = |default: Option<&str>| Variable {
            default: default.map(str::to_owned),
            secret: true,
        };
        variables
            .iter()
            .map(|(name, default)| ((*name).to_owned(), variable(*default)))
            .collect()
    }

    #[test]
    fn a_given_value_goes_before_the_default() {
        let environment = [
            ("SPIN_VARIABLE_API_KEY".to_owned(), "given".to_owned()),
            ("HOME".to_owned(), "/".to_owned()),
        ];
        let declared = declared(&[("api_key", Some("default")), ("other", Some("o"))]);
        let variables = Variables::resolve(&declared, &spin_variables(environment)).unwrap();
        let template = Template::parse("{{ api_key }} {{ other }}").unwrap();
        assert_eq!(variables.render(&template).unwrap().expose(), "given o");
        assert!(!format!("{variables:?}").contains("given"));
    }

    #[test]
    fn all_missing_variables_are_named() {
        let declared = declared(&[("a", None), ("b", Some("")), ("c_d", None)]);
        let given = BTreeMap::from([("unknown".to_owned(), Secret::new(String::new()))]);
        let missing = Variables::resolve(&declared, &given).unwrap_err();
        assert_eq!(
            missing,
            MissingVariables(vec!["a".to_owned(), "c_d".to_owned()])
        );
        assert_eq!(
            missing.to_string(),
            "variables without a value: set SPIN_VARIABLE_A, SPIN_VARIABLE_C_D"
        );
    }
}
