use std::{collections::HashMap, sync::Arc};

use serde::Serialize;

/// A column of an answer, as Neon describes it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    #[serde(rename = "dataTypeID")]
    pub(crate) data_type_id: u32,
    #[serde(rename = "tableID")]
    pub(crate) table_id: u32,
    #[serde(rename = "columnID")]
    pub(crate) column_id: i16,
    #[serde(rename = "dataTypeSize")]
    pub(crate) data_type_size: i16,
    #[serde(rename = "dataTypeModifier")]
    pub(crate) data_type_modifier: i32,
    pub(crate) format: &'static str,
}

/// A statement that the database has prepared on this connection.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub(crate) name: String,
    /// The columns of its answer; none if it gives no rows.
    pub(crate) fields: Arc<[Field]>,
    used: u64,
}

/// What is prepared on one connection, by its SQL.
#[derive(Default)]
pub(crate) struct Statements {
    prepared: HashMap<String, Prepared>,
    clock: u64,
}

/// How many statements a connection keeps. Ours are fewer; another client's may be without end.
const CAPACITY: usize = 256;

impl Statements {
    /// What is prepared for `sql`.
    pub(crate) fn find(&mut self, sql: &str) -> Option<Prepared> {
        self.clock += 1;
        let prepared = self.prepared.get_mut(sql)?;
        prepared.used = self.clock;
        Some(prepared.clone())
    }

    /// A name that no statement of this connection has.
    pub(crate) fn next_name(&mut self) -> String {
        self.clock += 1;
        format!("s{}", self.clock)
    }

    /// Keeps what was prepared for `sql`; gives the name of one that has to be closed for it.
    pub(crate) fn keep(
        &mut self,
        sql: String,
        name: String,
        fields: Arc<[Field]>,
    ) -> Option<String> {
        let used = self.clock;
        let prepared = Prepared { name, fields, used };
        let replaced = self.prepared.insert(sql, prepared);
        if let Some(replaced) = replaced {
            return Some(replaced.name);
        }
        if self.prepared.len() <= CAPACITY {
            return None;
        }
        let oldest = self.prepared.iter().min_by_key(|(_, p)| p.used);
        let oldest = oldest.map(|(sql, _)| sql.clone())?;
        self.prepared.remove(&oldest).map(|prepared| prepared.name)
    }
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, Statements};

    #[test]
    fn the_one_that_was_used_longest_ago_makes_room() {
        let mut all = Statements::default();
        for n in 0..CAPACITY {
            let name = all.next_name();
            assert_eq!(all.keep(format!("select {n}"), name, [].into()), None);
        }
        let first = all.find("select 0").unwrap();
        let second = all.find("select 1").map(|prepared| prepared.name);
        all.find("select 0");
        for n in 2..CAPACITY {
            all.find(&format!("select {n}"));
        }
        let name = all.next_name();
        assert_eq!(all.keep("select -1".to_owned(), name, [].into()), second);
        assert!(all.find("select 1").is_none());
        assert_eq!(all.find("select 0").unwrap().name, first.name);
    }
}
