use rusqlite::hooks::{AuthAction, Authorization};

use super::connection::Marks;

/// Pragmas that take a value or have one, and leave the connection as it is.
const ANY_VALUE: [&str; 21] = [
    "collation_list",
    "compile_options",
    "data_version",
    "database_list",
    "defer_foreign_keys",
    "encoding",
    "foreign_key_check",
    "foreign_key_list",
    "freelist_count",
    "function_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "module_list",
    "page_count",
    "quick_check",
    "table_info",
    "table_list",
    "table_xinfo",
    "user_version",
];

/// Pragmas that may be read and not set.
const NO_VALUE: [&str; 18] = [
    "application_id",
    "auto_vacuum",
    "automatic_index",
    "busy_timeout",
    "cache_size",
    "journal_mode",
    "journal_size_limit",
    "locking_mode",
    "max_page_count",
    "mmap_size",
    "page_size",
    "pragma_list",
    "query_only",
    "recursive_triggers",
    "schema_version",
    "secure_delete",
    "synchronous",
    "wal_autocheckpoint",
];

/// Whether a statement that does `action` may be prepared. What it may not, as with sqld: reach
/// another file, leave something in the connection for the next one to find, or undo how we set
/// the database up.
pub(super) fn judge(action: &AuthAction<'_>, marks: &Marks) -> Authorization {
    use AuthAction as Do;
    match action {
        Do::Attach { .. }
        | Do::CreateTempIndex { .. }
        | Do::CreateTempTable { .. }
        | Do::CreateTempTrigger { .. }
        | Do::CreateTempView { .. }
        | Do::Detach { .. }
        | Do::DropTempIndex { .. }
        | Do::DropTempTable { .. }
        | Do::DropTempTrigger { .. }
        | Do::DropTempView { .. } => Authorization::Deny,
        Do::Pragma {
            pragma_name,
            pragma_value,
        } => judge_pragma(&pragma_name.to_ascii_lowercase(), *pragma_value, marks),
        _ => Authorization::Allow,
    }
}

fn judge_pragma(name: &str, value: Option<&str>, marks: &Marks) -> Authorization {
    if name == "foreign_keys" {
        // A migration may turn them off, to rebuild a table; its connection is not used again.
        if value.is_some() {
            marks.mark_changed();
        }
        return Authorization::Allow;
    }
    if ANY_VALUE.contains(&name) || (value.is_none() && NO_VALUE.contains(&name)) {
        Authorization::Allow
    } else {
        Authorization::Deny
    }
}
