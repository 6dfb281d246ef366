use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig,
    component::{ComponentType, Linker, Lower},
};
use wasmtime_wasi_http::p2::add_only_http_to_linker_async;

use crate::{instance::State, options::HostOptions};

/// An engine whose guests give way to each other and can be stopped.
pub(crate) fn interruptible(options: &HostOptions) -> wasmtime::Result<Engine> {
    let mut config = base();
    config.epoch_interruption(true);
    pooling(config, options)
}

/// An engine whose guests run until they wait for something or end.
pub(crate) fn uninterrupted(options: &HostOptions) -> wasmtime::Result<Engine> {
    pooling(base(), options)
}

/// What is the same for every engine of ours.
pub(crate) fn base() -> Config {
    let mut config = Config::new();
    // WASI 0.2 has no use for it, and without it a call is cheaper.
    config.concurrency_support(false);
    config
}

/// An engine with room for all instances that `options` permits.
fn pooling(mut config: Config, options: &HostOptions) -> wasmtime::Result<Engine> {
    let instances = options
        .public
        .running
        .max(1)
        .saturating_add(options.chained);
    let instances = u32::try_from(instances).unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_stacks(instances)
        .max_memories_per_component(1)
        .total_memories(instances)
        .max_memory_size(options.memory)
        .max_core_instances_per_component(CORE_INSTANCES)
        .total_core_instances(instances.saturating_mul(CORE_INSTANCES))
        .max_tables_per_component(TABLES)
        .total_tables(instances.saturating_mul(TABLES))
        .linear_memory_keep_resident(KEEP_RESIDENT)
        .table_keep_resident(KEEP_RESIDENT)
        .pagemap_scan(Enabled::Auto)
        .max_unused_warm_slots(WARM);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config)
}

/// Everything a component may import.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::<State>::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    add_only_http_to_linker_async(&mut linker)?;
    let mut variables = linker.instance("fermyon:spin/variables@2.0.0")?;
    variables.func_wrap("get", |store, (name,): (String,)| {
        let value = store
            .data()
            .variable(&name)
            .map(|value| value.expose().clone());
        Ok((value.ok_or_else(|| VariableError::Undefined(format!("no variable `{name}`"))),))
    })?;
    Ok(linker)
}

/// `fermyon:spin/variables.error`.
#[derive(ComponentType, Lower)]
#[component(variant)]
#[expect(
    dead_code,
    reason = "all cases are part of the type; one can occur here"
)]
enum VariableError {
    #[component(name = "invalid-name")]
    InvalidName(String),
    #[component(name = "undefined")]
    Undefined(String),
    #[component(name = "provider")]
    Provider(String),
    #[component(name = "other")]
    Other(String),
}

/// A component of spin-sdk is one module and three that connect it to its imports.
const CORE_INSTANCES: u32 = 16;
const TABLES: u32 = 8;
/// So many bytes of a memory are wiped by writing where the guest wrote, and stay ours. Getting
/// pages anew costs a hash of 7 MiB a tenth of its time.
const KEEP_RESIDENT: usize = 8 * 1024 * 1024;
/// So many places in the pool stay prepared for a component that does not run at the moment.
const WARM: u32 = 32;
