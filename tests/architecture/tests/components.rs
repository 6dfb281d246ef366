//! What the component files that `spin.toml` names ask of their host.

use std::path::{Path, PathBuf};

use iam_host_wasmtime::component_imports;

const COMPONENTS: [&str; 10] = [
    "account",
    "challenge",
    "health",
    "login",
    "logout",
    "mfa",
    "oauth2",
    "password",
    "refresh",
    "token_hook",
];

fn file(component: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join(format!("target/wasm32-wasip2/component/{component}.wasm"))
}

#[test]
fn a_component_imports_nothing_but_wasi_0_2_and_spin_variables() {
    for component in COMPONENTS {
        let file = file(component);
        assert!(
            file.exists(),
            "{} is missing: run `make build`",
            file.display()
        );
        let imports = component_imports(&file).unwrap();
        assert!(
            !imports.is_empty(),
            "{component} imports nothing, not even HTTP types"
        );
        for import in imports {
            let (name, version) = import.split_once('@').unwrap();
            let wasi = name.starts_with("wasi:") && version.starts_with("0.2.");
            let variables = name == "fermyon:spin/variables" && version == "2.0.0";
            assert!(wasi || variables, "{component} imports {import}");
        }
    }
}

#[test]
fn every_component_is_in_the_manifest() {
    let manifest = include_str!("../../../spin.toml");
    for component in COMPONENTS {
        assert!(
            manifest.contains(&format!("/{component}.wasm\"")),
            "{component}"
        );
    }
}
