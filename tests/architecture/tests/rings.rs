//! Dependencies point down only, and only hosts name what belongs to hosts.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{collections::BTreeSet, process::Command};

use serde::Deserialize;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

/// The ring of a package of ours, from 0, the innermost; hosts are the outermost.
fn ring(package: &str) -> Option<u8> {
    Some(match package {
        "iam-model" => 0,
        "iam-config" | "iam-platform" => 1,
        "iam-storage-ports" | "iam-security" => 2,
        "iam-hydra" | "iam-policy" | "iam-storage-memory" | "iam-storage-mongo"
        | "iam-storage-redis" | "iam-storage-sql" => 3,
        "iam-storage-conformance"
        | "iam-storage-libsql"
        | "iam-storage-mssql"
        | "iam-storage-mysql"
        | "iam-storage-postgres" => 4,
        "iam-messaging" | "iam-storage" => 5,
        "iam-auth" | "iam-identity" => 6,
        "iam-account" => 7,
        "iam-api" => 8,
        "iam-host-native" | "iam-host-spin" | "iam-host-wasmtime" | "iam-host-worker"
        | "iam-gateway" | "iam-test-servers" => HOST,
        "iam-cli" | "iam-bench" | "iam-architecture" => HOST + 1,
        name if name.starts_with("iam-component-") => HOST + 1,
        "iam-host-wasmtime-guest" => HOST + 1,
        _ => return None,
    })
}

const HOST: u8 = 9;

/// What only hosts may name.
const HOST_ONLY: [&str; 9] = [
    "hyper",
    "hyper-util",
    "libsql-rusqlite",
    "spin-executor",
    "spin-sdk",
    "tokio",
    "wasmtime",
    "wasmtime-wasi-http",
    "worker",
];

fn packages() -> Vec<Package> {
    let cargo = env!("CARGO");
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo metadata failed");
    let metadata: Metadata = serde_json::from_slice(&output.stdout).unwrap();
    metadata.packages
}

/// The dependencies of `package` that its own code uses, not those of its tests.
fn used(package: &Package) -> BTreeSet<&str> {
    let dependencies = package.dependencies.iter();
    let used = dependencies.filter(|d| d.kind.as_deref() != Some("dev"));
    used.map(|d| d.name.as_str()).collect()
}

#[test]
fn every_package_has_a_ring() {
    for package in packages() {
        assert!(
            ring(&package.name).is_some(),
            "{} has no ring",
            package.name
        );
    }
}

#[test]
fn dependencies_point_down_only() {
    for package in packages() {
        let own = ring(&package.name).unwrap();
        for dependency in used(&package) {
            let Some(other) = ring(dependency) else {
                continue;
            };
            assert!(
                other < own,
                "{} (ring {own}) uses {dependency} (ring {other})",
                package.name
            );
        }
    }
}

#[test]
fn only_hosts_name_what_belongs_to_hosts() {
    for package in packages() {
        if ring(&package.name).unwrap() >= HOST {
            continue;
        }
        for dependency in used(&package) {
            assert!(
                !HOST_ONLY.contains(&dependency),
                "{} uses {dependency}",
                package.name
            );
        }
    }
}

#[test]
fn handlers_and_use_cases_reach_storage_by_its_ports_alone() {
    for package in packages() {
        if !matches!(
            package.name.as_str(),
            "iam-account" | "iam-api" | "iam-auth" | "iam-identity" | "iam-policy"
        ) {
            continue;
        }
        for adapter in [
            "iam-storage-libsql",
            "iam-storage-memory",
            "iam-storage-mssql",
            "iam-storage-postgres",
            "iam-storage-redis",
            "iam-storage-sql",
        ] {
            assert!(
                !used(&package).contains(adapter),
                "{} uses {adapter}",
                package.name
            );
        }
    }
}
