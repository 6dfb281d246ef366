mod archive;
mod closure;

use iam_model::{Permission, RoleName, TenantName};
use serde_json::{Map, Value, json};

/// A role of a tenant, for its bundle.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BundledRole {
    /// Its name.
    pub name: RoleName,
    /// The names of the roles it includes.
    pub includes: Vec<RoleName>,
    /// What it allows by itself.
    pub permissions: Vec<Permission>,
}

/// What a service decides by: `data.iam.authz.allow`.
const AUTHZ: &str = include_str!("bundle/authz.rego");

/// The OPA bundle of a tenant, a `.tar.gz`: its roles with all they allow at
/// `data.iam.roles[name].permissions`, its name at `data.iam.tenant`, and the package `iam.authz`.
///
/// The same roles and revision give the same bytes, whatever their order.
#[must_use]
pub fn bundle(tenant: &TenantName, roles: &[BundledRole], revision: &str) -> Vec<u8> {
    let permissions = closure::effective_permissions(roles);
    let roles = permissions
        .into_iter()
        .map(|(role, permissions)| (role.to_string(), json!({ "permissions": permissions })));
    let roles: Map<String, Value> = roles.collect();
    let manifest = json!({ "revision": revision, "roots": ["iam"], "rego_version": 1 });
    let data = json!({ "iam": { "tenant": tenant, "roles": roles } });
    archive::tar_gz(&[
        (".manifest", manifest.to_string().as_bytes()),
        ("data.json", data.to_string().as_bytes()),
        ("iam/authz.rego", AUTHZ.as_bytes()),
    ])
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Read};

    use flate2::read::GzDecoder;

    use super::{BundledRole, bundle};

    fn role(name: &str, includes: &[&str], permissions: &[&str]) -> BundledRole {
        BundledRole {
            name: name.parse().unwrap(),
            includes: includes.iter().map(|name| name.parse().unwrap()).collect(),
            permissions: permissions.iter().map(|p| p.parse().unwrap()).collect(),
        }
    }

    #[test]
    fn the_same_roles_give_the_same_bytes() {
        let tenant = "demo".parse().unwrap();
        let (a, b) = (role("a", &["b"], &["x.read"]), role("b", &[], &["y.*"]));
        let one = bundle(&tenant, &[a.clone(), b.clone()], "7");
        assert_eq!(one, bundle(&tenant, &[b, a.clone()], "7"));
        assert_ne!(one, bundle(&tenant, &[a], "7"));
    }

    /// The bundle that the tests of `examples/opa-orders` have OPA read. To write it again, set
    /// `WRITE_BUNDLE` to anything.
    #[test]
    fn opa_is_tested_with_what_we_make() {
        let roles = [
            role("clerk", &[], &["order.read"]),
            role("boss", &["clerk"], &["order.*"]),
        ];
        let made = bundle(&"demo".parse().unwrap(), &roles, "1");
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../examples/opa-orders/testdata/demo.tar.gz"
        );
        if option_env!("WRITE_BUNDLE").is_some() {
            fs::write(path, &made).unwrap();
        }
        assert_eq!(unpack(&fs::read(path).unwrap()), unpack(&made));
    }

    fn unpack(bundle: &[u8]) -> String {
        let mut tar = String::new();
        GzDecoder::new(bundle).read_to_string(&mut tar).unwrap();
        tar
    }

    #[test]
    fn a_bundle_has_what_the_roles_allow_with_all_they_include() {
        let roles = [
            role("clerk", &[], &["order.read"]),
            role("boss", &["clerk"], &["order.write", "dc.*"]),
        ];
        let bundle = bundle(&"demo".parse().unwrap(), &roles, "7");
        let tar = unpack(&bundle);
        for part in [
            r#"{"rego_version":1,"revision":"7","roots":["iam"]}"#,
            r#""boss":{"permissions":["dc.*","order.read","order.write"]}"#,
            r#""clerk":{"permissions":["order.read"]}"#,
            r#""tenant":"demo""#,
            "package iam.authz",
        ] {
            assert!(tar.contains(part), "{part} in {tar}");
        }
        assert_eq!(tar.len() % 512, 0);
    }
}
