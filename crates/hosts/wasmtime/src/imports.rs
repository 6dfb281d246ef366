use std::{fs, path::Path};

use wasmtime::{Engine, OptLevel, component::Component};

use crate::{engine::base, error::StartError};

/// The names of the interfaces that the component in `file` imports, such as
/// `wasi:http/types@0.2.6`, in its own order.
pub fn component_imports(file: &Path) -> Result<Vec<String>, StartError> {
    let name = file.display().to_string();
    let bytes = fs::read(file).map_err(|source| StartError::ComponentFile {
        component: name.clone(),
        file: file.to_owned(),
        source,
    })?;
    imports(&bytes).map_err(|error| StartError::Component {
        component: name,
        problem: format!("{error:#}"),
    })
}

fn imports(bytes: &[u8]) -> wasmtime::Result<Vec<String>> {
    // It has to be compiled to be looked into, but nobody runs it.
    let engine = Engine::new(base().cranelift_opt_level(OptLevel::None))?;
    let types = Component::from_binary(&engine, bytes)?.component_type();
    Ok(types
        .imports(&engine)
        .map(|(name, _)| name.to_owned())
        .collect())
}
