//! What cases start from. Every name and id is new, whatever ran before.

mod furnished;
mod here;
mod pages;
mod second_factor;
mod value;

pub(crate) use furnished::furnished;
pub(crate) use here::Here;
use iam_storage_ports::Storage;
pub(crate) use pages::pages;
pub(crate) use second_factor::{CROWD, of_codes, of_totp, recovery_code, recovery_codes, totp};
pub(crate) use value::{
    LATER, MANY, NOW, api_key, change, client, email, entry, event, external_ids, group, hash, id,
    idempotent, numbered, one_time_code, password, permissions, policy, random, role, sorted,
    tenant, user,
};

/// Gives an empty database something of everything, in two tenants: for tests of those who move it.
pub async fn fill(storage: &dyn Storage) {
    furnished(storage).await;
    furnished(storage).await;
}
