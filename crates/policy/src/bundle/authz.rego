# METADATA
# title: Whether a token allows something
# description: |
#   Input: {"token": the claims of a verified access token, "permission": "order.read"}.
#   A token without `permissions` has those of its roles.
package iam.authz

default allow := false

allow if {
	input.token.tenant == data.iam.tenant
	some held in permissions
	covers(held, input.permission)
}

permissions contains permission if some permission in input.token.permissions

permissions contains permission if {
	not input.token.permissions
	some role in input.token.roles
	some permission in data.iam.roles[role].permissions
}

# dc.* covers dc.read, dc.rack.read and dc.rack.*
covers(held, wanted) if held == wanted

covers(held, wanted) if {
	endswith(held, ".*")
	startswith(wanted, trim_suffix(held, "*"))
}
