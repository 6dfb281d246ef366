use std::{
    env::temp_dir,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process,
};

use wasmtime::Engine;

use super::Cache;
use crate::engine::base;

/// A folder that is gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = temp_dir().join(format!("iam-cache-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&folder);
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The smallest component there is.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// Whether the code had to be compiled.
fn compiles(cache: &Cache, digest: &str) -> bool {
    let mut compiled = false;
    let code = cache.get_or_compile("login", digest, || {
        compiled = true;
        cache.engine.precompile_component(COMPONENT)
    });
    code.unwrap();
    compiled
}

#[test]
fn a_component_is_compiled_once() {
    let folder = Folder::new("once");
    let engine = Engine::new(&base()).unwrap();
    let cache = Cache::open(&folder.0, &engine).unwrap();
    assert!(compiles(&cache, "aa"));
    assert!(!compiles(&cache, "aa"));
    assert!(!compiles(&Cache::open(&folder.0, &engine).unwrap(), "aa"));
    assert_eq!(
        fs::metadata(&folder.0).unwrap().permissions().mode() & 0o777,
        0o700
    );
}

#[test]
fn a_changed_component_takes_the_place_of_the_old_one() {
    let folder = Folder::new("changed");
    let cache = Cache::open(&folder.0, &Engine::new(&base()).unwrap()).unwrap();
    assert!(compiles(&cache, "aa"));
    assert!(compiles(&cache, "bb"));
    assert!(!compiles(&cache, "bb"));
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
}

#[test]
fn a_damaged_file_is_compiled_again() {
    let folder = Folder::new("damaged");
    let cache = Cache::open(&folder.0, &Engine::new(&base()).unwrap()).unwrap();
    assert!(compiles(&cache, "aa"));
    let file = fs::read_dir(&folder.0)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert!(compiles(&cache, "aa"));
    assert!(!compiles(&cache, "aa"));
}

#[test]
fn a_folder_that_others_can_write_to_is_refused() {
    let folder = Folder::new("open");
    fs::create_dir(&folder.0).unwrap();
    fs::set_permissions(&folder.0, Permissions::from_mode(0o777)).unwrap();
    let error = Cache::open(&folder.0, &Engine::new(&base()).unwrap())
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .ends_with("can be written by others: chmod go-w"),
        "{error}"
    );
}
