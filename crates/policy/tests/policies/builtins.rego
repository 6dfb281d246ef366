# What a policy may call gives what it gives in OPA. Both run these tests.
package iam.policy

default allow := false

test_strings if {
	concat(",", ["a", "b"]) == "a,b"
	contains("abc", "b")
	endswith("abc", "bc")
	startswith("abc", "ab")
	lower("ÄB") == "äb"
	upper("äb") == "ÄB"
	trim(" a ", " ") == "a"
	trim_prefix("abc", "ab") == "c"
	trim_suffix("abc", "bc") == "a"
	trim_space(" a\t") == "a"
	replace("aXa", "X", "b") == "aba"
	strings.replace_n({"a": "b"}, "aa") == "bb"
	strings.reverse("abc") == "cba"
	strings.count("aba", "a") == 2
	strings.any_prefix_match(["abc"], ["ab"])
	strings.any_suffix_match("abc", ["x", "bc"])
	substring("abc", 1, -1) == "bc"
	split("a.b", ".") == ["a", "b"]
	indexof("abc", "c") == 2
	indexof_n("aba", "a") == [0, 2]
	sprintf("%s-%d-%v", ["a", 1, true]) == "a-1-true"
	format_int(255, 16) == "ff"
}

test_numbers if {
	abs(-1) == 1
	ceil(1.2) == 2
	floor(1.8) == 1
	round(1.5) == 2
	to_number("1.5") == 1.5
	numbers.range(1, 3) == [1, 2, 3]
	numbers.range(3, 1) == [3, 2, 1]
	numbers.range_step(1, 6, 2) == [1, 3, 5]
	numbers.range_step(6, 1, 2) == [6, 4, 2]
	units.parse("1k") == 1000
	units.parse_bytes("1KiB") == 1024
}

test_collections if {
	count({1, 2}) == 2
	sum([1, 2]) == 3
	max([1, 3, 2]) == 3
	min({3, 1}) == 1
	sort({"b", "a"}) == ["a", "b"]
	array.concat([1], [2]) == [1, 2]
	array.slice([1, 2, 3], 1, 2) == [2]
	array.reverse([1, 2]) == [2, 1]
	object.get({"a": {"b": 1}}, ["a", "b"], 0) == 1
	object.get({}, "a", 0) == 0
	object.keys({"a": 1}) == {"a"}
	object.union({"a": 1}, {"b": 2}) == {"a": 1, "b": 2}
	object.remove({"a": 1, "b": 2}, ["b"]) == {"a": 1}
	object.filter({"a": 1, "b": 2}, ["b"]) == {"b": 2}
	object.subset({"a": 1, "b": 2}, {"a": 1})
	union({{1}, {2}}) == {1, 2}
	intersection({{1, 2}, {2}}) == {2}
	{1, 2} & {2, 3} == {2}
	{1} | {2} == {1, 2}
	{1, 2} - {2} == {1}
}

test_encodings if {
	json.marshal({"a": [1, "x"]}) == `{"a":[1,"x"]}`
	json.unmarshal(`{"a":1}`).a == 1
	json.is_valid("{}")
	not json.is_valid("{")
	base64.encode("a") == "YQ=="
	base64.decode("YQ==") == "a"
	base64url.encode_no_pad("a?>") == "YT8-"
	hex.encode("a") == "61"
}

test_types if {
	is_string("a")
	is_array([])
	is_object({})
	is_set({1})
	is_boolean(false)
	is_null(null)
	is_number(1)
	type_name([]) == "array"
}

test_patterns if {
	regex.match(`^[a-z]+@acme\.example$`, "alice@acme.example")
	regex.match("b", "abc")
	not regex.match("^b", "abc")
	regex.is_valid("a|b")
	not regex.is_valid("(")
	regex.split(`,\s*`, "a, b,c") == ["a", "b", "c"]
	regex.find_n(`\d+`, "1 22 333", 2) == ["1", "22"]
	regex.find_n(`\d+`, "1 22 333", -1) == ["1", "22", "333"]
	regex.replace("a-b", `(\w)-(\w)`, "$2-$1") == "b-a"
	glob.match("*.github.com", [], "api.github.com")
	not glob.match("*.github.com", [], "api.cdn.github.com")
	glob.match("*hub.com", null, "api.cdn.github.com")
	glob.match("api.**.com", ["."], "api.cdn.github.com")
	glob.match("eng/*", ["/"], "eng/backend")
	not glob.match("eng/*", ["/"], "eng/backend/api")
	glob.match("{cat,bat,[fr]at}", [], "rat")
	not glob.match("[!a-c]at", [], "cat")
	glob.match(`a\*b`, [], "a*b")
}

test_addresses if {
	net.cidr_contains("10.0.0.0/8", "10.1.2.3")
	net.cidr_contains("10.0.0.0/8", "10.1.0.0/16")
	not net.cidr_contains("10.0.0.0/8", "11.1.2.3")
	not net.cidr_contains("10.0.0.0/8", "0.0.0.0/0")
	net.cidr_contains("2001:db8::/32", "2001:db8::1")
	net.cidr_is_valid("10.0.0.0/8")
	not net.cidr_is_valid("10.0.0.0")
}

test_what_a_builtin_cannot_do_is_undefined if {
	not net.cidr_contains("nonsense", "10.1.2.3")
	not to_number("x")
	not json.unmarshal("{")
	not regex.match("(", "a")
}

test_language if {
	every x in [1, 2] { x > 0 }
	some i, v in ["a", "b"]
	i == 1
	v == "b"
	{k: v2 | some k, v2 in {"a": 1}} == {"a": 1}
	graded(5) == "high"
	graded(1) == "low"
	1 in {1, 2}
	"a", 1 in {"a": 1}
	input.x == 1 with input.x as 1
}

graded(n) := "high" if {
	n > 3
} else := "low"
