//! `{"$from": [{"step": 0, "path": "roles"}, …]}`: values that earlier commands found.

use bson::{Bson, Document};

use super::error::MongoError;

/// How deep a command may be; Extended JSON is read no deeper either.
const DEPTH: usize = 128;

/// `value` with the values in it that it refers to. `found` has the documents that each command
/// before it has found.
pub(crate) fn resolved(
    step: usize,
    value: Bson,
    found: &[Vec<Document>],
) -> Result<Bson, MongoError> {
    replace(value, found, DEPTH).map_err(|message| MongoError::at(step, message))
}

fn replace(value: Bson, found: &[Vec<Document>], depth: usize) -> Result<Bson, &'static str> {
    let depth = depth.checked_sub(1).ok_or("the command is too deep")?;
    match value {
        Bson::Document(document) => {
            if let Some(references) = document.get("$from") {
                return Ok(Bson::Array(values(references, found)?));
            }
            let replaced = document
                .into_iter()
                .map(|(key, value)| Ok((key, replace(value, found, depth)?)));
            replaced.collect::<Result<_, _>>().map(Bson::Document)
        }
        Bson::Array(values) => {
            let replaced = values.into_iter().map(|value| replace(value, found, depth));
            replaced.collect::<Result<_, _>>().map(Bson::Array)
        }
        other => Ok(other),
    }
}

/// The values that are referred to, each once.
fn values(references: &Bson, found: &[Vec<Document>]) -> Result<Vec<Bson>, &'static str> {
    const SHAPE: &str = "`$from` is no list of {step, path} with a step that came before";
    let mut values = Vec::new();
    for reference in references.as_array().ok_or(SHAPE)? {
        let reference = reference.as_document().ok_or(SHAPE)?;
        let path = reference.get_str("path").map_err(|_| SHAPE)?;
        let step = reference.get("step").and_then(|step| match step {
            Bson::Int32(step) => usize::try_from(*step).ok(),
            Bson::Int64(step) => usize::try_from(*step).ok(),
            _ => None,
        });
        let documents = step.and_then(|step| found.get(step)).ok_or(SHAPE)?;
        for document in documents {
            match document.get(path) {
                None | Some(Bson::Null) => {}
                Some(Bson::Array(many)) => values.extend(many.iter().cloned()),
                Some(one) => values.push(one.clone()),
            }
        }
    }
    Ok(unique(values))
}

/// `values`, each once. Texts are, which all keys are; others are left as they come.
pub(crate) fn unique(values: Vec<Bson>) -> Vec<Bson> {
    let mut seen = std::collections::HashSet::new();
    let is_new = |value: &Bson| {
        value
            .as_str()
            .is_none_or(|text| seen.insert(text.to_owned()))
    };
    values.into_iter().filter(is_new).collect()
}

#[cfg(test)]
mod tests {
    use bson::{Bson, bson, doc};

    use super::resolved;

    #[test]
    fn a_reference_is_the_values_of_all_documents_each_once() {
        let found = [
            vec![
                doc! {"id": "a", "roles": ["x", "y"]},
                doc! {"id": "b", "roles": ["y"]},
            ],
            vec![doc! {"roles": "z", "id": null}],
        ];
        let filter = bson!({"id": {"$in": {"$from": [
            {"step": 0, "path": "roles"}, {"step": 1, "path": "roles"}, {"step": 1, "path": "id"},
        ]}}});
        let wanted = bson!({"id": {"$in": ["x", "y", "z"]}});
        assert_eq!(resolved(2, filter, &found).unwrap(), wanted);
    }

    #[test]
    fn a_reference_to_what_did_not_come_before_is_refused() {
        for bad in [
            bson!({"$from": [{"step": 1, "path": "id"}]}),
            bson!({"$from": [{"step": -1, "path": "id"}]}),
            bson!({"$from": {"step": 0, "path": "id"}}),
            bson!({"$from": [{"step": 0}]}),
        ] {
            let filter = bson!({"a": {"$in": bad}});
            assert!(resolved(1, filter, &[Vec::new()]).is_err());
        }
    }

    #[test]
    fn a_command_has_an_end() {
        let mut deep = Bson::Null;
        for _ in 0..200 {
            deep = Bson::Array(vec![deep]);
        }
        assert!(resolved(0, deep, &[]).is_err());
    }
}
