use std::borrow::Cow;

use super::Syntax;
use crate::Value;

pub(super) struct Sqlite;

impl Syntax for Sqlite {
    fn statement<'a>(&self, sql: &'a str, _: &[Value]) -> Cow<'a, str> {
        Cow::Borrowed(sql)
    }

    fn definition<'a>(&self, sql: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(sql)
    }

    fn json_array(&self, value: &str) -> String {
        format!("json_group_array({value})")
    }

    fn json_tuple(&self, values: &str) -> String {
        format!("json_array({values})")
    }

    fn json_texts(&self) -> &'static str {
        "json_each(?)"
    }

    fn json_rows(&self, members: &[&str]) -> String {
        let column = |member: &&str| format!("json_extract(value, '$.{member}') {member}");
        let columns: Vec<_> = members.iter().map(column).collect();
        format!("(select {} from json_each(?))", columns.join(", "))
    }

    fn json_member(
        &self,
        (document, object): (&str, &str),
        name: &str,
        text: &str,
    ) -> (String, Vec<Value>) {
        let sql = format!(
            "exists (select 1 from json_each({document}, '$.{object}') member where member.key = ? \
             and case member.type when 'text' then member.value = ? \
             when 'integer' then cast(member.value as text) = ? \
             when 'real' then member.value = cast(? as real) \
             else member.type in ('true', 'false') and member.type = ? end)"
        );
        // A number has one spelling, as it has in the document: 1.0 is not 1.00.
        let number: Option<serde_json::Number> = serde_json::from_str(text).ok();
        let number = number.filter(|number| number.to_string() == text);
        let real = number.map(|_| text);
        let parameters = [Some(name), Some(text), Some(text), real, Some(text)];
        (sql, parameters.into_iter().map(Value::from).collect())
    }

    fn now(&self) -> &'static str {
        "unixepoch() * 1000"
    }
}
