use anyhow::Result;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{args::ListOptions, output, resource::Resource};
use crate::{
    console::say,
    remote::{Call, Session},
};

/// The most items of a page.
const PAGE: usize = 1000;

/// A page of a list.
#[derive(Deserialize)]
struct Page {
    items: Vec<Box<RawValue>>,
    next_cursor: Option<String>,
}

/// A list, or its beginning.
pub(crate) struct Listed {
    pub(crate) items: Vec<Box<RawValue>>,
    pub(crate) more: bool,
}

impl Session {
    /// Up to `most` items of the list at `path`, page after page.
    pub(crate) async fn items(
        &self,
        path: &str,
        query: &[(String, String)],
        most: usize,
    ) -> Result<Listed> {
        let mut items = Vec::new();
        let mut cursor = None;
        loop {
            let limit = PAGE.min(most - items.len()).to_string();
            let call = Call::get(path)
                .queries(query)
                .query("limit", Some(&limit))
                .query("cursor", cursor.as_deref());
            let page: Page = self.api.send(&call).await?.read()?;
            items.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() || items.len() >= most {
                let more = cursor.is_some();
                return Ok(Listed { items, more });
            }
        }
    }

    /// Prints the list at `path`, as a table with `columns` if not as JSON.
    pub(crate) async fn print_list(
        &self,
        path: &str,
        columns: &[&str],
        mut query: Vec<(String, String)>,
        options: &ListOptions,
    ) -> Result<()> {
        let named = options.fields.as_deref();
        let columns: Vec<&str> = named.map_or_else(|| columns.to_vec(), |f| f.split(',').collect());
        if named.is_some() || !self.json {
            query.push(("fields".to_owned(), columns.join(",")));
        }
        let listed = self.items(path, &query, options.most()).await?;
        output::list(&listed.items, &columns, self.json)?;
        if listed.more {
            say(format!(
                "there are more than {}: see --limit and --all",
                listed.items.len()
            ));
        }
        Ok(())
    }

    /// Prints a resource's list.
    pub(crate) async fn list(
        &self,
        resource: &Resource,
        query: Vec<(String, String)>,
        options: &ListOptions,
    ) -> Result<()> {
        self.print_list(&resource.all(), resource.columns, query, options)
            .await
    }
}

/// Parameters of a query: those that have a value.
pub(crate) fn filters(parameters: &[(&str, Option<&str>)]) -> Vec<(String, String)> {
    let given =
        |(name, value): &(&str, Option<&str>)| Some(((*name).to_owned(), (*value)?.to_owned()));
    parameters.iter().filter_map(given).collect()
}
