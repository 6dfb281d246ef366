use std::{
    fs,
    sync::{Arc, Mutex},
};

use iam_host_wasmtime::{Host, HostOptions, Progress, StartError, component_imports};

use crate::support::{Folder, MANIFEST, guest};

/// A start's error, with the manifest's path taken out.
async fn error(manifest: &str) -> String {
    let folder = Folder::new();
    let options = HostOptions::new(folder.manifest(manifest));
    let error = Host::start(options).await.err().expect("it started");
    error
        .to_string()
        .replace(&folder.0.display().to_string(), "")
}

/// The components that a start compiles.
async fn compiled(folder: &Folder) -> usize {
    let compiled = Arc::new(Mutex::new(0));
    let mut options = HostOptions::new(folder.manifest(MANIFEST));
    options.cache = Some(folder.0.join("cache"));
    options.progress = {
        let compiled = Arc::clone(&compiled);
        Arc::new(move |progress| {
            if let Progress::Compile { .. } = progress {
                *compiled.lock().unwrap() += 1;
            }
        })
    };
    let host = Host::start(options).await.unwrap();
    assert_eq!(host.started().components, ["front", "narrow", "secret"]);
    *compiled.lock().unwrap()
}

#[tokio::test]
async fn a_second_start_uses_the_cache() {
    let folder = Folder::new();
    assert_eq!(compiled(&folder).await, 3);
    assert_eq!(compiled(&folder).await, 0);
}

#[tokio::test]
async fn an_unknown_manifest_key_is_a_clear_error() {
    let with_key = MANIFEST.replace(
        "[component.secret]",
        "[component.secret]\nkey_value_stores = [\"default\"]",
    );
    assert_eq!(
        error(&with_key).await,
        "/spin.toml: `component.secret.key_value_stores` is a feature of Spin that this host does \
         not have: remove it, or run the application under Spin"
    );
}

#[tokio::test]
async fn missing_variables_are_named_all_at_once() {
    let required = MANIFEST
        .replace("default = \"hello\"", "required = true")
        .replace("default = \"http://127.0.0.1:1\"", "required = true");
    assert_eq!(
        error(&required).await,
        "variables without a value: set SPIN_VARIABLE_GREETING, SPIN_VARIABLE_UPSTREAM"
    );
}

#[tokio::test]
async fn a_setting_that_cannot_be_used_is_named() {
    assert_eq!(
        error(&MANIFEST.replace("{{ greeting }}", "{{ greetings }}")).await,
        "/spin.toml: `component.front.variables.greeting`: `{{ greetings }}` is not declared: \
         add `greetings` to [variables]"
    );
    assert_eq!(
        error(&MANIFEST.replace("http://127.0.0.1:1", "127.0.0.1:1")).await,
        "/spin.toml: `component.front.allowed_outbound_hosts`: must begin with a scheme such as \
         http:// or, for any, *://"
    );
    assert_eq!(
        error(&MANIFEST.replace("/narrow/:user/...", "/.../narrow")).await,
        "/spin.toml: `trigger.http`: route `/.../narrow` cannot be read: `*` is not known, `...` \
         must be the last segment"
    );
}

#[tokio::test]
async fn a_file_that_is_no_component_is_refused() {
    let folder = Folder::new();
    let manifest = MANIFEST.replacen("source = GUEST", "source = \"x.wasm\"", 1);
    let start = async || {
        let options = HostOptions::new(folder.manifest(&manifest));
        Host::start(options).await.err().expect("it started")
    };
    let error = start().await;
    let missing =
        matches!(&error, StartError::ComponentFile { component, .. } if component == "front");
    assert!(
        missing
            && error
                .to_string()
                .ends_with("cannot be read: build it first"),
        "{error}"
    );
    fs::write(folder.0.join("x.wasm"), "not wasm").unwrap();
    let error = start().await;
    assert!(matches!(&error, StartError::Component { component, .. } if component == "front"));
}

#[test]
fn the_imports_of_a_component_are_listed() {
    let imports = component_imports(guest()).unwrap();
    assert!(
        imports.contains(&"fermyon:spin/variables@2.0.0".to_owned()),
        "{imports:?}"
    );
    for import in imports {
        let known = import.starts_with("wasi:") && import.contains("@0.2.");
        assert!(
            known || import == "fermyon:spin/variables@2.0.0",
            "{import}"
        );
    }
}
