use anyhow::{Result, anyhow, bail};
use serde_json::{Map, Value};

use super::resource::{Name, Resource};
use crate::{console::harmless, failure::Failure, remote::Session};

impl Session {
    /// The key of the one that is called `name`, or has it as its key.
    pub(crate) async fn key_of(&self, resource: &Resource, name: &str) -> Result<String> {
        let found = self.keys_of(resource, name, None).await?;
        only(resource, name, &found)
    }

    /// The same, where a deleted one will do if there is no other.
    pub(crate) async fn key_of_any(&self, resource: &Resource, name: &str) -> Result<String> {
        let found = self.keys_of_any(resource, name).await?;
        only(resource, name, &found)
    }

    /// The same, or nothing if there is none.
    pub(crate) async fn find_any(&self, resource: &Resource, name: &str) -> Result<Option<String>> {
        let found = self.keys_of_any(resource, name).await?;
        match found.as_slice() {
            [] => Ok(None),
            _ => only(resource, name, &found).map(Some),
        }
    }

    async fn keys_of_any(&self, resource: &Resource, name: &str) -> Result<Vec<String>> {
        let found = self.keys_of(resource, name, None).await?;
        if found.is_empty() && resource.outlives_deletion {
            return self.keys_of(resource, name, Some("deleted")).await;
        }
        Ok(found)
    }

    /// The keys of those that are called each of `names`.
    pub(crate) async fn keys_of_all(
        &self,
        resource: &Resource,
        names: &[String],
    ) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        for name in names {
            keys.push(match name.as_str() {
                // It says that there are to be none.
                "" => String::new(),
                name => self.key_of(resource, name).await?,
            });
        }
        Ok(keys)
    }

    /// The key of the one that an option names; an empty text names none.
    pub(crate) async fn key_of_option(
        &self,
        resource: &Resource,
        name: Option<&str>,
    ) -> Result<Option<String>> {
        match name {
            Some("") => Ok(Some(String::new())),
            Some(name) => Ok(Some(self.key_of(resource, name).await?)),
            None => Ok(None),
        }
    }

    async fn keys_of(
        &self,
        resource: &Resource,
        said: &str,
        status: Option<&str>,
    ) -> Result<Vec<String>> {
        if said.is_empty() {
            let message = format!("the name of a {} is not empty", resource.noun);
            return Err(Failure::usage(message).into());
        }
        if resource.names.is_empty() || is_id(said) {
            return Ok(vec![said.to_owned()]);
        }
        for name in resource.names.iter().filter(|name| (name.may_be)(said)) {
            let found = self.look_up(resource, name, said, status).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    async fn look_up(
        &self,
        resource: &Resource,
        name: &Name,
        said: &str,
        status: Option<&str>,
    ) -> Result<Vec<String>> {
        let mut query = vec![(
            "fields".to_owned(),
            format!("{},{}", resource.key, name.field),
        )];
        let mut add = |name: &str, value: &str| query.push((name.to_owned(), value.to_owned()));
        if let Some(parameter) = name.parameter {
            add(parameter, said);
        }
        if let Some(status) = status {
            add("status", status);
        }
        let listed = self.items(&resource.all(), &query, usize::MAX).await;
        let items = match listed {
            Ok(listed) => listed.items,
            // What cannot be such a name is the name of none.
            Err(error) if is_invalid(&error) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut keys = Vec::new();
        for item in items {
            let item: Map<String, Value> = serde_json::from_str(item.get())?;
            let is = item
                .get(name.field)
                .is_some_and(|value| (name.is)(value, said));
            let key = item.get(resource.key).and_then(Value::as_str);
            keys.extend(key.filter(|_| is).map(str::to_owned));
        }
        Ok(keys)
    }
}

fn only(resource: &Resource, name: &str, found: &[String]) -> Result<String> {
    let (noun, name) = (resource.noun, harmless(name));
    match found {
        [] => Err(anyhow!("there is no {noun} `{name}`")),
        [key] => Ok(key.clone()),
        keys => bail!(
            "there are {} of the name `{name}`: say which {noun} by its id\n  {}",
            keys.len(),
            keys.join("\n  ")
        ),
    }
}

fn is_invalid(error: &anyhow::Error) -> bool {
    let failure = error.downcast_ref::<Failure>();
    matches!(failure, Some(Failure::Refused(problem)) if problem.code == "invalid_request")
}

/// Whether `text` is an id: a UUID in its one spelling.
fn is_id(text: &str) -> bool {
    let fits = |(index, byte): (usize, u8)| match index {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use super::is_id;

    #[test]
    fn an_id_has_one_spelling() {
        assert!(is_id("01990a5d-ac96-774b-bcce-b302099a8060"));
        for name in [
            "",
            "clerk",
            "01990A5D-AC96-774B-BCCE-B302099A8060",
            "01990a5d+ac96-774b-bcce-b302099a8060",
        ] {
            assert!(!is_id(name), "{name}");
        }
    }
}
