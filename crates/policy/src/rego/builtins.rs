//! The builtins that a policy may call: those of regorus that need no more than their arguments
//! and take no more time than these are long, and a few of our own that regorus has no bounds for.

mod cidr;
mod glob;
mod pattern;
mod range;

use regorus::{Engine, Value};

/// What regorus itself brings.
const NATIVE: &[&str] = &[
    "abs",
    "array.concat",
    "array.reverse",
    "array.slice",
    "base64.decode",
    "base64.encode",
    "base64.is_valid",
    "base64url.decode",
    "base64url.encode",
    "base64url.encode_no_pad",
    "ceil",
    "concat",
    "contains",
    "count",
    "endswith",
    "floor",
    "format_int",
    "hex.decode",
    "hex.encode",
    "indexof",
    "indexof_n",
    "intersection",
    "is_array",
    "is_boolean",
    "is_null",
    "is_number",
    "is_object",
    "is_set",
    "is_string",
    "json.filter",
    "json.is_valid",
    "json.marshal",
    "json.remove",
    "json.unmarshal",
    "lower",
    "max",
    "min",
    "object.filter",
    "object.get",
    "object.keys",
    "object.remove",
    "object.subset",
    "object.union",
    "object.union_n",
    "print",
    "replace",
    "round",
    "sort",
    "split",
    "sprintf",
    "startswith",
    "strings.any_prefix_match",
    "strings.any_suffix_match",
    "strings.count",
    "strings.replace_n",
    "strings.reverse",
    "substring",
    "sum",
    "to_number",
    "trace",
    "trim",
    "trim_left",
    "trim_prefix",
    "trim_right",
    "trim_space",
    "trim_suffix",
    "type_name",
    "union",
    "units.parse",
    "units.parse_bytes",
    "upper",
];

/// A builtin of ours. Like OPA's, it is undefined where its arguments are wrong.
type Builtin = fn(&[Value]) -> Option<Value>;

const OURS: &[(&str, u8, Builtin)] = &[
    ("glob.match", 3, glob::matches),
    ("net.cidr_contains", 2, cidr::contains),
    ("net.cidr_is_valid", 1, cidr::is_valid),
    ("numbers.range", 2, range::range),
    ("numbers.range_step", 3, range::range_step),
    ("regex.find_n", 3, pattern::find_n),
    ("regex.is_valid", 1, pattern::is_valid),
    ("regex.match", 2, pattern::matches),
    ("regex.replace", 3, pattern::replace),
    ("regex.split", 2, pattern::split),
];

/// Whether a policy may call `name`.
pub(super) fn is_allowed(name: &str) -> bool {
    NATIVE.contains(&name) || OURS.iter().any(|(ours, ..)| *ours == name)
}

/// Gives `engine` the builtins of ours, which take the place of regorus' own.
pub(super) fn install(engine: &mut Engine) {
    for &(name, arguments, builtin) in OURS {
        let call = move |args: Vec<Value>| Ok(builtin(&args).unwrap_or(Value::Undefined));
        // It fails if there is one of that name already, and each is here once.
        let _ = engine.add_extension(name.to_owned(), arguments, Box::new(call));
    }
}

fn text(args: &[Value], at: usize) -> Option<&str> {
    Some(args.get(at)?.as_string().ok()?)
}

fn integer(args: &[Value], at: usize) -> Option<i64> {
    args.get(at)?.as_i64().ok()
}
