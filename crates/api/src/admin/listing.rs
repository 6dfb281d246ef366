use bytes::Bytes;
use http::{Response, StatusCode};
use iam_storage_ports::Listing;
use serde_json::{Map, Value, json};

use super::{call::AdminCall, view::View};
use crate::{
    problem::{self, Code, FieldError, Problem},
    query::{Query, encode_cursor},
};

/// Which fields of an object are wanted: sparse fields, `fields=id,username`.
pub(crate) struct Shape(Option<Vec<String>>);

impl Shape {
    pub(super) fn read(query: &mut Query) -> Self {
        let fields = query.text("fields");
        Self(fields.map(|fields| fields.split(',').map(str::to_owned).collect()))
    }

    /// `view` with the fields that are wanted.
    pub(crate) fn cut<V: View>(&self, view: &V) -> Result<Value, Problem> {
        let Value::Object(whole) = serde_json::to_value(view).unwrap_or_default() else {
            return Err(Problem::new(Code::Internal));
        };
        let Some(wanted) = &self.0 else {
            return Ok(Value::Object(whole));
        };
        if let Some(unknown) = wanted
            .iter()
            .find(|name| !V::FIELDS.contains(&name.as_str()))
        {
            let unknown: String = unknown.chars().take(64).collect();
            let detail = format!("has no `{unknown}`; there are: {}", V::FIELDS.join(", "));
            let error = FieldError::of("fields", detail);
            return Err(Problem::new(Code::InvalidRequest).errors(vec![error]));
        }
        let wanted = |(name, _): &(String, Value)| wanted.contains(name);
        Ok(Value::Object(
            whole.into_iter().filter(wanted).collect::<Map<_, _>>(),
        ))
    }
}

impl AdminCall {
    /// The answer that is a page of a list.
    pub(crate) fn many<T, V: View + From<T>>(
        &self,
        listing: Listing<T>,
    ) -> Result<Response<Bytes>, Problem> {
        let views = listing.items.into_iter().map(V::from);
        let items: Vec<_> = views
            .map(|view| self.shape.cut(&view))
            .collect::<Result<_, _>>()?;
        let mut page = json!({ "items": items });
        if let Some(key) = listing.next {
            page["next_cursor"] = encode_cursor(&key).into();
        }
        Ok(problem::json(StatusCode::OK, "application/json", &page))
    }
}
